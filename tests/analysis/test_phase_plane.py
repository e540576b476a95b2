import numpy as np
import pytest

from rnnviz.analysis.fixed_points import fixed_points
from rnnviz.analysis.phase_plane import phase_plane
from rnnviz.engine import SimpleRNN
from tests.analysis.networks import autonomous, orthogonal, roll


def test_one_unit_is_a_curve():
    layer = SimpleRNN([[0.5]], [[1.5]], [0.1])
    plane = phase_plane(layer, np.array([0.4]), np.array([0.2]), reach=1.2)
    np.testing.assert_allclose(plane.image, np.tanh(1.5 * plane.axis + 0.3), rtol=1e-12)
    np.testing.assert_allclose(plane.change, plane.image - plane.axis)
    np.testing.assert_allclose(
        plane.orbit[1:, 0], np.tanh(1.5 * plane.orbit[:-1, 0] + 0.3), rtol=1e-12
    )
    assert plane.orbit[0, 0] == 0.2


def test_two_units_are_a_plane_and_its_nullclines_meet_at_fixed_points():
    layer = autonomous(roll(2))
    plane = phase_plane(layer, np.zeros(1), np.array([0.1, 0.0]), reach=1.2)
    row, column = 11, 40
    state = np.array([plane.axis[column], plane.axis[row]])
    np.testing.assert_allclose(plane.image[row, column], np.tanh(state @ roll(2)), rtol=1e-12)
    for point in fixed_points(layer).points:
        column, row = (np.abs(plane.axis - value).argmin() for value in point)
        corner = plane.change[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
        for part in (corner[..., 0], corner[..., 1]):
            assert part.min() <= 0 <= part.max()


def test_more_has_no_plane():
    assert phase_plane(autonomous(orthogonal(3)), np.zeros(1), np.zeros(3), 1.0) is None


@pytest.mark.parametrize("units", [1, 2])
def test_an_orbit_ends_where_it_overflows(units):
    layer = autonomous(1e100 * np.eye(units), "linear")
    plane = phase_plane(layer, np.zeros(1), np.ones(units), reach=1.0)
    assert len(plane.orbit) == 4
