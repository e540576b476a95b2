import dataclasses
from urllib.parse import parse_qsl

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnnviz
from rnnviz import Experiment, Inputs, simulate
from rnnviz import run as run_network
from rnnviz.export.caption import caption, parameters, wrapped
from rnnviz.export.fonts import width
from rnnviz.i18n import words
from rnnviz.link import Link
from rnnviz.spec.experiment import TABLE
from rnnviz.spec.perspective import Perspective
from rnnviz.views.registry import view
from rnnviz.views.states import analyse

PLAIN = Perspective()


def of(experiment, language="en", perspective=PLAIN, address=""):
    return caption(view("states"), simulate(experiment), perspective, words(language), address)


def test_it_says_title_parameters_seed_version_and_link():
    said = of(Experiment(seed=5), address="http://localhost:8501/?old=1")
    assert said.title == "Hidden states over time"
    assert said.parameters.startswith("Timesteps 100 · Input features 32 · Units 64 · Weight scale")
    assert said.origin == f"Seed 5 · rnnviz {rnnviz.__version__}"
    assert said.link == (
        "http://localhost:8501/?v=1&timesteps=100&input_features=32&units=64&weight_scale=1.0&seed=5"
    )


TITLES = {
    "state": "Hidden states over time",
    "digits": "Digits of saturation over time",
    "preactivation": "Pre-activations over time",
    "slope": "Slope of the activation over time",
    "change": "Change of the states over time",
    "magnitude": "Size of the states over time",
    "trial_mean": "Hidden states over time",  # of one sequence
}


@pytest.mark.parametrize(("lens", "title"), TITLES.items())
def test_it_speaks_of_the_lens_that_is_shown(lens, title):
    said = of(Experiment(units=6, timesteps=12), perspective=Perspective(lens=lens))
    assert said.title == title
    assert said.how_to_read.startswith("Each column is a timestep, each row a unit.")
    signed = lens in ("state", "preactivation", "trial_mean")
    assert ("blue is negative" in said.how_to_read) == signed
    own = words("en")(f"lens.{lens}.how_to_read")
    assert (own in said.how_to_read) == (lens != "trial_mean")


def test_a_lens_that_has_nothing_to_show_leaves_the_caption_to_the_state():
    unbounded = Experiment(units=6, timesteps=5, activation="relu")
    said = of(unbounded, perspective=Perspective(lens="digits"))
    assert said.title == "Hidden states over time"
    assert "Hatched is infinite." in said.how_to_read
    assert "end of the range" not in said.how_to_read


def test_negative_is_said_of_a_scale_about_zero_only():
    """A sigmoid's states lie between 0 and 1, and the colours part at ½."""
    sigmoid = of(Experiment(units=6, timesteps=12, activation="sigmoid")).how_to_read
    assert "negative" not in sigmoid
    assert "blue is below 0.5, red above" in sigmoid


def test_values_of_one_sign_on_a_scale_of_their_own_have_no_blue_and_red():
    close = Experiment(units=6, timesteps=12, bias_initializer="ones", weight_scale=0.9,
                       recurrent_initializer="zeros", input_gain=0.001)  # fmt: skip
    assert analyse(simulate(close), Perspective(contrast="own")).field.kind == "sequential"
    said = of(close, perspective=Perspective(contrast="own")).how_to_read
    assert "blue" not in said
    assert "from the least value there is to the greatest" in said


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_names_the_sequence_of_several(language):
    whole, say = simulate(Experiment(sequences=3, timesteps=5, units=4)), words(language)
    for trial in range(3):
        said = caption(view("states"), whole.trial(trial), PLAIN, say)
        named = said.parameters.replace("\N{NO-BREAK SPACE}", " ").split(" · ")
        assert say("export.trial", trial=trial + 1) in named
        several = caption(view("trials"), whole.trial(trial), PLAIN, say).parameters
        assert say("export.trial", trial=trial + 1) not in several.replace(
            "\N{NO-BREAK SPACE}", " "
        )
        assert say("trials.all") in several.replace("\N{NO-BREAK SPACE}", " ")
    alone = of(Experiment(units=4, timesteps=5), language).parameters
    assert say("export.trial", trial=1) not in alone.replace("\N{NO-BREAK SPACE}", " ")


def test_a_lens_over_all_given_trials_is_captioned_by_all_of_them():
    network = simulate(Experiment(units=4, input_features=2)).network
    whole = run_network(network, Inputs(np.zeros((3, 9, 2)), (7, 4, 9)))
    for lens, named in (("state", "4 × 2"), ("trial_mean", "3 × 9 × 2")):
        said = caption(view("states"), whole.trial(1), Perspective(lens=lens), words("en"))
        told = said.parameters.replace("\N{NO-BREAK SPACE}", " ")
        assert f"(no name): {named}," in told
        assert ("trial 2" in told) == (lens == "state")
        assert ("all trials" in told) == (lens != "state")


def test_it_speaks_korean():
    said = of(Experiment(), "ko")
    assert said.title == "시간에 따른 은닉 상태"
    assert said.parameters.startswith("타임스텝 100 · 입력 특성 32 · 유닛 64")
    assert said.origin.startswith("시드 0")


@pytest.mark.parametrize(
    ("changes", "said", "unsaid"),
    [
        ({}, ["Cell SimpleRNN", "Activation tanh"], ["Initialiser", "Vocabulary", "Layer"]),
        ({"recurrent_initializer": "orthogonal"}, ["orthogonal"], ["Initialiser of b"]),
        ({"cell": "GRU"}, ["Cell GRU", "reset_after yes"], ["unit_forget_bias"]),
        (
            {"units": (8, 4)},
            ["Units 8, 4", "Layer\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}2"],
            [],
        ),
        ({"signal": "text"}, ["“to be or not to be”"], ["Amplitude"]),
        ({"signal_period": 7.0}, [], ["Period"]),
        ({"signal": "sine"}, ["Period (steps) 25"], []),
        ({"spectral_radius": (None, 0.9), "units": (8, 4)}, ["as drawn, 0.9"], []),
        ({"dtype": "float32"}, ["float32"], []),
    ],
)
def test_it_names_what_matters_and_nothing_else(changes, said, unsaid):
    text = of(Experiment(**changes)).parameters
    for part in said:
        assert part in text
    for part in unsaid:
        assert part not in text


def test_every_knob_that_is_not_as_usual_is_named_or_changes_nothing():
    others = {
        "timesteps": 7,
        "input_features": 3,
        "units": 5,
        "weight_scale": 0.1,
        "activation": "relu",
        "kernel_initializer": "zeros",
        "recurrent_initializer": "zeros",
        "bias_initializer": "zeros",
        "return_sequences": False,
        "bidirectional": True,
        "go_backwards": True,
        "input_gain": 2.0,
        "recurrent_gain": 2.0,
        "spectral_radius": 0.5,
        "signal": "zeros",
        "signal_amplitude": 2.0,
        "dtype": "float32",
    }
    for name, value in others.items():
        label = words("en")(f"knob.{name}.label")
        assert any(
            text.startswith(label)
            for text in parameters(simulate(Experiment(**{name: value})), PLAIN, words("en"))
        ), name


@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(),
        Experiment(units=(8, 4), activation=("relu", "tanh"), seed=9),
        Experiment(signal="text", text="한글 & text", split="whitespace"),
        Experiment(cell="LSTM", unit_forget_bias=False, dtype="float32"),
    ],
)
@pytest.mark.parametrize("perspective", [PLAIN, Perspective(timestep=7, language="ko", layer=1)])
def test_its_link_shows_the_same_again(experiment, perspective):
    short = Link(experiment, perspective).caption("https://example.org/rnnviz/")
    address, _, query = short.partition("?")
    assert address == "https://example.org/rnnviz/"
    pairs = parse_qsl(query, keep_blank_values=True)
    assert Experiment.from_pairs(pairs) == (experiment, [])
    known = [name for name, _ in pairs]
    assert Perspective.from_pairs(pairs, known) == (perspective, [])


DEFAULTS_OF_VERSION_1 = {
    "timesteps": 100,
    "input_features": 32,
    "units": 64,
    "weight_scale": 1.0,
    "cell": "SimpleRNN",
    "activation": "tanh",
    "recurrent_activation": "sigmoid",
    "return_sequences": True,
    "bidirectional": False,
    "go_backwards": False,
    "reset_after": True,
    "kernel_initializer": "numpy_random",
    "recurrent_initializer": "numpy_random",
    "bias_initializer": "numpy_random",
    "unit_forget_bias": True,
    "input_gain": 1.0,
    "recurrent_gain": 1.0,
    "spectral_radius": None,
    "signal": "uniform",
    "signal_amplitude": 1.0,
    "signal_period": 25.0,
    "standardised": True,
    "dtype": "float64",
    "seed": 0,
}


def test_no_default_changes_within_a_version():
    """Printed links leave defaults out: another default needs another version of the link."""
    experiment = Experiment()
    for name, default in DEFAULTS_OF_VERSION_1.items():
        assert getattr(experiment, name) == default, name
    assert set(DEFAULTS_OF_VERSION_1) <= set(TABLE)


@given(st.text(alphabet="ab &가한W=.", max_size=200), st.floats(2, 60), st.floats(8, 30))
def test_lines_fit_and_nothing_is_lost(text, ems, size):
    lines = wrapped(text, ems * size, size)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert width(line, size) <= ems * size or len(line) == 1


def test_a_long_link_breaks_at_its_ampersands():
    lines = wrapped("http://localhost/?v=1&timesteps=100&units=64&weight_scale=1.0", 220, 11)
    assert len(lines) > 1
    assert all(line.endswith("&") for line in lines[:-1])


def test_hangul_is_wider_than_latin():
    assert width("상태", 11) > width("ab", 11)
    assert width("W", 11) > width("i", 11)


def test_letters_whose_widths_are_rounded_have_room_too():
    """Pretendard's syllables are 0.864 wide: 9.5 pixels at 11, of which a browser may make ten."""
    assert width("가" * 100, 11) == 1000
    assert width("가" * 100, 12) == pytest.approx(1036.8)


def test_a_caption_is_a_value():
    said = of(Experiment())
    assert said == of(Experiment())
    with pytest.raises(dataclasses.FrozenInstanceError):
        said.title = ""
