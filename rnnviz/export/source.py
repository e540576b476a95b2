"""Where the numbers of a file come from, as JSON: a recipe, or files with their hashes."""

from __future__ import annotations

import json
from typing import Any

from rnnviz.engine.source import Given, Source
from rnnviz.spec.codec import VERSION, ExperimentError
from rnnviz.spec.experiment import Experiment
from rnnviz.spec.given import given_of

_GIVEN = "given"
_FIELDS = ("network", "network_name", "inputs", "inputs_name")


def source_json(source: Source) -> str:
    """Return a source as a JSON object; an Experiment's is that of `Experiment.to_json`."""
    if isinstance(source, Experiment):
        return source.to_json()
    if not isinstance(source, Given):
        raise TypeError(f"There is no JSON of {source!r}, which is no Experiment and not Given.")
    recipe = None if source.recipe is None else json.loads(source.recipe.to_json())
    given = {name: getattr(source, name) for name in _FIELDS}
    return json.dumps({"rnnviz": VERSION, _GIVEN: given, "recipe": recipe}, indent=2)


def source_of(values: dict[str, Any]) -> Experiment | Given:
    """Return the source that such an object describes.

    Raises
    ------
    ExperimentError
        If it is none; ``.problems`` says what is wrong.
    """
    if _GIVEN not in values:
        return Experiment.from_json(json.dumps(values))
    recipe, given = values.get("recipe"), values[_GIVEN]
    experiment = Experiment() if recipe is None else Experiment.from_json(json.dumps(recipe))
    fields = given if isinstance(given, dict) else {}
    pairs = [(name, fields[name]) for name in _FIELDS if isinstance(fields.get(name), str)]
    source, problems = given_of(pairs, experiment)
    if problems:
        raise ExperimentError(problems)
    return source
