import pytest

from rnnviz import Experiment
from rnnviz.codegen import NOTES_MODELS, built_before, summary

FOUR_STACKED = """\
Model: "sequential"
_________________________________________________________________
Layer (type)                 Output Shape              Param #   
=================================================================
embedding (Embedding)        (None, None, 32)          320000    
_________________________________________________________________
simple_rnn (SimpleRNN)       (None, None, 32)          2080      
_________________________________________________________________
simple_rnn_1 (SimpleRNN)     (None, None, 32)          2080      
_________________________________________________________________
simple_rnn_2 (SimpleRNN)     (None, None, 32)          2080      
_________________________________________________________________
simple_rnn_3 (SimpleRNN)     (None, 32)                2080      
=================================================================
Total params: 328,320
Trainable params: 328,320
Non-trainable params: 0
_________________________________________________________________
"""  # noqa: W291 - Keras 2 filled its lines with spaces

LAST_OUTPUT = """\
Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ embedding (Embedding)           │ (None, None, 32)       │       320,000 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ simple_rnn (SimpleRNN)          │ (None, 32)             │         2,080 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 322,080 (1.23 MB)
 Trainable params: 322,080 (1.23 MB)
 Non-trainable params: 0 (0.00 B)
"""


def test_keras_2_to_the_letter():
    assert summary(NOTES_MODELS["four_stacked"], "keras2") == FOUR_STACKED


def test_keras_3_to_the_letter():
    assert summary(NOTES_MODELS["last_output"]) == LAST_OUTPUT


@pytest.mark.parametrize("style", ["keras2", "keras3"])
@pytest.mark.parametrize(
    ("name", "total", "last_shape"),
    [
        ("last_output", "322,080", "(None, 32)"),
        ("whole_sequence", "322,080", "(None, None, 32)"),
        ("four_stacked", "328,320", "(None, 32)"),
    ],
)
def test_the_numbers_of_the_notes(name, total, last_shape, style):
    text = summary(NOTES_MODELS[name], style)
    assert f"Total params: {total}" in text
    layers = [line for line in text.splitlines() if "(SimpleRNN)" in line]
    assert last_shape in layers[-1]
    assert all("2080" in line.replace(",", "") for line in layers)
    (embedding,) = (line for line in text.splitlines() if "(Embedding)" in line)
    assert "(None, None, 32)" in embedding
    assert "320000" in embedding.replace(",", "")


def test_keras_2_cuts_a_name_that_fills_its_column():
    text = summary(Experiment(bidirectional=True), "keras2")
    assert "bidirectional (Bidirectional (None, None, 128)" in text


def test_keras_3_breaks_a_name_that_is_too_long():
    lines = summary(Experiment(units=(1,) * 11, bidirectional=True)).splitlines()
    at = next(number for number, line in enumerate(lines) if "bidirectional_10" in line)
    assert lines[at + 1] == f"│ {'(Bidirectional)':31} │ {'':22} │ {'':13} │"
    assert {len(line) for line in lines[1:-3]} == {76}


def test_a_course_s_stack_with_its_dense_head():
    experiment = NOTES_MODELS["last_output"].replace(dense_units=1, dense_activation="sigmoid")
    lines = summary(experiment, "keras2").splitlines()
    assert lines[-6] == "dense (Dense)                (None, 1)                 33        "
    assert "Total params: 322,113" in lines


@pytest.mark.parametrize("style", ["keras2", "keras3"])
def test_a_session_counts_on_from_the_models_of_the_notes(style):
    """As the notes print them: the four stacked layers of the third model are 2 to 5."""
    model = NOTES_MODELS["four_stacked"]
    text = summary(model, style, built_before(model, "session"))
    assert text.startswith('Model: "sequential_2"')
    names = [word for word in text.replace("(", " ").split() if word.startswith("simple_rnn")]
    assert names == [f"simple_rnn_{number}" for number in (2, 3, 4, 5)]
    assert "embedding_2" in text
    plain = summary(model, style)
    assert summary(model, style, built_before(model, "fresh")) == plain
    assert "Total params: 328,320" in text


def test_what_is_not_of_the_notes_comes_after_them():
    first, later = NOTES_MODELS["last_output"], Experiment(units=3)
    assert built_before(first, "session") == ()
    assert built_before(first.replace(seed=5, timesteps=7), "session") == (), "another draw of it"
    assert len(built_before(NOTES_MODELS["whole_sequence"], "session")) == 1
    lines = summary(later, after=built_before(later, "session"))
    assert "sequential_3" in lines
    assert "simple_rnn_6" in lines


def test_another_style_is_a_mistake():
    with pytest.raises(KeyError):
        summary(Experiment(), "keras4")
