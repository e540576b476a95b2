"""The same for the verdicts of the dynamics page, as far as one run decides them.

Jacobians, their eigenvalues and products, covariances: computed here from the states and the
weights. The fixed points, memories and bifurcations of a network are held in tests/analysis.
"""

import math
from decimal import Decimal

import numpy as np

from tests.sentences.reading_numbers import read_number
from tests.sentences.templates import understood
from tests.sentences.truth import Facts, check_moment, is_about, is_power, is_share, whole

NEUTRAL = 1e-3
CLAIMS = {}


def claims(*keys):
    def enter(function):
        CLAIMS.update({f"verdict.{key}": function for key in keys})
        return function

    return enter


def check_verdict(sentence, trace, result, language, topic):
    """AssertionError where a verdict says what is not so; returns its key."""
    key, fields = understood(sentence, f"verdict.{topic}.", language)
    CLAIMS[key](Facts(trace), result, {**fields, "key": key})
    return key


def kernel_radius(facts):
    units = facts.layer.units
    kernel = facts.layer.recurrent_kernel.astype(np.float64)
    blocks = [kernel[:, start : start + units] for start in range(0, kernel.shape[1], units)]
    return max(np.abs(np.linalg.eigvals(block)).max() for block in blocks)


@claims("spectrum.zero", "spectrum.contracting", "spectrum.neutral", "spectrum.expanding")
def _(facts, result, fields):
    jacobian = facts.jacobian(check_moment(fields))
    moduli = np.abs(np.linalg.eigvals(jacobian))
    kind = fields["key"].rpartition(".")[2]
    # Eigenvalues of a matrix with little but rounding in it are no better than this.
    tolerance = 1e-6 if facts.layer.dtype == np.float64 else 1e-4
    is_about(fields["kernel_radius"], kernel_radius(facts), tolerance)
    assert jacobian.any() == (kind != "zero")
    if kind == "zero":
        return
    is_about(fields["stretch"], np.linalg.norm(jacobian, 2), tolerance)
    radius = moduli.max()
    if radius > 1e-6:
        is_about(fields["radius"], radius, max(tolerance, 1e-4))
    written = read_number(fields["radius"])
    if kind == "contracting":
        assert radius < 1 - NEUTRAL + tolerance
        assert written < 1
    elif kind == "neutral":
        assert abs(radius - 1) <= NEUTRAL + tolerance
    else:
        assert radius > 1 + NEUTRAL - tolerance
        assert written > 1
        unsure = np.abs(moduli - 1 - NEUTRAL) < 1e-6
        sure = (moduli > 1 + NEUTRAL) & ~unsure
        assert sure.sum() <= whole(fields["count"]) <= sure.sum() + unsure.sum()


@claims("spectrum.no_kernel")
def _(facts, result, fields):
    timestep = check_moment(fields)
    assert not hasattr(facts.layer, "recurrent_kernel")
    radius = np.abs(np.linalg.eigvals(facts.jacobian(timestep))).max()
    if radius > 1e-6:
        is_about(fields["radius"], radius, 1e-4)


@claims("spectrum.no_kernel_diverged")
def _(facts, result, fields):
    timestep = check_moment(fields)
    assert not hasattr(facts.layer, "recurrent_kernel")
    assert timestep >= facts.end


@claims("spectrum.diverged")
def _(facts, result, fields):
    timestep = check_moment(fields)
    states = facts.trace.full_states[max(0, timestep - 1) : timestep + 1]
    assert not np.isfinite(states).all()
    is_about(fields["kernel_radius"], kernel_radius(facts), 1e-4)


def on_kinks(facts):
    """Which sums lie exactly on the kink of relu, (timesteps, units)."""
    assert facts.activation == "relu"
    return facts.sums(slice(0, facts.end)) == 0


@claims("spectrum.kink")
def _(facts, result, fields):
    timestep = check_moment(fields)
    assert whole(fields["kinks"]) == on_kinks(facts)[timestep].sum() > 0
    if facts.layer.structure != "elementwise":
        return
    for name, steeper in (("radius", False), ("steeper", True)):
        radius = np.abs(np.linalg.eigvals(facts.jacobian(timestep, steeper))).max()
        if radius > 1e-6:
            is_about(fields[name], radius, 1e-4)
    assert read_number(fields["steeper"]) > read_number(fields["radius"])


@claims("gradients.kink")
def _(facts, result, fields):
    target = check_moment(fields)
    assert whole(fields["back"]) == target
    assert whole(fields["kinks"]) == on_kinks(facts)[: target + 1].any(axis=1).sum() > 0
    is_power(fields["log_size"], norms_back(facts, target)[0], 0.05)
    is_power(fields["log_steeper"], norms_back(facts, target, steeper=True)[0], 0.05)


@claims("lyapunov.kink")
def _(facts, result, fields):
    assert whole(fields["kinks"]) == on_kinks(facts).any(axis=1).sum() > 0
    if np.isfinite(result.exponents[0]) and abs(result.exponents[0]) > 1e-9:
        is_about(fields["exponent"], result.exponents[0])
    is_about(fields["steeper"], result.steeper)
    assert result.steeper > result.exponents[0]


def norms_back(facts, target, steeper=False):
    """log₁₀ ‖∂h_T/∂h_t‖₂ for t = 0 … T."""
    norms, log = np.zeros(target + 1), 0.0
    product = np.eye(facts.layer.state_size)[: facts.layer.units]  # of h alone
    for timestep in range(target, 0, -1):
        product = product @ facts.jacobian(timestep, steeper)
        size = np.abs(product).max()
        if size == 0:
            return exact_norms_back(facts, target, steeper)
        product, log = product / size, log + math.log10(size)
        norms[timestep - 1] = log + math.log10(np.linalg.norm(product, 2))
    return norms


def exact_norms_back(facts, target, steeper):
    """The same in decimal numbers without ends: what float64 loses beside greater may be all."""
    exact = np.vectorize(Decimal, otypes=[object])
    norms = np.full(target + 1, -np.inf)
    norms[target] = 0.0
    product = exact(np.eye(facts.layer.state_size)[: facts.layer.units])
    for timestep in range(target, 0, -1):
        product = product @ exact(facts.jacobian(timestep, steeper))
        size = max(abs(one) for one in product.ravel())
        if size == 0:
            return norms
        scaled = (product / size).astype(float)
        norms[timestep - 1] = float(size.log10()) + math.log10(np.linalg.norm(scaled, 2))
    return norms


@claims("gradients.vanishing", "gradients.exploding", "gradients.alive")
def _(facts, result, fields):
    target = check_moment(fields)
    norms = norms_back(facts, target)
    assert whole(fields["back"]) == target
    assert np.isfinite(norms).all()
    is_power(fields["log_size"], norms[0], 0.05)
    is_about(fields["factor"], 10 ** (norms[0] / target), 0.05 / target + 1e-6)
    kind, log = fields["key"].rpartition(".")[2], norms[0]
    holds = {"vanishing": log < -2.97, "exploding": log > 2.97, "alive": abs(log) <= 3.03}
    assert holds[kind]
    if kind == "vanishing":
        sure = np.flatnonzero(norms >= -2.98)
        unsure = np.flatnonzero(norms >= -3.02)
        assert target - unsure[0] >= whole(fields["reach"]) >= target - sure[0]


@claims("gradients.zero")
def _(facts, result, fields):
    norms = norms_back(facts, check_moment(fields))
    before = whole(fields["before"])
    assert np.isneginf(norms[: before + 1]).all()
    assert np.isfinite(norms[before + 1 :]).all()


@claims("gradients.first")
def _(facts, result, fields):
    assert check_moment(fields) == 0


@claims("gradients.diverged", "trajectory.diverged", "lyapunov.diverged", "twins.diverged")
def _(facts, result, fields):
    assert check_moment(fields) == 0
    if not fields["key"].startswith("verdict.twins"):
        assert facts.end == 0


@claims("twins.equal")
def _(facts, result, fields):
    timestep = check_moment(fields)
    assert not result.distances[:, timestep + 1 :].any()
    assert result.distances[:, timestep].any()


@claims("twins.forgotten", "twins.kept", "twins.apart")
def _(facts, result, fields):
    distances = result.distances[-1]
    assert whole(fields["steps"]) == len(distances) - 1
    is_about(fields["nudge"], distances[0], 0.02)
    is_about(fields["distance"], distances[-1])
    ratio = distances[-1] / distances[0]
    if "ratio" in fields:
        is_about(fields["ratio"], ratio)
    kind = fields["key"].rpartition(".")[2]
    if kind == "forgotten":
        # Twins that are as near as rounding can tell have met.
        scale = max(1.0, np.abs(facts.trace.full_states).max())
        rounding = np.finfo(facts.layer.dtype).eps * math.sqrt(facts.layer.state_size) * scale
        assert ratio <= 1e-2 or distances[-1] <= 1.01 * rounding
    else:
        assert (ratio >= 100) == (kind == "apart")
        assert ratio > 1e-2


@claims("trajectory.single")
def _(facts, result, fields):
    assert facts.end == 1


@claims("trajectory.still")
def _(facts, result, fields):
    states = facts.states[: facts.end]
    assert whole(fields["steps"]) == facts.end
    spread = np.ptp(states, axis=0).max()
    assert spread <= 1e3 * np.finfo(facts.layer.dtype).eps * max(1e-300, np.abs(states).max())


@claims("trajectory.settled")
def _(facts, result, fields):
    timestep = check_moment(fields)
    states = facts.states[: facts.end]
    assert (states[timestep:] == states[timestep]).all()
    assert (states[timestep - 1] != states[timestep]).any()
    is_about(fields["longest"], np.abs(result.coordinates - result.coordinates[-1]).max())


@claims(
    *(f"trajectory.{kind}" for kind in ("line", "plane", "space")),
    *(f"trajectory_3d.{kind}" for kind in ("line", "plane", "space")),
)
def _(facts, result, fields):
    states = facts.states[: facts.end] / np.abs(facts.states[: facts.end]).max()
    variances = np.linalg.eigvalsh(np.cov(states, rowvar=False).reshape(states.shape[1], -1))
    variances = np.maximum(variances[::-1], 0)
    dimension = variances.sum() ** 2 / (variances**2).sum()
    is_about(fields["dimension"], dimension, 1e-4)
    shown = 3 if "trajectory_3d" in fields["key"] else 2
    is_share(fields["share"], variances[:shown].sum() / variances.sum(), 1e-5)
    kind = fields["key"].rpartition(".")[2]
    low, high = {"line": (0, 1.5), "plane": (1.5, 2.5), "space": (2.5, math.inf)}[kind]
    assert low - 1e-4 <= dimension <= high + 1e-4


def exponent_of(facts):
    """Largest exponent over the later nine tenths, by pushing a random basis and QR."""
    basis = np.linalg.qr(np.random.default_rng(1).normal(size=(facts.layer.state_size,) * 2))[0]
    growth = []
    for timestep in range(facts.end):
        basis, upper = np.linalg.qr(facts.jacobian(timestep) @ basis)
        with np.errstate(divide="ignore"):
            growth.append(np.log(np.abs(np.diag(upper))))
    return float(np.mean(growth[facts.end // 10 :], axis=0).max())


@claims(
    *(f"lyapunov.{kind}" for kind in ("undecided", "neutral", "forgetting", "chaos", "parting"))
)
def _(facts, result, fields):
    exponent, band = float(result.exponents[0]), float(result.band[0])
    kind = fields["key"].rpartition(".")[2]
    is_about(fields["band"], band)
    if abs(exponent) > 1e-9:
        is_about(fields["exponent"], exponent)
    if not result.exact and facts.end > 30:
        # A mean over other steps and another start: within the spread that the band tells. And a
        # random direction has some 1/√size of the leading one in it, which it must first gain.
        begun = math.log(facts.layer.state_size) / 2 / facts.end
        near = max(3 * band, 0.05, 0.02 * abs(exponent)) + begun
        assert abs(exponent_of(facts) - exponent) <= near
    if kind == "undecided":
        assert band >= abs(exponent)
        assert whole(fields["steps"]) == facts.end
    elif kind == "neutral":
        assert abs(exponent) <= max(band, 1e-3)
    else:
        is_about(fields["time"], 1 / abs(exponent))
        assert abs(exponent) > band
        assert (exponent < 0) == (kind == "forgetting")
        if kind == "chaos":
            assert facts.ends is not None
            assert not result.exact


@claims("lyapunov.lost")
def _(facts, result, fields):
    timestep = check_moment(fields)
    assert np.isneginf(result.exponents).all()
    assert facts.product(0, timestep)[0] < -30 or not facts.product(0, timestep)[1].any()


@claims("memory.none", "memory.faint", "memory.present", "memory.past")
def _(facts, result, fields):
    kind = fields["key"].rpartition(".")[2]
    assert whole(fields["units"]) == facts.layer.units
    half = np.flatnonzero(result.capacity >= 0.5)
    if kind == "none":
        assert result.capacity.sum() < 0.01
        return
    is_about(fields["total"], result.total, 1e-6)
    is_about(fields["error"], result.total_error, 1e-6)
    assert {"faint": not half.size, "present": list(half) == [0], "past": half.size > 1}[kind]
    if kind == "past":
        assert whole(fields["horizon"]) == half[-1]


@claims("memory.diverged")
def _(facts, result, fields):
    assert not result.finite


@claims(*(f"bifurcation.{kind}" for kind in ("chaos", "calm", "calm_then_escaping")))
def _(facts, result, fields):
    with np.errstate(invalid="ignore"):
        grows = (result.exponents - result.band > 1e-3) & (result.band > 1e-9)
    chaotic, stays = grows & ~result.escaping, ~result.escaping
    kind = fields["key"].rpartition(".")[2]
    if kind == "chaos":
        is_about(fields["first"], result.factors[chaotic].min())
        is_share(fields["share"], chaotic.mean())
        return
    assert not chaotic.any()
    best = np.flatnonzero(stays)[np.argmax(result.exponents[stays])]
    is_about(fields["at"], result.factors[best])
    if abs(result.exponents[best]) > 1e-9:
        is_about(fields["largest"], result.exponents[best])
    assert (kind == "calm") == stays.all()
    if "first" in fields:
        is_about(fields["first"], result.factors[result.escaping].min())
    if kind == "calm":
        is_about(fields["low"], result.factors.min())
        is_about(fields["high"], result.factors.max())


@claims("bifurcation.lost", "bifurcation.escaping")
def _(facts, result, fields):
    lost = fields["key"].endswith("lost")
    assert np.isneginf(result.exponents).all() if lost else result.escaping.all()
    is_about(fields["low"], result.factors.min())
    is_about(fields["high"], result.factors.max())
