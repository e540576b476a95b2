"""The Python lines that make a run again, for what is pasted into a notebook."""

from __future__ import annotations

from rnnviz.engine import Run
from rnnviz.engine.source import Given


def recreate(run: Run) -> tuple[str, ...]:
    """Return lines after which ``run`` holds the run; its files must be at hand."""
    source = run.source
    trial = () if run.trial_index is None else (f"run = run.trial({run.trial_index})",)
    if not isinstance(source, Given):
        query = source.to_query()
        return (
            "from rnnviz import Experiment, simulate",
            f'run = simulate(Experiment.from_query("{query}"))',
            *trial,
        )
    if source.training is not None:
        step = source.training.checkpoint
        return (
            "from rnnviz import Training, train",
            f'training = Training.from_query("{source.training.to_query()}")',
            f"run = train(training).run({'' if step is None else step})",
            *trial,
        )
    lines = ["import rnnviz"]
    if source.recipe is None:
        lines.append("# network, inputs: yours, as they were given")
        lines.append("run = rnnviz.run(network, inputs)")
        return (*lines, *trial)
    lines += ["from rnnviz.spec.given import simulate_given"]
    lines.append(f'recipe = rnnviz.Experiment.from_query("{source.recipe.to_query()}")')
    given = []
    for kind in ("network", "inputs"):
        if getattr(source, kind):
            name = getattr(source, f"{kind}_name") or kind
            lines.append(f"{kind} = rnnviz.open_{kind}({name!r})")
            given.append(f"{kind}={kind}")
    lines.append(f"run = simulate_given(recipe, {', '.join(given)})")
    return (*lines, *trial)
