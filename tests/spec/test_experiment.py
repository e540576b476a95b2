import dataclasses
import json
import math
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz import Experiment
from rnnviz.i18n import words
from rnnviz.knobs import Choice, Flag, Real, Whole
from rnnviz.spec.experiment import LAYERS_LIMIT, TABLE, ExperimentError
from rnnviz.spec.shapes import STATE_CELLS_LIMIT
from rnnviz.spec.text import Text

HOSTILE = ["1e308", "nan", "NaN", "inf", "-inf", "-1", str(10**12), "x" * 10_000, "", " ", "1_0"]
HOSTILE += ["１２", "0x10", "1e5", "--1", "true", "None", "<script>", "\x00", "1,", ",", "9" * 5000]


def values_of(row):
    kind = row.kind
    if isinstance(kind, Whole):
        return st.integers(kind.minimum, min(kind.maximum, 2000))
    if isinstance(kind, Real):
        floats = st.floats(kind.minimum, kind.maximum)
        return st.none() | floats if kind.optional else floats
    if isinstance(kind, Choice):
        return st.sampled_from(kind.options)
    if isinstance(kind, Text):
        return st.text("ab가나 ,&=%\t🙂", min_size=1, max_size=20).filter(str.strip)
    assert isinstance(kind, Flag)
    return st.booleans()


@st.composite
def experiments(draw):
    count = draw(st.integers(1, 4))
    chosen = {}
    for row in TABLE.values():
        if row.per_layer and (row.name == "units" or draw(st.booleans())):
            chosen[row.name] = tuple(draw(values_of(row)) for _ in range(count))
        else:
            chosen[row.name] = draw(values_of(row))
    return mended(chosen)


def mended(chosen):
    """The experiment of some settings; where Keras refuses the stack too, with the mend offered."""
    try:
        return Experiment(**chosen)
    except ExperimentError as error:
        (problem,) = error.problems
        if problem.key == "too_many_weights":
            return mended(chosen | {"units": tuple(8 for _ in chosen["units"])})
        return mended(chosen | dict(problem.mend))


def test_the_default_is_the_lecture():
    lecture = Experiment()
    assert (lecture.timesteps, lecture.input_features, lecture.units) == (100, 32, 64)
    assert (lecture.weight_scale, lecture.seed, lecture.dtype) == (1.0, 0, "float64")
    assert lecture.signal == "uniform"
    assert {lecture.kernel_initializer, lecture.recurrent_initializer} == {"numpy_random"}
    assert lecture.bias_initializer == "numpy_random"
    assert len(lecture.layers) == 1


@given(experiments())
def test_links_and_json_bring_back_the_same_experiment(experiment):
    assert Experiment.from_query(experiment.to_query()) == experiment
    assert Experiment.from_query("?" + experiment.to_query()) == experiment
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert hash(Experiment.from_query(experiment.to_query())) == hash(experiment)


@given(experiments())
def test_every_field_stands_in_the_link(experiment):
    names = [name for name, _ in parse_qsl(experiment.to_query(), keep_blank_values=True)]
    said = [
        row.link
        for row in TABLE.values()
        if not row.quiet or getattr(experiment, row.name) != row.default
    ]
    assert names == ["v", *said]


def test_a_link_from_before_there_was_a_head_has_none():
    assert not {"dense_units", "dense_activation"} & dict(Experiment().pairs()).keys()
    assert Experiment.from_query(Experiment().to_query()).dense_units == 0


@given(experiments(), experiments())
def test_equal_links_mean_equal_experiments(one, other):
    assert (one.to_query() == other.to_query()) == (one == other)


@given(st.text(max_size=300))
def test_garbage_never_raises_and_is_never_silent(text):
    experiment, problems = Experiment.read_query(text)
    assert isinstance(experiment, Experiment)
    assert problems or Experiment.from_query(text) == experiment
    for problem in problems:
        for language in ("en", "ko"):
            assert len(problem.sentence(language)) < 600


@given(
    st.text(max_size=300).filter(lambda text: text.strip() != "{}")
    | st.recursive(st.none(), st.lists).map(json.dumps)
)
def test_garbage_json_is_refused_with_a_sentence(text):
    with pytest.raises(ExperimentError, match=r"."):
        Experiment.from_json(text)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("row", TABLE.values(), ids=lambda row: row.name)
def test_a_hostile_value_is_named_and_leaves_the_default(row, text):
    experiment, problems = Experiment.read_query(urlencode({row.link: text}))
    legal = Experiment.read_query(urlencode({row.link: text}))[0] != Experiment()
    if not legal:
        assert experiment == Experiment()
        if problems:
            assert words("en")(f"knob.{row.name}.label") in problems[0].sentence()
    assert problems or legal or getattr(Experiment(), row.name) == row.kind.parse(text)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e308, -1, "1", None, [1], True])
def test_hostile_python_values_are_refused_by_name(value):
    with pytest.raises(ExperimentError, match="Weight scale"):
        Experiment(weight_scale=value)


def test_numpy_numbers_are_as_good_as_pythons():
    experiment = Experiment(timesteps=np.int64(7), weight_scale=np.float32(0.5))
    assert experiment == Experiment(timesteps=7, weight_scale=0.5)
    assert type(experiment.timesteps) is int


def test_minus_zero_is_zero():
    assert Experiment(weight_scale=-0.0).to_query() == Experiment(weight_scale=0.0).to_query()


@pytest.mark.parametrize("name", ["timesteps", "input_features", "units"])
@pytest.mark.parametrize("beyond", [0, 10**12, 1.5, True, "8"])
def test_sizes_out_of_range_are_refused(name, beyond):
    with pytest.raises(ExperimentError, match=words("en")(f"knob.{name}.label")):
        Experiment(**{name: beyond})


def test_a_run_that_is_too_large_says_which_number_to_lower():
    with pytest.raises(ExperimentError, match=r"Lower Timesteps to 19,531") as caught:
        Experiment(timesteps=1_000_000, units=1024)
    mend = dict(caught.value.problems[0].mend)
    assert Experiment(units=1024, **mend).timesteps * 1024 <= STATE_CELLS_LIMIT
    assert (mend["timesteps"] + 1) * 1024 > STATE_CELLS_LIMIT
    Experiment(timesteps=1_000_000, units=16)


def test_stacks():
    stack = Experiment(units=(32, 32, 32, 32))
    assert [layer.units for layer in stack.layers] == [32] * 4
    assert stack == Experiment(units=[32] * 4, activation=("tanh",) * 4)
    assert Experiment(units=(64,)) == Experiment(units=64) == Experiment()
    assert Experiment(units=8, activation=("tanh", "relu")).units == (8, 8)
    with pytest.raises(ExperimentError, match="2 values, but the stack has 3"):
        Experiment(units=(1, 2, 3), activation=("tanh", "relu"))
    with pytest.raises(ExperimentError, match="layers"):
        Experiment(units=(1,) * (LAYERS_LIMIT + 1))
    with pytest.raises(ExperimentError, match="empty list"):
        Experiment(units=())


def test_unknown_and_repeated_names_and_other_versions_are_reported():
    _, problems = Experiment.read_query("nonsense=1&timesteps=5&timesteps=6")
    assert [problem.key for problem in problems] == ["unknown_name", "stands_twice"]
    experiment, problems = Experiment.read_query("v=99&timesteps=5")
    assert experiment == Experiment()
    assert problems[0].key == "other_version"
    assert Experiment.read_query("x" * 20_000)[1][0].key == "link_too_long"
    with pytest.raises(ExperimentError, match="nonsense"):
        Experiment.from_query("nonsense=1")
    with pytest.raises(ExperimentError, match="nonsense"):
        Experiment.from_json('{"nonsense": 1}')


def test_what_is_looked_at_is_no_concern_of_the_experiment():
    assert Experiment.from_query("lang=ko&t=3&page=states&units=8") == Experiment(units=8)


def test_experiments_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Experiment().units = 3


@given(experiments())
@settings(max_examples=50)
def test_every_layer_has_one_value_of_every_per_layer_knob(experiment):
    for index, layer in enumerate(experiment.layers):
        for row in (row for row in TABLE.values() if row.per_layer):
            value = getattr(experiment, row.name)
            expected = value[index] if isinstance(value, tuple) else value
            assert getattr(layer, row.name) == expected


@pytest.mark.parametrize("row", TABLE.values(), ids=lambda row: row.name)
def test_every_knob_has_words_and_a_default_in_its_range(row):
    for language in ("en", "ko"):
        say = words(language)
        assert say(f"knob.{row.name}.label")
        assert say(f"knob.{row.name}.help")
        for option in getattr(row.kind, "options", ()):
            assert say(f"choice.{option}")
    assert row.kind.check(row.default) == row.default
    assert all(row.kind.check(stop) == stop for stop in row.options)
