"""What Keras would print and what one would type: the summary, opened up, and the programs."""

from __future__ import annotations

import streamlit as st

from rnnviz.app.panels.choices import choose
from rnnviz.app.sidebar.download import program_download
from rnnviz.codegen import (
    NUMBERINGS,
    SUMMARY_STYLES,
    KerasLayer,
    built_before,
    keras_layers,
    summary,
)
from rnnviz.codegen.parameters import ParameterCount, parameter_count
from rnnviz.codegen.programs import FRAMEWORKS, program
from rnnviz.engine import CELLS
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.spec.perspective import Perspective


def show_summary(run: Run, perspective: Perspective, say: Words) -> Perspective:
    """Show the summary as Keras prints it, and beside it each count with its formula.

    Returns the perspective with the Keras and the numbering that were chosen.
    """
    model = run.experiment or run.network
    printed, counted = st.columns([1.75, 1], gap="small")
    with printed:
        style = choose(
            "summary.style",
            SUMMARY_STYLES,
            perspective.summary_style,
            say("knob.summary_style.label"),
            lambda name: say(f"summary.{name}"),
        )
        numbering = choose(
            "summary.numbering",
            NUMBERINGS,
            perspective.numbering,
            say("knob.numbering.label"),
            lambda name: say(f"summary.{name}"),
        )
        before = built_before(model, numbering)
        with st.container(key="summary"):
            st.code(summary(model, style, before), language=None)
    with counted:
        st.caption(say("summary.open"))
        for layer in keras_layers(model, before):
            _count(layer, parameter_count(layer), say)
    return perspective.replace(summary_style=style, numbering=numbering)


def _count(layer: KerasLayer, counted: ParameterCount, say: Words) -> None:
    """Offer the formula of one layer's count, with its numbers and its parts."""
    with st.expander(f"{layer.name}: {counted.count:,} = {counted.filled}"):
        st.markdown(say(f"summary.letters_{_kind(layer)}", formula=counted.formula))
        rows = [
            f"| {weight.symbol} | {weight.name} | {_together(weight.filled)} | {weight.count:,} |"
            for weight in counted.weights
        ]
        head = f"| | {say('summary.weight')} | {say('summary.shape')} | {say('summary.count')} |"
        st.markdown("\n".join([head, "|---|---|---:|---:|", *rows]))
        st.markdown(_in_torch(layer, counted, say))


def _kind(layer: KerasLayer) -> str:
    """Return the last part of the key of what is said about a layer's formula."""
    if layer.spec is None or layer.spec.bidirectional:
        return layer.class_name.lower()
    return layer.spec.cell.lower()


def _in_torch(layer: KerasLayer, counted: ParameterCount, say: Words) -> str:
    """Return what PyTorch would count, and why that is not the same."""
    if counted.torch_count is None:
        return say("summary.torch_none")
    difference = counted.torch_count - counted.count
    if not difference:
        return say("summary.torch_same", count=f"{counted.torch_count:,}")
    torch = None if layer.spec is None else CELLS[layer.spec.cell].torch
    two_biases = torch is not None and torch.two_biases
    return say(
        "summary.torch_gru" if two_biases else "summary.torch",
        filled=counted.torch_filled,
        count=f"{counted.torch_count:,}",
        difference=f"{difference:,}",
    )


def show_code(run: Run, perspective: Perspective, say: Words) -> Perspective:
    """Show the program of a run in one framework, to be copied or downloaded.

    Returns the perspective with the framework that was chosen.
    """
    model = run.experiment or run
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        framework = choose(
            "code.framework",
            FRAMEWORKS,
            perspective.framework,
            say("knob.framework.label"),
            lambda name: say(f"code.{name}"),
        )
        style = {"key": "code.download", "icon": ":material/download:", "width": "content"}
        program_download(st, say("code.download"), model, framework, say, **style)
    written = program(model, framework)
    drawn = "with_file" if written.files else "alone"
    st.caption(say(f"code.{drawn if run.experiment else 'with_arrays'}"))
    st.code(written.text, language="python", height=420)
    return perspective.replace(framework=framework)


def _together(product: str) -> str:
    """Return a product that is not broken over two lines."""
    return product.replace(" ", "\N{NO-BREAK SPACE}")
