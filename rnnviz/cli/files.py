"""Networks and data that the command line names: ``--network FILE --inputs FILE``."""

from __future__ import annotations

import argparse
import dataclasses
import re
from pathlib import Path

from rnnviz.cli.shown import Misunderstood, Shown
from rnnviz.engine.inputs import Inputs
from rnnviz.engine.network import Network
from rnnviz.engine.source import Given
from rnnviz.i18n import Words
from rnnviz.readers import ANSWERS, Refused, Unanswered, inspect, read_inputs, read_network
from rnnviz.readers.data.opening import vocabulary_in
from rnnviz.readers.data.table import Choices
from rnnviz.readers.messages import Note
from rnnviz.readers.opening import content_of

DATA_OPTIONS = {
    "features": ("COLUMN,…", "open.columns"),
    "trial": ("COLUMN", "open.trial"),
    "label": ("COLUMN", "open.label"),
    "target": ("COLUMN,…", "open.target"),
    "standardise": ("yes|no", "open.standardise"),
    "tokens": ("characters|words", "open.tokens"),
    "vocabulary": ("FILE", "open.vocabulary"),
    "frame": ("SAMPLES", "open.frame"),
}
"""Options ``--inputs-NAME`` that choose of a file of data, as the page does: what their value is,
and their words."""


@dataclasses.dataclass(frozen=True)
class Files:
    """What was read from files; None where none is named."""

    network: Network | None = None
    inputs: Inputs | None = None


def given_files(request: argparse.Namespace, say: Words) -> Files:
    """Read the files that the arguments name.

    Raises
    ------
    Misunderstood
        Where one cannot be read, or leaves something open that no option answers.
    """
    network = inputs = None
    if request.network is not None:
        reading = _read(request.network, say, lambda c, n: read_network(c, n, answers_of(request)))
        network = reading.network
    if request.inputs is not None:
        choices = choices_of(request, say)
        inputs = _read(request.inputs, say, lambda c, n: read_inputs(c, n, choices)).inputs
    return Files(network, inputs)


def with_files(shown: Shown, files: Files) -> Shown:
    """The same with what was read from files; its recipe then acts on them."""
    if files == Files():
        return shown
    network, inputs = files.network, files.inputs
    source = Given(
        network.sha256 if network else "",
        inputs.sha256 if inputs else "",
        network.name if network else "",
        inputs.name if inputs else "",
        shown.experiment,
    )
    link = dataclasses.replace(shown.link, source=source)
    return dataclasses.replace(shown, link=link, network=network, inputs=inputs)


def choices_of(request: argparse.Namespace, say: Words) -> Choices:
    """Return what the options choose of a file of data.

    Raises
    ------
    Misunderstood
        Where one is no number or neither yes nor no, or the vocabulary cannot be read.
    """
    given = {name: getattr(request, f"choice_{name}") for name in DATA_OPTIONS}
    several = {name: _columns(given[name]) for name in ("features", "target")}
    frame, standardise, vocabulary = (
        given[name] for name in ("frame", "standardise", "vocabulary")
    )
    if frame is not None and not re.fullmatch(r"[1-9][0-9]{0,3}", frame):
        raise Misunderstood(say("cli.not_a_choice", value=frame, options="1 … 9999"))
    if standardise not in (None, "yes", "no"):
        raise Misunderstood(say("cli.not_a_choice", value=standardise, options="yes, no"))
    if vocabulary is not None:
        vocabulary = _read(Path(vocabulary), say, lambda content, name: vocabulary_in(content))
    return Choices(
        features=several["features"],
        trial=given["trial"],
        label=given["label"],
        target=several["target"] or (),
        array=request.answer_array,
        standardise=standardise == "yes",
        tokens=given["tokens"] or "characters",
        vocabulary=vocabulary,
        frame=int(frame or 1),
    )


def _columns(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(one.strip() for one in text.split(","))


def answers_of(request: argparse.Namespace) -> dict[str, str]:
    """Return what the options answer, by the key of the question."""
    found = {key: getattr(request, f"answer_{key}") for key in ANSWERS}
    return {key: answer for key, answer in found.items() if answer is not None}


def report_of(request: argparse.Namespace, say: Words) -> list[str]:
    """Return the lines that say what is in a file with a network, and what would be asked."""
    found = _read(request.file, say, lambda c, n: inspect(c, n, answers_of(request)))
    reading, network = found.reading, found.reading.network
    lines = [say("reader.found.file", format=say(f"reader.format.{reading.format}"))]
    lines += layer_lines(network, say)
    lines.append(
        say(
            "reader.found.whole",
            parameters=f"{network.parameter_count:,}",
            dtype=network.dtype.name,
            hash=network.sha256,
        )
    )
    lines += _sentences(reading.notes, say)
    for question in found.questions:
        option = {"name": "stack"}.get(question.key, question.key.replace("_", "-"))
        sentence = question.sentence(say.language)
        options = ", ".join(question.options)
        lines.append(say("cli.would_ask", question=sentence, option=option, options=options))
    return lines


def layer_lines(network: Network, say: Words) -> list[str]:
    """Return one line for each part of a network: what it is, and its shapes."""
    lines = []
    if network.embedding is not None:
        table = network.embedding
        lines.append(
            say("reader.found.embedding", tokens=f"{table.input_dim:,}", length=table.output_dim)
        )
    for name, layer in zip(network.layer_names, network.layers, strict=True):
        lines += [_part(one, say) for one in layer.before]
        kind = f"Bidirectional({layer.cell})" if layer.bidirectional else layer.cell
        settings = ", ".join(f"{key} {value}" for key, value in layer.settings.items())
        values = {"name": name, "kind": kind, "features": layer.forward.features}
        lines.append(
            say("reader.found.layer", units=layer.units, settings=settings or "-", **values)
        )
    return lines + [_part(one, say) for one in network.head]


def _part(part, say: Words) -> str:
    kind = type(part).__name__
    activation = getattr(part, "activation", "")
    label = f"{kind} {activation}" if activation not in ("", "linear") else kind
    return say("reader.found.part", kind=label, features=part.features, units=part.units)


def _sentences(notes: tuple[Note, ...], say: Words) -> list[str]:
    return [note.sentence(say.language) for note in notes]


def _read(path: Path, say: Words, read):
    try:
        return read(content_of(path), path.name)
    except OSError as error:
        reason = error.strerror or error
        raise Misunderstood(say("cli.cannot_read", path=path, reason=reason)) from error
    except Refused as refused:
        raise Misunderstood(f"{path}: {refused.sentence(say.language)}") from refused
    except Unanswered as open_question:
        question = open_question.question
        option = {"name": "stack"}.get(question.key, question.key.replace("_", "-"))
        sentence = question.sentence(say.language)
        options = ", ".join(question.options)
        text = say("cli.would_ask", question=sentence, option=option, options=options)
        raise Misunderstood(f"{path}: {text}") from open_question
