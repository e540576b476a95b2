import pytest

from rnnviz import Experiment
from rnnviz.spec.experiment import ExperimentError
from rnnviz.spec.shapes import STATE_CELLS_LIMIT, WEIGHTS_LIMIT


def refused(**settings):
    with pytest.raises(ExperimentError) as caught:
        Experiment(**settings)
    (problem,) = caught.value.problems
    return problem


def test_a_middle_layer_without_its_sequence_is_explained_and_mended():
    asked = {"units": (8, 7, 6), "return_sequences": (True, False, False)}
    problem = refused(**asked)
    assert "Layer 2 returns only its last state, of shape (batch, 7)" in problem.sentence()
    assert "Layer 3 reads a sequence, (batch, timesteps, 7)" in problem.sentence()
    assert "(batch, timesteps, 7)" in problem.sentence("ko")
    mended = Experiment(**asked | dict(problem.mend))
    assert mended.return_sequences == (True, True, False)
    assert mended.units == (8, 7, 6)


def test_one_mend_is_enough_for_all_layers():
    problem = refused(units=(8, 7, 6), return_sequences=False)
    assert Experiment(units=(8, 7, 6), **dict(problem.mend)).return_sequences[:2] == (True, True)


def test_both_directions_and_backwards_is_refused_as_keras_refuses_it():
    asked = {"units": (4, 4), "bidirectional": (True, False), "go_backwards": True}
    problem = refused(**asked)
    assert Experiment(**asked | dict(problem.mend)).go_backwards == (False, True)


def test_a_refused_link_keeps_what_it_asked_for():
    query = "units=8,7&return_sequences=0,0&seed=5"
    experiment, (problem,) = Experiment.read_query(query)
    assert experiment == Experiment()
    mended = experiment.replace(**dict(problem.asked) | dict(problem.mend))
    assert mended == Experiment(units=(8, 7), return_sequences=(True, False), seed=5)


def test_too_many_weights():
    assert refused(units=(1024,) * 12, timesteps=1).key == "too_many_weights"
    problem = refused(signal="tokens", vocabulary_size=100_000, input_features=1024)
    assert problem.key == "too_many_embeddings"
    size = dict(problem.mend)["vocabulary_size"]
    Experiment(signal="tokens", vocabulary_size=size, input_features=1024)
    assert size * 1024 <= WEIGHTS_LIMIT < (size + 2) * 1024 + 64 * (64 + 1024 + 1)


def test_both_directions_are_counted_in_the_states():
    problem = refused(timesteps=1_000_000, units=16, bidirectional=True)
    timesteps = dict(problem.mend)["timesteps"]
    assert timesteps * 32 <= STATE_CELLS_LIMIT < (timesteps + 1) * 32
    assert "Units to 10" in problem.sentence()
