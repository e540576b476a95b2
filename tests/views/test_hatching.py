"""The hatching image, read back by an independent decoder."""

import base64
import io

import numpy as np
from PIL import Image

from rnnviz.views._plot.hatching import SIZE, hatching


def decoded(source):
    kind, _, body = source.partition(",")
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(body))).convert("RGBA"))


def test_nothing_marked_is_no_image():
    nothing = np.zeros((4, 3), bool)
    assert hatching(nothing, nothing, "rgba(1,2,3,0.5)") is None


def test_only_marked_cells_are_hatched_and_in_the_given_colour():
    low, high = np.zeros((4, 2), bool), np.zeros((4, 2), bool)
    high[1, 0] = True  # second step, lowest unit
    pixels = decoded(hatching(low, high, "rgba(10,20,30,0.5)"))
    assert pixels.shape == (SIZE[1], SIZE[0], 4)
    inked = pixels[..., 3] > 0
    rows, columns = np.nonzero(inked)
    width, height = SIZE[0] // 4, SIZE[1] // 2
    assert columns.min() >= width
    assert columns.max() < 2 * width
    assert rows.min() >= height, "units count upwards"
    assert set(map(tuple, pixels[inked])) == {(10, 20, 30, 128)}
    assert 0.05 < inked[height:, width : 2 * width].mean() < 0.25


def test_the_two_marks_lean_different_ways():
    every, none = np.ones((1, 1), bool), np.zeros((1, 1), bool)
    high = decoded(hatching(none, every, "rgba(0,0,0,1)"))[..., 3] > 0
    low = decoded(hatching(every, none, "rgba(0,0,0,1)"))[..., 3] > 0
    assert np.array_equal(high[:-1, 1:], high[1:, :-1]), "rises to the right"
    assert np.array_equal(low[:-1, :-1], low[1:, 1:]), "falls to the right"
    assert not np.array_equal(high, low)
