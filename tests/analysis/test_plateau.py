"""The plateau is measured: on the real activations, and on one that nobody could have known."""

import dataclasses

import numpy as np
import pytest

from rnnviz.analysis import plateau as module
from rnnviz.analysis.plateau import plateau
from rnnviz.engine import ACTIVATIONS, Activation


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_the_edge_is_the_first_float_from_which_on_all_are_at_the_end(activation, dtype):
    measured, apply = plateau(activation, dtype), ACTIVATIONS[activation].apply
    for edge, end, outwards in (
        (measured.high, measured.high_end, np.inf),
        (measured.low, measured.low_end, -np.inf),
    ):
        if edge is None:
            assert not np.isfinite(end)
            continue
        at = np.full(64, edge, dtype)
        assert (apply(at) == end).all()
        assert apply(np.nextafter(at, dtype_of(-outwards, dtype)))[0] != end
        beyond = np.nextafter(at[0], dtype_of(outwards, dtype))
        many = np.concatenate([_floats_from(beyond, outwards), edge + np.linspace(0, 1e3, 9999)
                               .astype(dtype) * np.sign(outwards).astype(dtype)])  # fmt: skip
        assert (apply(many) == end).all()


def dtype_of(value, dtype):
    return np.array(value, dtype)


def _floats_from(start, outwards):
    """The next thousand floats."""
    floats = [start]
    for _ in range(1000):
        floats.append(np.nextafter(floats[-1], np.array(outwards, start.dtype)))
    return np.array(floats)


def test_the_plateaus_of_tanh_are_those_of_this_machine():
    wide, narrow = plateau("tanh", "float64"), plateau("tanh", "float32")
    # Rounding alone puts them at 19.06 and 9.01; a library may round a little earlier or later.
    assert 18 < wide.high < 20
    assert 8 < narrow.high < 11
    assert (wide.low, narrow.low) == (-wide.high, -narrow.high)


def test_linear_has_no_plateau():
    assert (plateau("linear", "float64").low, plateau("linear", "float64").high) == (None, None)
    assert plateau("relu", "float64").low == 0


def test_nothing_is_known_beforehand(monkeypatch):
    def clipped(z, out=None):
        return np.clip(z, -2.5, 3.25, out=out)

    odd = Activation("odd", clipped, np.ones_like, (-2.5, 3.25))
    monkeypatch.setattr(module, "ACTIVATIONS", {"odd": odd})
    measured = plateau.__wrapped__("odd", "float64")
    assert (measured.low, measured.high) == (-2.5, 3.25)


def test_a_dent_beyond_the_edge_moves_the_edge(monkeypatch):
    """Real libraries need not be monotone to the last digit."""

    def dented(z, out=None):
        return np.where(np.abs(z - 19.55) < 0.05, np.nextafter(1.0, 0), np.tanh(z))

    odd = dataclasses.replace(ACTIVATIONS["tanh"], apply=dented)
    monkeypatch.setattr(module, "ACTIVATIONS", {"tanh": odd})
    assert plateau.__wrapped__("tanh", "float64").high == pytest.approx(19.6, abs=1e-9)
