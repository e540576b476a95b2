"""Is what a sentence says so? Its numbers are read out of it and recomputed from the arrays.

The code here is its own: slopes and Jacobians of a SimpleRNN from their formulas, norms by a
singular value decomposition of the whole product, components from the covariance matrix. Of gated
cells the engine's formed Jacobian is taken, which other tests hold against differences; what is
checked here goes through vectors instead.
"""

import math

import numpy as np

from tests.sentences.reading_numbers import NUMBER, digits_of, read_log, read_number, read_share
from tests.sentences.templates import understood

EDGE = 0.05
SLACK = 0.003
"""How far, relative to it, ‖∏J‖ may lie above what a power iteration has found."""

SLOPES = {
    "tanh": lambda h: (1 - h) * (1 + h),
    "sigmoid": lambda h: h * (1 - h),
    "relu": lambda h: (h > 0).astype(float),
    "linear": lambda h: np.ones_like(h),
}
ENDS = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}


class Facts:
    """What is so of the run of one layer, computed when it is asked for."""

    def __init__(self, trace):
        self.trace, self.layer = trace, trace.layer
        self.states = trace.states.astype(np.float64)
        finite = np.isfinite(trace.full_states).all(axis=1)
        self.end = len(finite) if finite.all() else int(np.flatnonzero(~finite)[0])
        self.gated = self.layer.structure != "elementwise"
        self.ends = ENDS.get(self.layer.activation)

    @property
    def activation(self):
        return self.layer.activation

    def slopes(self, span):
        return SLOPES[self.activation](self.activated(span))

    def jacobian(self, timestep, steeper=False):
        """∂h_t/∂h_{t−1}; ``steeper`` takes the slope 1 where a sum lies on the kink of relu."""
        if self.trace.mask is not None and not self.trace.mask[timestep]:
            return np.eye(self.layer.state_size)  # passed over: the state stays
        if self.layer.structure == "elementwise":
            slopes = SLOPES[self.activation](self.activated(timestep))
            if steeper and self.activation == "relu":
                slopes = np.where(self.sums(timestep) == 0, 1.0, slopes)
            leak = getattr(self.layer, "leak_rate", 1.0)
            through = slopes[:, None] * self.layer.recurrent_kernel.astype(np.float64).T
            return leak * through + (1 - leak) * np.eye(len(through))
        # In the run's own dtype: where its gates have rounded to 0 or 1, their slopes are 0.
        before = self.trace.full_states[timestep - 1] if timestep else self.trace.initial_state
        projected = self.layer.project(self.trace.inputs[timestep : timestep + 1])
        with np.errstate(all="ignore"):
            return self.layer.jacobian(projected[0], before).astype(np.float64)

    def product(self, first, last):
        """log₁₀ ‖J_last ⋯ J_first‖₂ and the product, scaled."""
        whole, log = np.eye(self.layer.state_size), 0.0
        for timestep in range(first, last + 1):
            whole = self.jacobian(timestep) @ whole
            size = np.abs(whole).max()
            if size == 0 or not np.isfinite(size):
                return (-math.inf if size == 0 else math.inf), whole
            whole, log = whole / size, log + math.log10(size)
        return log + math.log10(np.linalg.norm(whole, 2)), whole

    def gradient(self, steps):
        assert 1 <= steps <= min(200, self.end - 1)
        return self.product(self.end - steps, self.end - 1)[0]

    def saturated(self):
        low, high = self.ends
        middle, half = (low + high) / 2, (high - low) / 2
        return np.abs(self.states - middle) > 0.99 * half

    def sums(self, span):
        """z, by the engine's own rounding: whether it is exactly 0 matters."""
        sums, units = self.trace.preactivations[span], self.layer.units
        # The candidate's, which stands third in both gated cells of Keras: i f c o, and z r h;
        # second in a minGRU, z h; and alone in a cell without gates.
        place = {1: 0, 2: 1}.get(sums.shape[-1] // units, 2)
        return sums[..., place * units : (place + 1) * units]

    def activated(self, span):
        """The activation's value, which is the state but for leaky units."""
        if not hasattr(self.layer, "leak_rate"):
            return self.states[span]
        z = self.sums(span).astype(np.float64)
        with np.errstate(over="ignore"):
            values = {"tanh": np.tanh(z), "relu": np.maximum(z, 0), "linear": z}
            return values[self.activation] if self.activation in values else 1 / (1 + np.exp(-z))


def whole(text):
    assert text.replace(",", "").isdigit(), text
    return int(text.replace(",", ""))


def is_about(text, value, slack=0.0):
    """A written number is the value, rounded; ``slack`` is relative."""
    import re

    assert re.fullmatch(NUMBER, text), f"{text!r} is no number as sentences write them"
    if not math.isfinite(value) or value == 0:
        assert read_number(text) == value, (text, value)
        return
    log = read_log(text)
    digits = digits_of(text)
    tolerance = 0.502 if digits == 0 else 0.502 * 10.0 ** (1 - digits) / math.log(10)
    apart = abs(log - math.log10(abs(value)))
    assert apart <= tolerance + slack / math.log(10), (text, value)
    if digits:
        assert text.startswith("−") == (value < 0), (text, value)


def is_power(text, log, slack=0.0):
    """The same of a number whose log₁₀ is known."""
    if math.isinf(log):
        assert text == ("0" if log < 0 else "∞"), (text, log)
        return
    digits = digits_of(text)
    tolerance = 0.502 if digits == 0 else 0.502 * 10.0 ** (1 - digits) / math.log(10)
    assert abs(read_log(text) - log) <= tolerance + slack / math.log(10), (text, log)


def is_share(text, share, slack=0.0):
    low, high = read_share(text)
    assert low - slack <= share <= high + slack, (text, share)


def rate_of(facts, fields):
    """ln of the mean factor a step, over as many steps as the sentence says."""
    steps = whole(fields["steps"])
    return facts.gradient(steps) * math.log(10) / steps


def check_moment(fields):
    assert whole(fields["step"]) == whole(fields["timestep"]) + 1
    return whole(fields["timestep"])


def check_dtype(facts, fields):
    assert fields.get("dtype", facts.layer.dtype.name) == facts.layer.dtype.name
    assert fields.get("activation", facts.activation) == facts.activation
    assert fields.get("units", str(facts.layer.units)) == str(facts.layer.units)


# What each sentence claims. Every key has its entry; a key without one fails the test.
CLAIMS = {}


def claims(*keys):
    def enter(function):
        CLAIMS.update(dict.fromkeys(keys, function))
        return function

    return enter


@claims("reading.diverged")
def _(facts, fields):
    assert check_moment(fields) == facts.end < len(facts.states)


@claims("reading.zero")
def _(facts, fields):
    assert not facts.states.any()


@claims("reading.died")
def _(facts, fields):
    first = check_moment(fields)
    assert first > 0
    assert facts.states[first - 1].any()
    assert not facts.states[first:].any()


@claims(
    *("reading.brief", "reading.brief_one"),
    *("reading.brief_carried", "reading.brief_one_carried"),
)
def _(facts, fields):
    assert facts.end == 1
    assert facts.trace.initial_state.any() == fields["key"].endswith("_carried")
    is_about(fields["low"], facts.states.min())
    if "high" in fields:
        is_about(fields["high"], facts.states.max())
        assert facts.states.min() < facts.states.max()
    else:
        assert facts.states.min() == facts.states.max()


@claims(
    *("reading.pinned", "reading.pinned_from_start"),
    *("reading.pinned_ends", "reading.pinned_ends_from_start"),
)
def _(facts, fields):
    first = check_moment(fields) if "step" in fields else 0
    rest = facts.states[first:]
    assert np.isin(rest, facts.ends).all()
    if first:
        assert not np.isin(facts.states[first - 1], facts.ends).all()
    if "value" in fields:
        assert (rest == read_number(fields["value"])).all()
    else:
        assert {read_number(fields[name]) for name in ("low", "high")} == set(np.unique(rest))
    # No small change of the input shows: the slope of every unit is exactly 0.
    if not facts.gated:
        assert not facts.slopes(slice(first, None)).any()


@claims("reading.mostly")
def _(facts, fields):
    share = facts.saturated().mean()
    is_share(fields["percent"], share)
    assert share > 0.5


@claims("reading.growing", "reading.chaotic", "reading.expanding", "reading.edge")
def _(facts, fields):
    rate = rate_of(facts, fields)
    steps = whole(fields["steps"])
    is_about(fields["factor"], math.exp(rate), SLACK / steps + 1e-6)
    key = fields["key"]
    if key == "reading.edge":
        assert abs(rate) <= EDGE + SLACK
        return
    assert rate > EDGE
    assert read_number(fields["factor"]) > 1
    assert (facts.ends is None) == (key == "reading.growing")
    if key == "reading.chaotic":
        assert steps >= 50, "chaos cannot be told from so few steps"
        assert (facts.states[facts.end - 1] != facts.states[facts.end - 2]).any()


@claims("reading.straight", "reading.linear")
def _(facts, fields):
    steps, rate = whole(fields["steps"]), rate_of(facts, fields)
    assert not facts.gated, "gates bend"
    is_share(fields["kept"], math.exp(rate), 0.0006)
    assert rate < -EDGE + SLACK
    span = slice(facts.end - steps, facts.end)
    slopes = facts.slopes(span)
    bend = 1 - slopes.min() / slopes.max()
    if fields["key"] == "reading.straight":
        assert bend == 0
        assert facts.activation in ("linear", "relu"), "tanh is nowhere straight"
        return
    assert not hasattr(facts.layer, "leak_rate"), "its states are not those of the activation"
    is_about(fields["low"], facts.states[span].min())
    is_about(fields["high"], facts.states[span].max())
    rounding = 1e-6 if facts.layer.dtype == np.float64 else 2e-4
    limit = float(fields["bend"].removesuffix("%")) / 100
    assert limit - 0.001 - rounding <= bend < limit + rounding
    assert bend <= 0.05


@claims("reading.contracting")
def _(facts, fields):
    rate = rate_of(facts, fields)
    assert rate < -EDGE + SLACK
    is_share(fields["kept"], math.exp(rate), 0.0006)


@claims("reading.lost")
def _(facts, fields):
    assert facts.gradient(whole(fields["steps"])) == -math.inf


@claims("meaning.diverged")
def _(facts, fields):
    assert facts.end < len(facts.states)


@claims("meaning.brief", "meaning.saturated")
def _(facts, fields):
    assert facts.end == 1
    pinned = facts.ends is not None and facts.saturated().mean() > 0.5
    assert pinned == (fields["key"] == "meaning.saturated")


@claims("meaning.dead_zero", "meaning.dead_left", "meaning.dead_without_kernel")
def _(facts, fields):
    assert not facts.states[-1].any()
    has_kernel = "recurrent_kernel" in facts.layer.weight_names()
    assert has_kernel == (fields["key"] != "meaning.dead_without_kernel")
    log = facts.gradient(whole(fields["steps"]))
    assert (log == -math.inf) == (fields["key"] == "meaning.dead_zero")
    if "gradient" in fields:
        is_power(fields["gradient"], log, SLACK)


@claims("meaning.pinned", "meaning.zero")
def _(facts, fields):
    steps = whole(fields["steps"])
    assert facts.gradient(steps) == -math.inf
    if fields["key"] == "meaning.pinned":
        assert "recurrent_kernel" in facts.layer.weight_names(), "it speaks of U"
    if fields["key"] == "meaning.pinned" and not facts.gated:
        assert not facts.slopes(slice(facts.end - steps, facts.end)).any()


@claims("meaning.vanishing", "meaning.fading")
def _(facts, fields):
    steps = whole(fields["steps"])
    log = facts.gradient(steps)
    is_power(fields["gradient"], log, SLACK)
    if fields["key"] == "meaning.vanishing":
        assert log < -3 + SLACK, "a thousandth and more is not lost"
    else:
        assert log >= -3 - SLACK
        assert log * math.log(10) / steps < -EDGE + SLACK
    reach = max(1.0, -3 * steps / log)
    assert abs(whole(fields["reach"]) - reach) <= 0.5 + SLACK * reach * reach / steps + 1e-3 * reach


@claims("meaning.alive")
def _(facts, fields):
    log = facts.gradient(whole(fields["steps"]))
    is_power(fields["gradient"], log, SLACK)
    assert abs(log) <= 3 + SLACK, "lost or blown up"


@claims("meaning.exploding", "meaning.growing")
def _(facts, fields):
    steps = whole(fields["steps"])
    log = facts.gradient(steps)
    is_power(fields["gradient"], log, SLACK)
    assert log > 3 - SLACK, "a thousandfold is not reached"
    if fields["key"] == "meaning.growing":
        assert facts.ends is None
        largest = np.abs(facts.states[-1]).max()
        left = math.log10(np.finfo(facts.layer.dtype).max) - (
            math.log10(largest) if largest > 0 else 0
        )
        wanted = left / (log / steps)
        assert abs(whole(fields["more"]) - wanted) <= 1.01 + 0.01 * wanted


def check_kink(facts):
    """Some sum of the steps looked at lies exactly on the kink of relu."""
    assert facts.activation == "relu"
    assert (facts.sums(slice(max(0, facts.end - 201), facts.end)) == 0).any()


OF_ALL_TIMESTEPS = {
    *("reading.diverged", "reading.zero", "reading.died", "reading.mostly", "reading.pinned"),
    *("reading.pinned_ends", "reading.pinned_from_start", "reading.pinned_ends_from_start"),
}
"""Headlines about the states as they stand; the others are about the steps that were computed."""


def check_reading(said, trace, language):
    """AssertionError where a headline or a meaning says what is not so; returns both keys."""
    facts = Facts(trace)
    read = facts if trace.mask is None else Facts(trace.computed)
    key, fields = understood(said.headline, "reading.", language)
    check_dtype(facts, fields)
    CLAIMS[key](facts if key in OF_ALL_TIMESTEPS else read, {**fields, "key": key})
    meaning = said.meaning
    from rnnviz.i18n import words

    masked = " " + words(language)("meaning.masked")
    assert meaning.endswith(masked) == (trace.mask is not None and key != "reading.diverged")
    meaning = meaning.removesuffix(masked)
    kink = " " + words(language)("meaning.kink", activation=facts.activation)
    if meaning.endswith(kink):
        check_kink(read)
        meaning = meaning.removesuffix(kink)
    other, fields = understood(meaning, "meaning.", language)
    check_dtype(facts, fields)
    CLAIMS[other](read, {**fields, "key": other})
    return key, other
