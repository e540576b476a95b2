import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnnviz.engine
from rnnviz.engine import SIGNALS, SignalSettings
from rnnviz.engine.signals import measured_series

DATA = Path(rnnviz.engine.__file__).parent / "data"


def draw(name, timesteps=100, features=3, seed=0, **settings):
    generator = np.random.default_rng(seed)
    return SIGNALS[name](generator, timesteps, features, SignalSettings(**settings))


def test_the_names():
    assert list(SIGNALS) == [
        "uniform",
        "normal",
        "zeros",
        "constant",
        "impulse",
        "step",
        "sine",
        "sunspots",
        "co2",
    ]


@pytest.mark.parametrize("name", SIGNALS)
@given(timesteps=st.integers(1, 400), more=st.integers(0, 400), features=st.integers(1, 4))
def test_more_timesteps_only_append(name, timesteps, more, features):
    short, long = draw(name, timesteps, features), draw(name, timesteps + more, features)
    assert short.shape == (timesteps, features)
    assert short.dtype == np.float64
    assert np.isfinite(long).all()
    np.testing.assert_array_equal(long[:timesteps], short)


@pytest.mark.parametrize("name", SIGNALS)
def test_the_amplitude_is_a_factor(name):
    np.testing.assert_allclose(draw(name, amplitude=-2.5), -2.5 * draw(name), rtol=1e-15)
    assert not draw(name, amplitude=0.0).any()


@pytest.mark.parametrize("name", sorted(set(SIGNALS) - {"uniform", "normal"}))
def test_without_noise_all_features_are_told_the_same_and_the_seed_is_nothing(name):
    signal = draw(name, features=4)
    np.testing.assert_array_equal(signal, np.repeat(signal[:, :1], 4, axis=1))
    np.testing.assert_array_equal(signal, draw(name, features=4, seed=1))


def test_the_lecture_s_noise():
    signal = draw("uniform", 100, 32)
    np.testing.assert_array_equal(signal, np.random.default_rng(0).random((100, 32)))
    assert (draw("uniform", 100, 32, seed=1) != signal).all()


def test_normal_noise():
    signal = draw("normal", 5000, 4, amplitude=2.0)
    assert signal.mean() == pytest.approx(0, abs=0.06)
    assert signal.std() == pytest.approx(2, rel=0.02)


def test_the_simple_shapes():
    assert draw("zeros").tolist() == [[0.0] * 3] * 100
    assert draw("constant", amplitude=0.5).tolist() == [[0.5] * 3] * 100
    assert draw("impulse", 4, 1).ravel().tolist() == [1, 0, 0, 0]
    assert draw("step", 5, 1, period=2).ravel().tolist() == [0, 0, 1, 1, 1]
    sine = draw("sine", 9, 1, period=8.0).ravel()
    np.testing.assert_allclose(sine[[0, 2, 4, 6, 8]], [0, 1, 0, -1, 0], atol=1e-15)


def test_sunspots_are_the_published_ones():
    raw = draw("sunspots", 309, 1, standardised=False).ravel()
    assert raw[:5].tolist() == [5, 11, 16, 23, 36]
    assert raw[-1] == 2.9
    assert raw.max() == 190.2
    assert raw.argmax() == 1957 - 1700
    # The cycle of about eleven years is what the series is known for.
    power = np.abs(np.fft.rfft(raw - raw.mean())) ** 2
    assert 309 / power.argmax() == pytest.approx(11, abs=0.5)


def test_co2_is_the_published_series_with_its_gaps_filled_in_line():
    raw = draw("co2", 2284, 1, standardised=False).ravel()
    assert raw[:3].tolist() == [316.1, 317.3, 317.6]
    assert raw[-1] == 371.5
    rows = [line.split(",") for line in (DATA / "co2.csv").read_text().splitlines()[1:]]
    missing = [i for i, (_, ppm) in enumerate(rows) if not ppm]
    assert len(rows) == 2284
    assert len(missing) == 59
    for i, (_, ppm) in enumerate(rows):
        if ppm:
            assert raw[i] == float(ppm)
    # a gap of one week lies half way between its neighbours
    assert missing[0] == 6
    assert raw[6] == pytest.approx((raw[5] + raw[7]) / 2)
    days = np.array([week for week, _ in rows], "datetime64[D]")
    assert (np.diff(days) == np.timedelta64(7, "D")).all()


@pytest.mark.parametrize(("name", "length"), [("sunspots", 309), ("co2", 2284)])
def test_a_series_is_standardised_as_a_whole_and_starts_again_at_its_end(name, length):
    signal = draw(name, 2 * length + 5, 1).ravel()
    assert signal[:length].mean() == pytest.approx(0, abs=1e-12)
    assert signal[:length].std() == pytest.approx(1)
    np.testing.assert_array_equal(signal[length : 2 * length], signal[:length])
    np.testing.assert_array_equal(signal[2 * length :], signal[:5])
    raw = draw(name, length, 1, standardised=False).ravel()
    np.testing.assert_allclose(np.corrcoef(raw, signal[:length])[0, 1], 1)


def test_a_series_is_read_once_and_cannot_be_spoilt():
    assert measured_series("co2") is measured_series("co2")
    with pytest.raises(ValueError, match="read-only"):
        measured_series("co2")[0] = 0
    draw("co2")[:] = 0
    assert draw("co2").any()


def test_provenance_stands_beside_the_figures():
    text = (DATA / "PROVENANCE.md").read_text(encoding="utf-8")
    for path in DATA.glob("*.csv"):
        assert re.search(rf"^## {path.name}$", text, re.MULTILINE)
    assert "public\ndomain" in text
