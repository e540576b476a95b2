"""The same for fixed points, of every cell: each is stepped, nudged and looked around from.

Nothing of the analysis is asked but where it says that points lie. Slopes come from differences of
single steps, stability from runs that begin beside a point, a continuum from its neighbours.
"""

import math

import numpy as np

from rnnviz.i18n import words
from tests.sentences.reading_numbers import read_number
from tests.sentences.templates import understood
from tests.sentences.truth import is_about, whole

NUDGE = 1e-6
CLEARLY = 0.02
"""By how much a slope lies off 1 where a run of a few hundred steps decides."""
_STEPS = 400
CLAIMS = {}


def claims(*keys):
    def enter(function):
        CLAIMS.update({f"verdict.fixed_points.{key}": function for key in keys})
        return function

    return enter


class Still:
    """What a layer does at and around states, its input held."""

    def __init__(self, layer, result):
        wide = layer.with_arrays(lambda array: np.asarray(array, np.float64))
        self.layer, self.result = wide, result
        self.projected = wide.project(np.asarray(result.held_input, np.float64)[None])[0]

    def step(self, states, steps=1):
        states = np.atleast_2d(states)
        with np.errstate(all="ignore"):
            for _ in range(steps):
                states = self.layer.step(self.projected, states)
        return states

    def stands(self, states, tolerance=1e-9):
        states = np.atleast_2d(states)
        apart = np.linalg.norm(self.step(states) - states, axis=1)
        return apart <= tolerance * (1 + np.linalg.norm(states, axis=1))

    def slopes(self, point):
        """The Jacobian from the left and from the right, by differences, (2, size, size)."""
        size, here = len(point), self.step(point)[0]
        beside = [(self.step(point + sign * NUDGE * np.eye(size)) - here) / (sign * NUDGE)
                  for sign in (-1, 1)]  # fmt: skip
        return np.stack(beside).swapaxes(1, 2)

    def radius(self, point):
        """The factor a step of small differences; at a kink the greatest of all sides."""
        left, right = self.slopes(point)
        if np.abs(left - right).max() > 1e-3:
            return float(self.ends(point).max())
        return float(np.abs(np.linalg.eigvals(self.slopes(point).mean(axis=0))).max())

    def ends(self, point, directions=8):
        """Growth of small differences over many steps, a factor a step, by random directions."""
        rows = np.random.default_rng(3).standard_normal((directions, len(point)))
        logs = np.zeros(directions)
        for step in range(_STEPS):
            rows = (self.step(point + NUDGE * rows) - self.step(point)) / NUDGE
            rows[np.abs(rows) < 1e-7] = 0.0
            lengths = np.linalg.norm(rows, axis=1)
            with np.errstate(divide="ignore"):
                logs += np.log(lengths) if step >= _STEPS // 2 else 0.0
            rows = rows / np.where(lengths > 0, lengths, 1.0)[:, None]
        return np.exp(logs / (_STEPS - _STEPS // 2))


def check_points(still):
    """Whatever is said of them: each stands still, within reach, and none stands twice."""
    result = still.result
    points = result.points[result.converged]
    assert still.stands(points).all()
    low, high = still.layer.state_range
    hidden = result.points[:, : still.layer.units]
    assert ((hidden >= low) & (hidden <= high)).all(), "out of reach"
    alone = result.points[result.converged & (result.dimensions == 0)]
    gaps = np.linalg.norm(alone[:, None] - alone[None], axis=2) + np.eye(len(alone))
    assert gaps.min(initial=1.0) > 1e-7, "one stands twice"


def kinds_of(still):
    """How many points are surely stable, surely unstable, and how many lie too near to tell."""
    points = still.result.points[still.result.converged]
    radii = np.array([still.radius(point) for point in points])
    stable, unstable = (radii < 1 - 1e-4).sum(), (radii > 1 + 1e-4).sum()
    return int(stable), int(unstable), int(len(points) - stable - unstable)


def decided_by_runs(still, limit=6):
    """From beside a point that is clearly stable the run comes back; from others it goes."""
    result = still.result
    alone = np.flatnonzero(result.converged & (result.dimensions == 0))[:limit]
    for point, kind in zip(result.points[alone], np.array(result.kinds)[alone], strict=True):
        left, right = still.slopes(point)
        if np.abs(left - right).max() > 1e-3:
            factors = still.ends(point)
            assert kind != "stable" or factors.max() < 1 + CLEARLY, "a kink left on one side"
            assert kind != "saddle" or factors.max() > 1 - CLEARLY, "a kink that draws near"
            continue
        radius = still.radius(point)
        beside = point + 1e-7 * np.random.default_rng(1).standard_normal((4, len(point)))
        before = np.linalg.norm(beside - point, axis=1)
        steps = min(2000, int(40 / max(1e-3, abs(math.log(max(radius, 1e-12))))) + 1)
        if radius < 1 - CLEARLY:
            after = np.linalg.norm(still.step(beside, 4 * steps) - point, axis=1)
            assert (after <= np.maximum(1e-2 * before, 1e-9)).all(), "called stable, but it is left"
        elif radius > 1 + CLEARLY:
            path, farthest = beside, before
            for _ in range(steps):
                path = still.step(path)
                with np.errstate(invalid="ignore"):
                    farthest = np.fmax(farthest, np.linalg.norm(path - point, axis=1))
            assert (farthest > 10 * before).any(), "called unstable, but nothing leaves it"


@claims("one_stable", "many_stable", "no_stable")
def _(still, fields):
    stable, unstable, unsure = kinds_of(still)
    kind = fields["key"].rpartition(".")[2]
    said = {"one_stable": 1, "no_stable": 0}.get(kind)
    said = whole(fields["stable"]) if said is None else said
    assert stable <= said <= stable + unsure
    assert (said > 1) == (kind == "many_stable")
    if "unstable" in fields:
        assert unstable <= whole(fields["unstable"]) <= unstable + unsure
    if "count" in fields:
        assert whole(fields["count"]) == still.result.converged.sum() > 0
    check_slow(still, fields)
    decided_by_runs(still)


@claims("neutral")
def _(still, fields):
    points = still.result.points[still.result.converged]
    assert whole(fields["count"]) == len(points)
    near = [point for point in points if abs(still.radius(point) - 1) < 1e-3]
    assert 1 <= whole(fields["neutral"]) <= len(near)
    # Where others lie beside it, a number of such points says something about the search.
    assert not any(neighbours(still, point) for point in near[:3])


def check_slow(still, fields):
    places = still.result.points[~still.result.converged]
    assert whole(fields["slow"]) == len(places)
    if len(places):
        assert not still.stands(places, 1e-12).any(), "stands still, so it is more than slow"
        apart = np.linalg.norm(still.step(places) - places, axis=1)
        assert (apart <= 0.05 * (1 + np.linalg.norm(places, axis=1))).all()


@claims("none")
def _(still, fields):
    assert not still.result.converged.any()
    assert whole(fields["starts"]) == still.result.starts
    check_slow(still, fields)
    # A run that settles would have shown one.
    size = still.layer.state_size
    ends = still.step(np.random.default_rng(2).uniform(-1, 1, (16, size)), 3000)
    near = np.abs(ends).max(axis=1) < 1e100  # the others grow without end
    assert not still.stands(ends[near], 1e-12).any()


@claims("continuum", "continuum_and_points")
def _(still, fields):
    result = still.result
    places = result.points[result.dimensions > 0]
    assert whole(fields["size"]) == still.layer.state_size
    assert whole(fields["dimension"]) == result.dimensions.max()
    gaps = np.linalg.norm(places[:, None] - places[None], axis=2)
    is_about(fields["spread"], max(gaps.max(), 1e-2 * (1 + np.abs(places).max())), 1e-6)
    alone = int((result.converged & (result.dimensions == 0)).sum())
    assert ("alone" in fields) == (alone > 0)
    if alone:
        assert whole(fields["alone"]) == alone
    for index in np.flatnonzero(result.dimensions > 0)[:4]:
        # Its dimension is held by continua that are built, in tests/analysis/test_fixed_points.
        assert neighbours(still, result.points[index]) >= 1


def neighbours(still, point):
    """How many independent ways there are from a point to others that stand still beside it."""
    random, found = np.random.default_rng(4), []
    size, away = len(point), 1e-2 * (1 + np.abs(point).max())
    low, high = still.layer.state_range
    units = still.layer.units
    flattest = np.linalg.svd(still.slopes(point).mean(axis=0) - np.eye(size))[2][-1]
    ways = [*random.standard_normal((12, size)) / math.sqrt(size), flattest, -flattest]
    for way in ways:
        state = point + away * way
        for _ in range(25):
            state[:units] = np.clip(state[:units], low, high)
            rest = (still.step(state) - state)[0]
            matrix = still.slopes(state).mean(axis=0) - np.eye(size)
            state = state - np.linalg.lstsq(matrix, rest, rcond=1e-5)[0]
        if still.stands(state, 1e-11)[0] and np.linalg.norm(state - point) > 0.1 * away:
            found.append((state - point) / np.linalg.norm(state - point))
    return int(np.linalg.matrix_rank(np.array(found), tol=1e-2)) if found else 0


@claims("kink")
def _(still, fields):
    result, index = still.result, still.result.kinds.index("kink")
    point = result.points[index]
    assert whole(fields["count"]) == result.converged.sum()
    assert whole(fields["kinks"]) == result.kinds.count("kink")
    left, right = still.slopes(point)
    assert np.abs(left - right).max() > 1e-3, "both sides agree: no kink"
    low, high = read_number(fields["low"]), read_number(fields["high"])
    assert low <= 1 + 1e-3
    assert high * (1 + 1e-6) >= 1 > low or high > 1 + 1e-6
    factors = still.ends(point)
    assert (factors >= low - 0.02 * (1 + low)).all()
    assert (factors <= high * 1.02).all()


@claims("probably_all", "perhaps_more", "more")
def _(still, fields):
    result = still.result
    assert whole(fields["starts"]) == result.starts
    assert whole(fields["lost"]) == result.starts - result.found.sum()
    counts = {}
    for index in np.flatnonzero(result.converged & (result.dimensions == 0)):
        point = result.points[index]
        # A point and its mirror image are counted as one.
        key = index
        if result.odd:
            gaps = np.abs(result.points + point).max(axis=1)
            key = min(index, int(gaps.argmin()))
        counts[key] = counts.get(key, 0) + int(result.found[index])
    seen = [count for count in counts.values() if count]
    if "least" in fields:
        assert whole(fields["least"]) == min(seen)
    once, twice, total = seen.count(1), seen.count(2), sum(seen)
    chao = (total - 1) / total * once * (once - 1) / (2 * (twice + 1))
    chao *= 2 if result.odd else 1
    kind = fields["key"].rpartition(".")[2]
    if kind == "more":
        assert abs(whole(fields["missing"]) - chao) <= 0.5 + 1e-9
    elif kind == "perhaps_more":
        assert chao < 0.5
        assert min(seen) < 6
    else:
        assert min(seen) >= 6
        missed = elsewhere(still)
        assert len(missed) <= 1, f"{len(missed)} more are there"


def elsewhere(still, starts=100):
    """Roots that a plain Newton iteration of our own finds and the search has not."""
    size, layer = still.layer.state_size, still.layer
    low, high = layer.state_range
    random, missed = np.random.default_rng(5), []
    for state in random.uniform(-1, 1, (starts, size)):
        for _ in range(40):
            with np.errstate(all="ignore"):
                matrix = layer.jacobian(still.projected, state[None])[0] - np.eye(size)
                change = np.linalg.lstsq(matrix, (still.step(state) - state)[0], rcond=None)[0]
            length = np.linalg.norm(change)
            state = state - change * min(1.0, 0.5 * math.sqrt(size) / max(length, 1e-300))
            if not np.isfinite(state).all() or length < 1e-13:
                break
        hidden = state[: layer.units]
        inside = np.isfinite(state).all() and ((hidden >= low) & (hidden <= high)).all()
        if not inside or not still.stands(state, 1e-12)[0]:
            continue
        known = np.concatenate([still.result.points, *missed]) if missed else still.result.points
        # Far out, where no run goes, rounding closes a gate for good and every state stands still.
        far = not np.isfinite(high) and np.abs(state).max() > 10
        if (far or (still.result.dimensions > 0).any()) and neighbours(still, state):
            continue  # of a continuum, whose points are not counted
        if np.linalg.norm(known - state, axis=1).min(initial=np.inf) > 1e-4:
            missed.append(state[None])
    return missed


@claims("cut_short")
def _(still, fields):
    result = still.result
    assert whole(fields["starts"]) == result.starts < whole(fields["wanted"])
    least = [result.found[index] for index in np.flatnonzero(result.found)]
    assert not least or min(least) < 6 or result.converged.sum() == 0 or result.odd


def check_fixed_points(said, layer, result, language):
    """AssertionError where a sentence about fixed points says what is not so; returns the keys."""
    still = Still(layer, result)
    check_points(still)
    held = words(language)(f"verdict.held.{result.held_as}")
    assert said.endswith(held)
    found = _parts(said.removesuffix(held).strip(), language)
    assert found, f"not understood: {said!r}"
    for key, fields in found:
        CLAIMS[key](still, {**fields, "key": key})
    return [key for key, _ in found]


MORE = ("probably_all", "perhaps_more", "more", "cut_short")


def _parts(said, language, first=True):
    """Key and fields of each sentence in a row; None where they cannot be told apart."""
    for place in [*_ends(said), len(said)]:
        rest = said[place:].strip()
        try:
            key, fields = understood(said[:place].strip(), "verdict.fixed_points.", language)
        except AssertionError:
            continue
        if (key.rpartition(".")[2] in MORE) == first:
            continue
        others = _parts(rest, language, first=False) if rest else []
        if others is not None:
            return [(key, fields), *others]
    return None


def _ends(said):
    """Where a sentence may end, (places after a full stop)."""
    return [at + 1 for at, letter in enumerate(said[:-1]) if letter == "." and said[at + 1] == " "]
