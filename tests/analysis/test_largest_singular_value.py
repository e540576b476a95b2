import numpy as np
import pytest

from rnnviz.analysis.largest_singular_value import largest_singular_value
from tests.analysis.networks import gaussian, orthogonal


@pytest.mark.parametrize("units", [3, 64, 65, 130, 300, 1024])
@pytest.mark.parametrize("kind", ["gaussian", "positive", "orthogonal", "rank one"])
def test_agrees_with_lapack(units, kind):
    random = np.random.default_rng(units)
    matrix = {
        "gaussian": lambda: gaussian(units, 1.5, units),
        "positive": lambda: random.random((units, units)),
        "orthogonal": lambda: orthogonal(units),
        "rank one": lambda: np.outer(random.normal(size=units), random.normal(size=units)),
    }[kind]()
    known = np.sqrt(np.linalg.eigvalsh(matrix.T @ matrix)[-1])
    assert largest_singular_value(matrix) == pytest.approx(known, rel=1e-9)
    assert largest_singular_value(matrix, 1e-4) == pytest.approx(known, rel=1e-4)


def test_zeros_have_none():
    assert largest_singular_value(np.zeros((100, 100))) == 0
