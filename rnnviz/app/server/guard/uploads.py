"""Files that visitors send: only where the page asked for one, and only so much at a time.

Streamlit takes a file from anybody who has a page open, whether it has a place for files or not,
and keeps it in memory. What is booked here is what Streamlit answered that it did: bytes count as
they arrive, stay counted if the file was taken, and go when Streamlit says that it gave them back.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

MIB = 2**20
MOST_FILES = 3
"""Files that one visitor may have here at a time: one that is looked at, what goes with it, such as
a vocabulary, and its successor. A file that was opened is no longer here."""
MOST_OF_VISITOR = 96 * MIB
MOST_OF_ADDRESS = 128 * MIB
"""Bytes of all visitors behind one address: half, so that it cannot take the room of all."""
MOST_BYTES = 256 * MIB
"""Bytes of all files of all visitors."""
SLOWEST = 20_000
"""Bytes a second that a file must arrive at, after a start of :data:`START` seconds."""
START = 30.0


@dataclass(eq=False)
class Place:
    """Where one file may be put: the session and name in its address, and what lies there."""

    visitor: Hashable
    client: str
    session: str
    name: str
    nbytes: int = 0
    state: str = "empty"
    """"empty", "coming" or "there"."""


class Uploads:
    """The places for files that were handed out, and what lies in them.

    Parameters
    ----------
    most_files : int
        Of one visitor.
    most_bytes : int
        Of all visitors.
    holds : callable (session, name) -> bool
        Whether Streamlit still keeps a file that it took: a page gives back what it has read.
    """

    def __init__(
        self,
        most_files: int = MOST_FILES,
        most_bytes: int = MOST_BYTES,
        holds: Callable[[str, str], bool] = lambda session, name: True,
    ) -> None:
        self._most_files, self._most_bytes, self._holds = most_files, most_bytes, holds
        self._places: list[Place] = []

    @property
    def nbytes(self) -> int:
        """Bytes that lie here or are on their way into memory."""
        return sum(place.nbytes for place in self._places)

    def hand_out(self, visitor: Hashable, client: str, addresses: Iterable[str]) -> None:
        """Note the addresses that a visitor's page was given; the oldest unused ones go."""
        for address in addresses:
            session, name = _parts(address)
            self._places.append(Place(visitor, client, session, name))
        unused = [one for one in self._of(visitor) if one.state == "empty"]
        for place in unused[: -self._most_files]:
            self._places.remove(place)

    def begin(self, path: str, size: int) -> Place | None:
        """Return the place that a file of a size may go to; None if there is none for it."""
        self._places = [one for one in self._places if self._is_held(one)]
        place = self._find(path)
        if place is None or place.state != "empty":
            return None
        used = [one for one in self._of(place.visitor) if one.state != "empty"]
        if len(used) >= self._most_files or not self._fits(place, size):
            return None
        place.state = "coming"
        return place

    def arrived(self, place: Place, count: int) -> bool:
        """Count bytes as they arrive; whether there is still room for them."""
        fits = self._fits(place, count)
        place.nbytes += count
        return fits

    def end(self, place: Place, taken: bool) -> None:
        """Note whether Streamlit took the file; if not, nothing of it stays counted."""
        place.state = "there" if taken else "empty"
        place.nbytes = place.nbytes if taken else 0

    def deleted(self, path: str) -> None:
        """Note that Streamlit gave a file back."""
        place = self._find(path)
        if place is not None and place.state != "coming":
            self._places.remove(place)

    def leave(self, visitor: Hashable) -> None:
        """Note that a visitor left, and the session's files with it."""
        self._places = [one for one in self._places if one.visitor is not visitor]

    def _is_held(self, place: Place) -> bool:
        """Whether a place is still needed: nothing came yet, or what came is still kept."""
        return place.state != "there" or self._holds(place.session, place.name)

    def _of(self, visitor: Hashable) -> list[Place]:
        return [one for one in self._places if one.visitor is visitor]

    def _find(self, path: str) -> Place | None:
        parts = _parts(path)
        return next((one for one in self._places if (one.session, one.name) == parts), None)

    def _fits(self, place: Place, more: int) -> bool:
        theirs = sum(one.nbytes for one in self._places if one.visitor is place.visitor)
        beside = sum(one.nbytes for one in self._places if one.client == place.client)
        return (
            theirs + more <= min(MOST_OF_VISITOR, self._most_bytes)
            and beside + more <= min(MOST_OF_ADDRESS, self._most_bytes)
            and self.nbytes + more <= self._most_bytes
        )


def seconds_for(nbytes: int) -> float:
    """Return the seconds that a file of some bytes may take to arrive."""
    return START + nbytes / SLOWEST


def _parts(address: str) -> tuple[str, str]:
    """Return the session and the name of a file in ``…/upload_file/<session>/<name>``."""
    before, _, name = address.rpartition("/")
    return before.rpartition("/")[2], name
