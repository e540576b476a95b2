"""A training as a value: its link, its bits, what it keeps, and that it learns."""

import numpy as np
import pytest

from rnnviz import Experiment, Training, train
from rnnviz.codegen.recreate import recreate
from rnnviz.export.caption import caption
from rnnviz.i18n import words
from rnnviz.learn import TASKS
from rnnviz.learn.checkpoints import checkpoint_steps
from rnnviz.link import Link
from rnnviz.spec.codec import ExperimentError
from rnnviz.spec.perspective import Perspective
from rnnviz.spec.train import carry_on, trained_of, trainer_of
from rnnviz.spec.training import learning
from rnnviz.views.registry import view


@pytest.mark.parametrize("task", TASKS)
def test_a_link_gives_the_same_training_and_the_same_bits(task):
    training = Training.of(task, steps=3, batch_size=4)
    again = Training.from_query(training.to_query())
    assert again == training
    assert hash(again) == hash(training)
    one, other = train(training), train(again)
    np.testing.assert_array_equal(one.losses, other.losses)
    assert one.network.sha256 == other.network.sha256
    assert one.steps == 3
    assert not one.losses.flags.writeable


def test_a_task_alone_is_enough_of_a_link():
    assert Training.from_query("task=adding") == Training.of("adding")
    assert Training.from_query("task=adding&steps=7").steps == 7


def test_knobs_beside_a_whole_experiment_are_heard():
    training = Training.of("echo", experiment=Experiment(timesteps=30, units=4), units=6, steps=5)
    assert training.experiment == Experiment(timesteps=30, units=6)
    assert training.steps == 5


def test_every_knob_survives_a_link():
    training = Training.of(
        "next_value",
        series="own",
        own_series=tuple(np.sin(np.arange(30)).tolist()),
        optimizer="sgd",
        momentum=0.9,
        nesterov=True,
        clip_norm=None,
        defined_by="torch",
        truncate=5,
        patience=3,
        seed=7,
        changes=((10, "learning_rate", 1e-4), (20, "clip_norm", None)),
        units=(8, 4),
        timesteps=6,
    )
    assert Training.from_query(training.to_query()) == training


def test_hostile_links_are_read_and_named():
    training, problems = Training.read_pairs(
        [("task", "flying"), ("steps", "1e9"), ("changes", "1:seed:2"), ("own_series", "a b")]
    )
    assert len(problems) == 4
    assert training == Training.of("flip_flop")
    training, problems = Training.read_pairs([("task", "next_value"), ("series", "own")])
    assert "at least 12" in problems[0].sentence()
    assert training.task == "flip_flop"


def test_what_would_take_days_or_all_memory_is_refused_with_what_is_possible():
    with pytest.raises(ExperimentError, match=r"Lower Steps to [\d,]+"):
        Training(experiment=learning(units=1024, timesteps=1000), steps=100_000)
    with pytest.raises(ExperimentError, match="Lower Batch size to"):
        Training(experiment=learning(units=512, timesteps=1000), batch_size=1024, steps=1)


def test_changes_on_the_way_are_part_of_the_recipe():
    training = Training.of("flip_flop", steps=6, batch_size=4)
    trainer = trainer_of(training)
    for _ in range(3):
        trainer.advance()
    trainer.change("learning_rate", 0.1)
    moved = carry_on(training, trainer)
    planned = train(training.replace(changes=((3, "learning_rate", 0.1),)))
    plain = train(training)
    np.testing.assert_array_equal(moved.losses, planned.losses)
    np.testing.assert_array_equal(moved.losses[:4], plain.losses[:4])
    assert moved.losses[5] != plain.losses[5]


def test_going_on_from_what_was_kept_gives_the_same_bits():
    training = Training.of("parity", steps=8, batch_size=4, units=5)
    whole = train(training)
    trainer = trainer_of(training)
    for _ in range(5):
        trainer.advance()
    part = trained_of(training, trainer)
    other = trainer_of(training)
    other.restore(trainer.state(), list(part.kept))
    resumed = carry_on(training, other)
    np.testing.assert_array_equal(resumed.losses, whole.losses)
    assert resumed.network.sha256 == whole.network.sha256
    assert [one.step for one in resumed.kept] == [one.step for one in whole.kept]


def test_what_is_kept():
    trained = train(Training.of("flip_flop", steps=5, batch_size=4, units=6))
    steps, networks = zip(*trained.checkpoints, strict=True)
    assert steps == (0, 1, 2, 3, 4, 5)
    assert len({network.sha256 for network in networks}) == 6
    assert networks[-1].sha256 == trained.network.sha256
    norms = np.stack(list(trained.weight_gradient_norms.values()))
    np.testing.assert_allclose(np.sqrt((norms**2).sum(0)), trained.gradient_norms, rtol=1e-5)
    assert trained.kept[0].delta_norms[0].shape == (50,)
    run = trained.run(2)
    assert run.network.sha256 == networks[2].sha256
    assert run.trials == 64
    assert run.output.shape == (64, 50, 3)
    # The held-out loss is that of the engine's own run.
    mse = np.square(run.output - run.data.targets).mean()
    assert trained.checkpoint(2).loss == pytest.approx(mse, rel=1e-5)


def test_interrupting_keeps_what_there_is():
    def stop(trainer):
        if trainer.step == 3:
            raise KeyboardInterrupt

    trained = train(Training.of("echo", steps=100, batch_size=4), stop)
    assert trained.steps == 3
    assert trained.kept[-1].step == 3


def test_a_training_that_explodes_ends_and_says_so():
    training = Training(
        experiment=learning(activation="relu", recurrent_gain=30.0),
        clip_norm=None,
        steps=20,
        batch_size=4,
    )
    trained = train(training)
    assert trained.diverged
    assert trained.steps < 20
    assert all(np.isfinite(one.values).all() for one in trained.kept)


def test_early_stopping():
    trained = train(Training.of("flip_flop", steps=60, learning_rate=10.0, patience=4))
    assert trained.steps < 60


@pytest.mark.parametrize(
    ("steps", "nbytes", "budget"),
    [(1, 8, 10**6), (500, 8, 10**6), (5000, 8, 10**6), (3000, 10**6, 64 * 10**6), (9, 10**9, 1)],
)
def test_checkpoints_stay_within_their_budget(steps, nbytes, budget):
    kept = checkpoint_steps(steps, nbytes, budget)
    assert list(kept) == sorted(set(kept))
    assert kept[0] == 0
    assert kept[-1] == steps
    assert len(kept) <= max(2, budget // nbytes)
    assert len(kept) >= min(steps + 1, 500, max(2, budget // nbytes)) * 0.9
    gaps = np.diff(kept)
    assert gaps[-1] >= gaps[0]


@pytest.mark.live
def test_the_lecture_s_weights_never_learn():
    """All states run to ±1 and stay there: the gradient through time is gone after one step."""
    training = Training.of("flip_flop", experiment=Experiment(timesteps=50), steps=300)
    trained = train(training)
    assert trained.kept[-1].loss > 0.7
    assert train(Training.of("flip_flop", steps=300)).kept[-1].loss < 0.1
    norms = trained.kept[0].delta_norms[0]
    assert norms.shape == (50,)


@pytest.mark.live
@pytest.mark.parametrize("task", ["echo", "parity", "flip_flop", "copy_memory"])
def test_it_learns(task):
    trained = train(Training.of(task))
    assert trained.kept[-1].measure >= trained.training.learnt_task.solved_at


@pytest.mark.live
def test_it_learns_a_text_better_than_its_own_bigrams():
    trained = train(Training.of("next_character", learnt_text="constitution"))
    references = {one.name: one.loss for one in trained.training.learnt_task.references()}
    assert trained.kept[-1].loss < references["bigram"]


@pytest.mark.live
def test_it_forecasts_the_sunspots_better_than_the_day_before():
    trained = train(Training.of("next_value"))
    references = {one.name: one.loss for one in trained.training.learnt_task.references()}
    assert trained.kept[-1].loss < 0.6 * references["nothing"]


@pytest.mark.live
def test_a_solved_flip_flop_stands_still_at_its_eight_corners():
    """Sussillo & Barak 2013: 2³ stable fixed points, and saddles between them: 3³ in all."""
    from rnnviz.analysis.fixed_points import fixed_points

    run = train(Training.of("flip_flop")).run()
    visited = np.concatenate([run.trial(i).states for i in range(16)]).astype(float)
    found = fixed_points(run.layers[0].trace.layer, np.zeros(3), visited)
    moduli = np.abs(found.eigenvalues).max(axis=1)
    stable = found.points[(moduli < 1) & (found.speeds < 1e-6)]
    corners = {tuple(np.sign(run.network.head[0].apply(point)).tolist()) for point in stable}
    assert len(stable) == len(corners) == 8
    assert len(found.points) == 27


def test_a_run_of_a_trained_network_cites_its_training():
    training = Training.of("echo", units=4, timesteps=12, steps=6, batch_size=4)
    trained = train(training)
    last, middle = trained.run(), trained.run(3)
    assert Training.from_query(last.source.to_query()) == training
    assert Training.from_query(middle.source.to_query()) == training.replace(checkpoint=3)
    assert last.source != middle.source
    names: dict = {}
    exec("\n".join(recreate(middle)), names)
    np.testing.assert_array_equal(names["run"].states, middle.states)
    told = caption(view("states"), middle, Perspective(), words("en")).link
    link = Link.parse(told)
    assert not link.problems
    assert link.perspective.page == "training"
    assert link.training == training.replace(checkpoint=3)
