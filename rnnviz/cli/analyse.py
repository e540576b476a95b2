"""``rnnviz analyse VIEW … --out FILE``: the numbers of one analysis, as a file each."""

from __future__ import annotations

import argparse
from typing import Any

from rnnviz.analysis.registry import Analysis, Cursor, analyses
from rnnviz.cli.commands import done, format_of, paths_of, runs_of
from rnnviz.cli.progress import Bar
from rnnviz.cli.sources import Misunderstood, Shown, sources
from rnnviz.engine.run import Run
from rnnviz.export.files import writing
from rnnviz.export.results import RESULTS, about
from rnnviz.i18n import DEFAULT_LANGUAGE, Words, words
from rnnviz.knobs import Knob, Problem


def flags() -> dict[str, tuple[Knob, list[str]]]:
    """Return every parameter of any analysis by its flag: its row, and which analyses have it."""
    found: dict[str, tuple[Knob, list[str]]] = {}
    for analysis in analyses().values():
        for row in analysis.table.values():
            flag = "--" + row.name.replace("_", "-")
            found.setdefault(flag, (row, []))[1].append(analysis.name)
    return found


def analyse(request: argparse.Namespace, say: Words) -> None:
    """Write the result of one analysis of each experiment into a file each."""
    if request.view not in analyses():
        options = ", ".join(analyses())
        raise Misunderstood(say("cli.no_analysis", view=request.view, options=options))
    analysis = analyses()[request.view]
    texts = _texts(analysis, request, say)
    shown = sources(request, say)
    parameters = [_parameters(analysis, one, texts, say) for one in shown]
    write = RESULTS[format_of(request.out, tuple(RESULTS), say)]
    paths = paths_of(request, len(shown))
    with Bar(len(shown)) as bar:
        for path, one, set_to, run in zip(paths, shown, parameters, runs_of(shown), strict=True):
            result = _result(analysis, set_to, one, run, bar)
            spoken = words(one.perspective.language or DEFAULT_LANGUAGE)
            told = about(analysis, set_to, result, one.source, spoken)
            with writing(path, force=request.force) as file:
                write(result, told, file)
            done(path, bar)


def _texts(analysis: Analysis, request: argparse.Namespace, say: Words) -> dict[str, str]:
    """Return what was typed about this analysis; a flag of another one is told."""
    texts = {}
    for flag, (row, owners) in flags().items():
        text = getattr(request, "set_" + row.name)
        if text is None:
            continue
        if analysis.name not in owners:
            known = ", ".join("--" + name.replace("_", "-") for name in analysis.table) or "–"
            raise Misunderstood(
                say("cli.no_parameter", view=analysis.name, flag=flag, options=known)
            )
        texts[row.name] = text
    return texts


def _parameters(analysis: Analysis, shown: Shown, texts: dict[str, str], say: Words) -> Any:
    """Return what the link sets and the flags set otherwise."""
    prefix = analysis.name + "."
    linked = {
        name[len(prefix) :]: text
        for name, text in shown.perspective.parameters
        if name.startswith(prefix)
    }
    parameters, problems = analysis.read({**linked, **texts})
    if problems:
        raise Misunderstood(_sentences(problems, say))
    return parameters


def _sentences(problems: list[Problem], say: Words) -> str:
    return " ".join(problem.sentence(say.language) for problem in problems)


def _result(analysis: Analysis, parameters: Any, shown: Shown, run: Run, bar: Bar) -> Any:
    look = shown.perspective
    if run.has_trials:
        run = run.trial(min(look.trial, run.trials - 1))
    trace = run.layers[look.layer_in(run.layers)].trace
    cursor = Cursor(min(look.timestep, trace.timesteps - 1), min(look.unit, trace.layer.units - 1))
    try:
        return analysis.of(trace, parameters, cursor, bar.part)
    except ValueError as error:
        raise Misunderstood(str(error)) from error
