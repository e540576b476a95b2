"""The picture of a run is kept for who asks for it again, and for nobody else."""

from rnnviz import Experiment, simulate
from rnnviz.spec.perspective import Perspective
from rnnviz.views import states


def test_a_picture_is_the_one_that_was_asked_for_though_another_visitor_asks(monkeypatch):
    """Visitors share a run, each in a thread of its own."""

    class Overtaken(dict):
        def __setitem__(self, run, kept):
            super().__setitem__(run, (("another lens",), "the picture of another visitor"))

    monkeypatch.setattr(states, "_LATEST", Overtaken())
    run = simulate(Experiment(units=3, timesteps=5))
    for lens in ("state", "change", "state"):
        picture = states.analyse(run, Perspective(lens=lens))
        assert picture.field.name == lens
