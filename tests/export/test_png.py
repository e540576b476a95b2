import io

import numpy as np
import pytest
from PIL import Image

from rnnviz.export.png import bitmap, labelled, labels


def test_pixels_come_back():
    pixels = np.random.default_rng(0).integers(0, 256, (7, 5, 3), dtype=np.uint8)
    image = Image.open(io.BytesIO(bitmap(pixels)))
    assert image.size == (5, 7)
    assert (np.asarray(image) == pixels).all()


def test_labels_are_read_and_pixels_stay():
    pixels = np.full((3, 4, 3), 7, dtype=np.uint8)
    content = labelled(bitmap(pixels), labels({"Title": "은닉 상태", "rnnviz": "{}"}, 300))
    image = Image.open(io.BytesIO(content))
    image.load()
    assert image.text == {"Title": "은닉 상태", "rnnviz": "{}"}
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert (np.asarray(image) == pixels).all()


def test_what_is_no_png_is_not_labelled():
    with pytest.raises(ValueError, match="no PNG"):
        labelled(b"GIF89a", b"")
