"""What an experiment asks for and cannot have, told instead of passed over."""

from __future__ import annotations

from rnnviz.knobs import Problem
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.shapes import weight_shapes


def unmet_wishes(experiment: Experiment) -> tuple[Problem, ...]:
    """Return one sentence for each wish that no draw can meet; the experiment runs all the same.

    A spectral radius other than 0 cannot be given to a recurrent kernel that is zero, by its
    initialiser, its gain or the weight scale, nor to a cell that has none.
    """
    problems: list[Problem] = []
    for number, spec in enumerate(experiment.layers, start=1):
        radius = spec.spectral_radius
        if not radius:
            continue
        asked = (("radius", f"{radius:g}"), ("layer", number))
        if "recurrent_kernel" not in weight_shapes(spec, 1):
            problems.append(Problem("no_recurrent_kernel", (*asked, ("cell", spec.cell))))
        elif spec.recurrent_initializer == "zeros":
            mend = (("recurrent_initializer", "orthogonal"),)
            single = len(experiment.layers) == 1
            problems.append(Problem("radius_of_zero", asked, mend if single else ()))
        elif not spec.recurrent_gain:
            problems.append(Problem("radius_times_zero", (*asked, ("knob", "recurrent_gain"))))
        elif not experiment.weight_scale:
            problems.append(Problem("radius_times_zero", (*asked, ("knob", "weight_scale"))))
    return tuple(problems)
