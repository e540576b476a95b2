"""The Training page: a task in the link trains while it is looked at, and only then."""

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rnnviz.app.components.training.component import _thinned
from rnnviz.app.pages.training import AHEAD, LOOK, LOOKS, in_step, look_every
from rnnviz.app.panels.read_text import READ_FIRST, SAMPLED, followed
from rnnviz.app.runtime import training as runtime
from rnnviz.app.runtime.training import TrainingSession
from rnnviz.app.runtime.training_turns import REST, SLICE, TURNS, Turns
from rnnviz.engine import Inputs, SimpleRNN, run
from rnnviz.i18n import words
from rnnviz.learn import TASKS
from rnnviz.learn.eigenvalues import recurrent_eigenvalues
from rnnviz.link import Link
from rnnviz.spec.train import start_network
from rnnviz.spec.training import Training

APP = Path(__file__).parents[2] / "app.py"
TIMEOUT = 60


def page(query, language="en-US"):
    at = AppTest.from_file(str(APP), default_timeout=TIMEOUT)
    at.context = {"locale": language}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        at.query_params[name] = value
    return at.run()


def address(at):
    values = {name: at.query_params[name] for name in at.query_params}
    return {name: one if isinstance(one, str) else one[0] for name, one in values.items()}


def head_of(at):
    """What the component is told, of the newest message."""
    views = [one.proto for one in at.get("bidi_component")]
    told = [one.bytes for one in views if b'"references"' in one.bytes]
    assert len(told) == 1
    length = int.from_bytes(told[0][:4], "little")
    return json.loads(told[0][4 : 4 + length]), told[0][4 + length :]


@pytest.mark.parametrize("task", TASKS)
def test_every_task_opens(task):
    at = page(f"page=training&task={task}")
    assert not at.exception
    head, frames = head_of(at)
    assert head["step"] == 0
    shape = head["shape"]
    numbers = 3 + shape["rows"] * shape["outputs"] + 2 * shape["eigenvalues"] + shape["timesteps"]
    states = shape["units"] * shape["timesteps"]
    assert len(frames) == 4 * numbers + states + -states % 4
    assert np.frombuffer(frames[:4], np.float32) == 0


def test_one_step_and_open_the_network_elsewhere():
    at = page("page=training&task=flip_flop&units=8")
    for _ in range(2):
        at.button(key="training.step").click().run()
    head, _ = head_of(at)
    assert head["step"] == 2
    assert len(head["losses"]) == 2
    at.button(key="training.open").click().run()
    assert not at.exception
    told = address(at)
    assert told["page"] == "states"
    assert len(told["network"]) == 64


def test_the_link_holds_what_is_trained_and_how():
    at = page("page=training&task=parity&learning_rate=0.01")
    link = Link.parse(list(address(at).items()))
    assert not link.problems
    assert link.training == Training.of("parity", learning_rate=0.01)
    assert Link.parse(link.text) == link


def test_an_impossible_training_is_said_and_nothing_breaks():
    at = page("page=training&task=next_value&series=own")
    assert not at.exception
    assert any("at least 12 finite numbers" in one.value for one in at.warning)


def test_the_page_in_korean():
    at = page("page=training", "ko-KR")
    assert not at.exception
    assert at.button(key="training.play").label == "학습"


def test_a_session_goes_on_only_when_it_is_asked():
    session = TrainingSession(Training.of("echo", units=8, steps=50, batch_size=4))
    session.turn()
    assert session.trainer.step == 0
    session.playing = True
    while session.playing:
        before = session.trainer.step
        session.turn()
        assert session.trainer.step > before
    assert session.trainer.step == 50
    assert [frame.step for frame in session.frames][-1] == 50
    network, inputs = session.network_of(10)
    assert network.name == "echo, 10"
    assert len(inputs.values) == 16


@pytest.mark.live
@pytest.mark.parametrize("step", [0.0004, 0.02])
def test_thirty_trainings_share_the_time_of_one_fairly(step):
    """By a clock of its own: no order of asking gives more, and the rest of the server its share.

    Only the very first slice is longer, of the one who still trains alone.
    """
    now = [0.0]

    class Session:
        def __init__(self):
            self.taken = 0.0

        def train_for(self, seconds):
            spent = step * max(1, round(seconds / step))
            now[0] += spent
            self.taken += spent

    turns, sessions = Turns(lambda: now[0]), [Session() for _ in range(30)]
    chance = np.random.default_rng(0)
    for _ in range(3000):  # the first always asks first, and the last ones rarely
        for place, one in enumerate(sessions):
            if place < 20 or chance.random() < 0.3:
                turns.take(one)
            now[0] += 1e-5
    taken = [one.taken for one in sessions]
    assert turns.active == 30
    assert min(taken) > 0.02
    assert max(taken) - min(taken) <= 1.1 * SLICE + 2 * step
    assert max(taken[1:]) - min(taken) <= SLICE / 15 + 2 * step
    assert sum(taken) < now[0] / (1 + REST) * 1.01 + SLICE + step


def test_the_same_training_trains_to_the_same_bits_in_slices():
    training = Training.of("parity", units=8, steps=30, batch_size=4)
    one, other = TrainingSession(training), TrainingSession(training)
    one.train_for(60)
    while not other.trainer.done:
        other.train_for(0)
    assert one.trainer.losses == other.trainer.losses


def test_what_a_quick_training_leaves_out_is_shown_once_it_stops():
    """Up to the budget of frames, every checkpoint can be scrubbed to."""
    session = TrainingSession(Training.of("parity", units=4, steps=300, batch_size=2))
    session.playing = True
    session.train_for(60)
    first = session.new_frames()
    assert not session.playing
    assert len(first) < 10 < len(session.trainer.checkpoints)
    while session.busy:
        session.turn()
    kept = [one.step for one in session.trainer.checkpoints]
    assert kept == list(range(301))
    assert [one.step for one in session.frames] == kept
    later = session.new_frames()
    assert sorted(one.step for one in (*first, *later)) == kept
    assert [one.step for one in session.new_frames()] == [300]
    assert [one.step for one in session.new_frames(everything=True)] == kept
    whole = TrainingSession(session.training)
    whole.train_for(60)
    for one, other in zip(session.trainer.checkpoints, whole.trainer.checkpoints, strict=True):
        np.testing.assert_array_equal(one.values, other.values)


def test_large_frames_are_fewer(monkeypatch):
    monkeypatch.setattr(runtime, "FRAMES_BYTES", 30_000)
    session = TrainingSession(Training.of("parity", units=4, steps=200, batch_size=2))
    session.train_for(60)
    while not session.complete:
        session.turn()
    steps = [one.step for one in session.frames]
    assert session.most_frames <= len(steps) <= session.most_frames + 8 < 201
    assert steps[0] == 0
    assert steps[-1] == 200
    assert max(np.diff(steps)) <= 1 + 201 // session.most_frames


def test_moving_the_learning_rate_is_remembered():
    session = TrainingSession(Training.of("parity", units=8, steps=30, batch_size=4))
    session.one_step()
    session.change("learning_rate", 0.1)
    assert session.training.changes == ((1, "learning_rate", 0.1),)
    assert session.is_of(session.training)
    again = TrainingSession(session.training)
    for one in (session, again):
        one.train_for(60)
    assert again.trainer.losses == session.trainer.losses


def test_losses_are_thinned_by_means():
    losses = np.random.default_rng(0).random(4001)
    points = np.array(_thinned(losses))
    assert len(points) <= 401
    width = 11
    np.testing.assert_allclose(points[0], [(width - 1) / 2, losses[:width].mean()], rtol=1e-3)
    assert _thinned([]) == []


def test_eigenvalues_are_those_of_the_recurrent_kernel():
    kernel = np.array([[0.0, 1.0], [-1.0, 0.0]])
    found = recurrent_eigenvalues(SimpleRNN(np.zeros((1, 2)), kernel, np.zeros(2)))
    np.testing.assert_allclose(sorted(found.imag), [-1, 1])
    assert TURNS.active >= 0


def test_going_back_to_a_checkpoint_gives_the_same_bits_and_forgets_later_changes():
    training = Training.of("parity", units=8, steps=60, batch_size=4)
    whole, session = TrainingSession(training), TrainingSession(training)
    whole.train_for(60)
    session.train_for(60)
    session.start_again_from(40)
    while session.playing:
        session.train_for(60)
    assert session.trainer.step == 40
    assert session.trainer.losses == whole.trainer.losses[:40]
    session.change("learning_rate", 0.1)
    session.train_for(60)
    assert session.trainer.losses[:41] == whole.trainer.losses[:41]
    assert session.trainer.losses[41:] != whole.trainer.losses[41:]
    session.start_again_from(30)
    while session.playing:
        session.train_for(60)
    session.train_for(60)
    assert session.training.changes == ()
    assert session.trainer.losses == whole.trainer.losses
    kept = [one.step for one in session.trainer.checkpoints]
    assert kept == [one.step for one in whole.trainer.checkpoints]
    for one, other in zip(session.trainer.checkpoints, whole.trainer.checkpoints, strict=True):
        np.testing.assert_array_equal(one.values, other.values)


@pytest.mark.live
def test_a_slow_pace_keeps_every_step_and_changes_nothing():
    training = Training.of("parity", units=4, steps=900, batch_size=2, patience=40)
    slow, quick = TrainingSession(training, pace=4), TrainingSession(training)
    for _ in range(40):
        slow.train_for(60)
    assert slow.trainer.step == 160
    assert [one.step for one in slow.frames][-4:] == [156, 157, 158, 159]
    quick.train_for(60)
    slow.pace = 0
    slow.train_for(60)
    assert slow.trainer.losses == quick.trainer.losses


def test_a_link_to_a_checkpoint_pauses_there():
    session = TrainingSession(Training.of("parity", units=4, steps=40, checkpoint=25), playing=True)
    while session.playing:
        session.train_for(60)
    assert session.trainer.step == 25
    session.train_for(60)
    assert session.trainer.done


def test_two_side_by_side_say_why_one_learns_and_the_other_does_not():
    at = page("page=training&task=echo&compared_with=lecture_weights")
    for _ in range(2):
        at.button(key="training.step").click().run()
    assert not at.exception
    assert address(at)["compared_with"] == "lecture_weights"
    told = [one.value for one in at.markdown]
    assert any("are exactly ±1" in one and "exactly 0" in one for one in told)
    heads = [
        one.proto.bytes for one in at.get("bidi_component") if b"references" in one.proto.bytes
    ]
    assert len(heads) == 2


def test_the_quicker_of_two_waits():
    one, other = (TrainingSession(Training.of("parity", units=4, steps=40)) for _ in range(2))
    one.train_for(0.05)
    while one.trainer.step <= AHEAD:
        one.train_for(0)
    assert in_step([one, other]) == [other]


@pytest.mark.parametrize("active", [0, 1, 2, 30, 300])
def test_many_pages_look_less_often(active):
    every = look_every(active)
    assert active / every <= LOOKS + 1e-9
    assert every >= LOOK
    if active <= 2:
        assert every == LOOK


def test_a_text_is_written_and_coloured():
    at = page("page=training&task=next_character&units=8")
    assert not at.exception
    texts = [one.proto.body for one in at.get("html") if "coloured-text" in one.proto.body]
    assert len(texts) == 2
    assert texts[0].count("<span") == READ_FIRST + SAMPLED
    before = texts[0]
    at.button(key="training.sample").click().run()
    texts = [one.proto.body for one in at.get("html") if "coloured-text" in one.proto.body]
    assert texts[0] != before


def test_units_that_follow_something_are_found_in_held_out_text():
    """A unit that is made to tell vowels from all else is named, and the others are not."""
    training = Training.of("next_character", units=4, cell="SimpleRNN")
    network, task = start_network(training), training.learnt_task
    weights = {name: np.array(one) for name, one in network.weights.items()}
    weights["simple_rnn/recurrent_kernel"][:] = 0
    weights["simple_rnn/kernel"][:] = 0
    weights["simple_rnn/kernel"][0, 2] = 1
    vowels = [one.lower() in "aeiouy" for one in task.vocabulary]
    weights["embedding/embeddings"][:, 0] = np.where(vowels, 5, -5)
    told = followed(network.with_weights(weights), task.vocabulary, task.kept, words("en"))
    assert told.startswith("- unit 2: vowels (AUC 1.00")
    assert "unit 0" not in told


def test_a_review_is_followed_word_by_word_and_another_one_can_be_chosen():
    """What is drawn after each word is what the network says of the review cut there."""
    session = TrainingSession(Training.of("reviews", units=4, steps=3, batch_size=8))
    session.one_step()
    trial = session.inputs.values[5]
    session.show_trial(5)
    network, _ = session.network_of(None)
    said = session.frames[-1].numbers[3 : 3 + len(trial)]
    for count in range(1, len(trial) + 1):
        alone = run(network, Inputs(trial[:count]))
        assert said[count - 1] == pytest.approx(float(alone.output[0]), abs=1e-6)
    assert [one.step for one in session.frames] == [0, 1]
    at = page("page=training&task=reviews&trial=5")
    assert not at.exception
    (choice,) = [one for one in at.selectbox if one.label == words("en")("training.shown_trial")]
    task = session.training.learnt_task
    glosses = [task.glosses[task.vocabulary[token]] for token in trial if token]
    assert choice.value == 5
    assert choice.options[5] == " ".join(glosses)
    choice.set_value(6).run()
    assert address(at)["trial"] == "6"
    assert not at.exception
