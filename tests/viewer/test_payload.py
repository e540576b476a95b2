"""What travels to the browser, read back by an independent reader."""

import dataclasses

import numpy as np
import pytest

from rnnviz.viewer.packing import at_cursor, figure_bytes
from rnnviz.viewer.payload import detail_bytes, picture_bytes, pictures_bytes
from rnnviz.views._plot.picture import Field, InputBand, encode
from rnnviz.views._plot.style import Style
from rnnviz.views.states import draw, state_picture
from tests.viewer.payloads import arrival, checksum, cursor, read

RANDOM = np.random.default_rng(0)


def picture_of(shape=(100, 64), dtype=np.float64, **more):
    states = np.tanh(RANDOM.standard_normal(shape) * 3).astype(dtype)
    states[-1] = 1
    saturated, mean = (np.abs(states) > 0.99).mean(axis=1), states.mean(axis=1, dtype=float)
    band = more.pop("input", None)
    picture = state_picture(states, (-1.0, 1.0), saturated, mean, **more)
    return dataclasses.replace(picture, input=band)


def test_a_small_picture_travels_to_the_last_bit():
    picture = picture_of(experiment="timesteps=100&unit=가")
    header, arrays = read(picture_bytes(picture, Style()))
    (tile,) = header["tiles"]
    values = arrays[tile["values"]].reshape(tile["columns"], tile["rows"])
    assert np.array_equal(values, picture.field.values)
    assert (tile["step"], tile["end"], tile["unit"], tile["top"]) == (0, 100, 0, 64)
    assert header["experiment"] == "timesteps=100&unit=가"
    for strip, described in zip(picture.strips, header["strips"], strict=True):
        assert np.array_equal(arrays[described["levels"]["mean"]], strip.values)


def test_the_input_travels_to_the_last_bit():
    values = np.sin(np.arange(400.0)).reshape(100, 4)
    band = InputBand(Field(values, "input", -1, 1), tokens=tuple("ab" * 50))
    header, arrays = read(picture_bytes(picture_of(input=band), Style()))
    (tile,) = header["input"]["tiles"]
    assert np.array_equal(arrays[tile["values"]].reshape(100, 4), values)
    assert header["input"]["tokens"] == list("ab" * 50)
    curve = InputBand(Field(values[:, :2], "input", -1, 1))
    header, arrays = read(picture_bytes(picture_of(input=curve), Style()))
    for strip, wanted in zip(header["input"]["strips"], values.T, strict=False):
        assert np.array_equal(arrays[strip["levels"]["mean"]], wanted)


def test_an_input_that_all_settings_share_travels_once():
    values = np.random.default_rng(1).random((100, 32))
    band = InputBand(Field(values, "input", 0, 1, "sequential"))
    pictures = [picture_of(input=dataclasses.replace(band)) for _ in range(30)]
    header, arrays = read(pictures_bytes(pictures, Style(), "", "weight_scale", 0))
    numbers = {one["input"]["tiles"][0]["levels"]["mean"] for one in header["pictures"]}
    assert len(numbers) == 1
    assert arrays[numbers.pop()].size == values.size


def test_float32_is_told_from_float64():
    header, arrays = read(picture_bytes(picture_of(dtype=np.float32), Style()))
    assert header["field"]["single"] is True
    assert arrays[header["tiles"][0]["values"]].dtype == np.float64


@pytest.mark.parametrize("shape", [(10_000, 512), (100_000, 64), (70_000, 3)])
def test_a_large_picture_travels_as_blocks_of_known_size(shape):
    picture = picture_of(shape, np.float32)
    data = picture_bytes(picture, Style())
    header, arrays = read(data)
    (tile,) = header["tiles"]
    assert len(data) < 1_500_000
    assert tile["columns"] * tile["steps"] >= shape[0]
    assert tile["rows"] * tile["units"] >= shape[1]
    levels = {
        name: arrays[number].reshape(tile["columns"], tile["rows"])
        for name, number in tile["levels"].items()
    }
    whole = encode(picture.field.values, picture.field)
    block = whole[: tile["steps"], : tile["units"]]
    assert levels["minimum"][0, 0] == block.min()
    assert levels["maximum"][0, 0] == block.max()
    assert (levels["maximum"][-1] == 255).all(), "the last step is exactly 1"
    assert {strip["steps"] > 1 for strip in header["strips"]} == {True}


def test_both_renderers_share_scale_ranges_labels_and_units():
    picture, style = picture_of(), Style("ko", palette="purple_orange")
    header, _ = read(picture_bytes(picture, style))
    layout = draw(picture, style).layout.to_plotly_json()
    frame = header["layout"]
    for axis in ("xaxis", "yaxis", "xaxis2", "yaxis2", "yaxis3", "yaxis9"):
        assert frame[axis] == {name: _plain(layout[axis][name]) for name in frame[axis]}
    assert header["field"]["low"] == layout["coloraxis"]["cmin"]
    assert header["field"]["high"] == layout["coloraxis"]["cmax"]
    scales = header["themes"]["light"]["scales"]
    assert [list(stop) for stop in layout["coloraxis"]["colorscale"]] == scales["diverging"]
    titles = {note["text"] for note in layout["annotations"]}
    assert {strip["title"] for strip in header["strips"]} <= titles


def _plain(value):
    return list(value) if isinstance(value, tuple) else value


def test_the_cursor_alone_does_not_change_the_checksum():
    picture = picture_of()
    first = picture_bytes(picture, Style())
    moved = picture_bytes(dataclasses.replace(picture, timestep=40, unit=7), Style())
    other = picture_bytes(picture, Style(palette="purple_orange"))
    assert cursor(moved) == (40, 7)
    assert checksum(first) == checksum(moved)
    assert checksum(first) != checksum(other)


def test_a_packed_picture_can_get_another_cursor():
    data = picture_bytes(picture_of(), Style())
    moved = at_cursor(data, (40, 7), arrival=3)
    assert (cursor(moved), arrival(moved)) == ((40, 7), 3)
    assert read(moved)[0] == read(data)[0]
    assert arrival(at_cursor(data, (0, 0), arrival=2**32 + 1)) == 1


def test_detail_brings_exact_cells_of_window_and_cursor():
    picture = picture_of((10_000, 512))
    window = (2000, 2100, 100, 130)
    header, arrays = read(detail_bytes(picture, Style(), "key", 9000, window))
    inside, column = header["tiles"]
    assert inside["step"] <= 2000 - 50
    assert inside["end"] >= 2100 + 50
    for tile in (inside, column):
        values = arrays[tile["values"]].reshape(tile["columns"], tile["rows"])
        part = (slice(tile["step"], tile["end"]), slice(tile["unit"], tile["top"]))
        assert np.array_equal(values, picture.field.values[part])
    assert column["step"] < 9000 < column["end"]
    assert (column["unit"], column["top"]) == (0, 512)
    for strip, fine in zip(picture.strips, header["strips"], strict=True):
        part = strip.values[fine["start"] : fine["end"]]
        assert np.array_equal(arrays[fine["levels"]["mean"]], part)
    main, _ = read(picture_bytes(picture, Style(), key="key"))
    assert header["identity"] == main["identity"]


def test_a_picture_that_does_not_fit_comes_coarse_and_fine_on_demand():
    picture = picture_of((10_000, 512))
    (coarse,) = read(picture_bytes(picture, Style()))[0]["tiles"]
    assert (coarse["steps"], coarse["units"]) == (16, 4)
    everything = (0, 10_000, 0, 512)
    fine, _ = read(detail_bytes(picture, Style(), "key", 0, everything))[0]["tiles"]
    assert (fine["steps"], fine["units"]) == (8, 2)
    assert (fine["step"], fine["end"], fine["unit"], fine["top"]) == everything
    (whole,) = read(picture_bytes(picture_of((1280, 256)), Style()))[0]["tiles"]
    assert (whole["steps"], whole["units"]) == (1, 1)


def test_detail_of_a_small_picture_is_empty():
    header, arrays = read(detail_bytes(picture_of(), Style(), "key", 5, (0, 10, 0, 10)))
    assert header["tiles"] == []
    assert arrays == []


def test_a_wide_window_of_a_large_picture_stays_small():
    picture = picture_of((100_000, 64), np.float32)
    data = detail_bytes(picture, Style(), "key", 0, (0, 60_000, 0, 64))
    assert len(data) < 2_500_000


def test_prefetched_pictures_are_shades_with_their_own_experiments():
    pictures = [picture_of(experiment=f"weight_scale={scale}") for scale in (0.1, 0.2, 0.5)]
    header, arrays = read(pictures_bytes(pictures, Style(), "key", "weight_scale", 4))
    assert header["first"] == 4
    assert [one["experiment"] for one in header["pictures"]] == [p.experiment for p in pictures]
    for one, picture in zip(header["pictures"], pictures, strict=True):
        (tile,) = one["tiles"]
        shades = arrays[tile["levels"]["mean"]].reshape(tile["columns"], tile["rows"])
        assert np.array_equal(shades, encode(picture.field.values, picture.field))
    assert header["said"] is None
    assert read(pictures_bytes([], Style(), "key", "units", 0))[0]["pictures"] == []
    words = {4: {"headline": "first"}, 5: None, 3: {"headline": "third"}}
    header, _ = read(pictures_bytes(pictures, Style(), "key", "weight_scale", 4, words))
    said = dict(header["said"])
    assert said == words, "one of each stop, none where none is allowed"


def test_a_figure_travels_as_plotly_writes_it():
    figure = draw(picture_of((5, 3)), Style())
    header, _ = read(figure_bytes(figure, 'a "name"'))
    assert header["name"] == 'a "name"'
    assert header["figure"]["layout"]["meta"]["time_axis"] == "x"
    assert len(header["figure"]["data"]) == len(figure.data)
