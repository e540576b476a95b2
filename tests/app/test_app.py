"""The page without a browser: Streamlit's own AppTest."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from streamlit.testing.v1 import AppTest

from rnnviz import Experiment
from rnnviz.i18n import words

APP = str(Path(__file__).parents[2] / "app.py")


def run(query="", locale="en-US"):
    at = AppTest.from_file(APP, default_timeout=30)
    at.context = {"locale": locale}
    for name, text in parse_qsl(query, keep_blank_values=True):
        at.query_params[name] = text
    return at.run()


def address(at):
    return urlencode({name: text for name, (text,) in _listed(at).items()}, safe=",")


def _listed(at):
    values = {name: at.query_params[name] for name in at.query_params}
    return {name: [text] if isinstance(text, str) else text for name, text in values.items()}


def shown(at):
    return Experiment.from_query(address(at))


def sentences(at):
    """What is said on the page: its texts, and what it writes as HTML without the tags."""
    return " ".join(
        [element.value for element in at.markdown]
        + [unescape(re.sub("<[^>]*>", " ", text)) for text in written(at)]
    )


def written(at):
    """What the page writes as HTML."""
    return [element.proto.body for element in at.get("html")]


def numbers(at):
    """The numbers above the picture, by their names."""
    pairs = re.findall(r">([^<>]+)</button><b>([^<]*)</b>", " ".join(written(at)))
    return {unescape(name): unescape(value) for name, value in pairs}


def scale(at, name, language="en"):
    label = words(language)(f"knob.{name}.label")
    return next(slider for slider in at.select_slider if slider.label == label)


def test_the_first_page_shows_the_lecture_and_says_what_it_does():
    at = run()
    assert not at.exception
    assert not at.error
    assert not at.warning
    assert shown(at) == Experiment()
    assert "From step 2 (t = 1) on, all 64 units are exactly 1.0" in sentences(at)
    assert next(iter(numbers(at).values())) == "100%"
    labels = [slider.label for slider in at.sidebar.select_slider]
    assert labels == ["Weight scale", "Timesteps", "Input features", "Units"]


def test_the_browser_decides_the_language_and_the_link_overrides_it():
    at = run(locale="ko-KR")
    assert "모두 정확히 1.0" in sentences(at)
    labels = [slider.label for slider in at.sidebar.select_slider]
    assert labels == ["가중치 스케일", "타임스텝", "입력 특성", "유닛"]
    assert "exactly 1.0" in sentences(run("lang=en", locale="ko-KR"))


def test_a_moved_slider_is_in_the_address_and_the_address_restores_it():
    at = run()
    scale(at, "weight_scale").set_value(0.02).run()
    assert shown(at) == Experiment(weight_scale=0.02)
    again = run(address(at))
    assert scale(again, "weight_scale").value == 0.02
    assert sentences(again) == sentences(at)


def test_a_value_between_the_stops_survives():
    at = run("weight_scale=0.01234&timesteps=137")
    assert scale(at, "weight_scale").value == 0.01234
    assert shown(at) == Experiment(weight_scale=0.01234, timesteps=137)
    scale(at, "timesteps").set_value(50).run()
    assert shown(at) == Experiment(weight_scale=0.01234, timesteps=50)


def test_back_and_forward_change_the_widgets():
    at = run("units=8")
    assert scale(at, "units").value == 8
    for name, text in parse_qsl(Experiment(units=16).to_query()):
        at.query_params[name] = text
    at.run()
    assert scale(at, "units").value == 16
    assert shown(at).units == 16


def test_a_late_address_does_not_undo_a_move():
    """A browser that moves twice quickly sends the second move with the address of the first."""
    at = run()
    old = dict(at.query_params)
    scale(at, "units").set_value(32).run()
    for name, values in old.items():
        at.query_params[name] = values
    scale(at, "units").set_value(16).run()
    assert shown(at).units == 16


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("timesteps=abc", "Timesteps"),
        ("weight_scale=1e999", "Weight scale"),
        ("units=-1", "Units"),
        ("units=1000000000000", "Units"),
        ("seed=nan", "Seed"),
        ("nonsense=<script>alert(1)</script>", "nonsense"),
        ("v=7", "version"),
        ("lang=xx", "Language"),
        ("t=-5", "Timestep"),
        ("timesteps=100000&units=1024", "Lower Timesteps"),
        ("timesteps=1000000&units=1&input_features=1024", "Lower Timesteps"),
        ("note=" + "x" * 20_000, "16,384"),
        ("&".join(f"a{n:020}" for n in range(900)), "16,384"),
    ],
)
def test_a_bad_link_shows_the_default_with_a_notice(query, named):
    at = run(query)
    assert not at.exception
    assert not at.error
    assert named in at.warning[0].value
    assert shown(at) == Experiment()


def test_settings_over_the_cap_keep_the_picture_and_offer_a_mend():
    at = run("timesteps=100000")
    scale(at, "units").set_value(1024).run()
    assert not at.exception
    assert "20,000,000" in at.warning[0].value
    assert shown(at) == Experiment(timesteps=100_000)


def test_drawing_again_changes_the_seed_only():
    at = run("units=8")
    button = next(b for b in at.button if b.label == words("en")("page.resample"))
    button.click().run()
    assert shown(at) == Experiment(units=8, seed=1)


@pytest.mark.parametrize(
    "query",
    [
        "weight_scale=0",
        "timesteps=1&units=1&input_features=1",
        "activation=relu&weight_scale=10",
        "activation=linear&weight_scale=10&timesteps=1000",
        "activation=sigmoid",
        "dtype=float32",
        "signal=sunspots&standardised=0",
        "signal=sine&signal_period=7",
        "units=8,4,2&activation=tanh,relu,linear",
        "kernel_initializer=zeros&recurrent_initializer=zeros&bias_initializer=zeros",
    ],
)
@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_degenerate_settings_are_shown_and_explained(query, locale):
    at = run(query, locale)
    assert not at.exception
    assert not at.error
    assert not at.warning
    assert len(sentences(at)) > 40
