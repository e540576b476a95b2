"""How much of something a client may ask for: a burst at once, and a rate in the long term."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Allowance:
    """A bucket that holds at most ``burst`` tokens and gains ``rate`` a second."""

    burst: float
    rate: float
    tokens: float = 0.0
    counted: float = 0.0

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def wait(self, now: float) -> float:
        """Return the seconds until there is a token."""
        self.tokens = min(self.burst, self.tokens + (now - self.counted) * self.rate)
        self.counted = now
        return max(0.0, (1.0 - self.tokens) / self.rate)

    def take(self, now: float) -> float:
        """Take a token and return 0.0, or return the seconds until there is one."""
        wait = self.wait(now)
        if not wait:
            self.tokens -= 1.0
        return wait
