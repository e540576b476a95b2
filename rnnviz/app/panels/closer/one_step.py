"""One step under glass, with its numbers in full and as lines that can be pasted."""

from __future__ import annotations

import streamlit as st

from rnnviz.analysis.gated_step import GatedStep
from rnnviz.analysis.one_step import OneStep
from rnnviz.analysis.pasted_line import line_of_arrays, line_of_numbers, preparation
from rnnviz.app.components.viewer import figure_view
from rnnviz.app.panels.main_view import style_of
from rnnviz.app.panels.views import head, shown_step
from rnnviz.app.runtime import state
from rnnviz.codegen.recreate import recreate
from rnnviz.engine.run import Run
from rnnviz.i18n import Words
from rnnviz.sentences.numbers import number
from rnnviz.spec.perspective import Perspective
from rnnviz.views import one_step
from rnnviz.views._plot.style import FIRST_STEP

UNIT = "one_step.unit"
"""Name of the widget that chooses the unit; the main picture chooses it as well."""

_FORMULA = {
    "tanh": r"\tanh(z)",
    "relu": r"\max(z, 0)",
    "sigmoid": r"\frac{1}{1 + e^{-z}}",
    "linear": "z",
    "hard_sigmoid": r"\min(\max(\tfrac{z + 3}{6}, 0), 1)",
    "hard_sigmoid_keras2": r"\min(\max(\tfrac{z}{5} + \tfrac{1}{2}, 0), 1)",
    "elu": r"\max(z, 0) + e^{\min(z, 0)} - 1",
    "softplus": r"\ln(1 + e^z)",
    "softsign": r"\frac{z}{1 + |z|}",
}


def show(run: Run, perspective: Perspective, say: Words, reveal: bool = False) -> None:
    """Take the cell under the cursor apart; ``reveal`` scrolls it into sight."""
    with st.container(key="at-cursor-one-step"):
        _show(run, perspective, say, reveal)


def _show(run: Run, perspective: Perspective, say: Words, reveal: bool) -> None:
    head(one_step.VIEW, run, perspective, say)
    result = one_step.analyse(run, perspective)
    if result.step is None and result.gated is None:
        st.info(say("one_step.masked" if result.masked else "one_step.gates"))
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _unit(run, perspective, say)
        if result.gated is not None:
            _gates(result.gated, say)
        elif result.step is not None:
            _equation(result.step, say)
    with right:
        figure = one_step.draw(result, style_of(perspective, say))
        figure_view(figure, "one_step", reveal=reveal, at=shown_step(run, perspective))
    if result.step is not None:
        _lines(result.step, result, run, say)


def _gates(step: GatedStep, say: Words) -> None:
    """Show each gate with its terms, then the sums that they make, as in the figure."""
    t, u = step.timestep + FIRST_STEP, step.unit + FIRST_STEP
    for one in step.sums:
        products = " + ".join(
            rf"{_latex(first.name)} \cdot {_latex(second.name)}" for first, second in one.products
        )
        st.latex(rf"{one.name}_t = {products}")
    rows = [
        f"{gate.name} = {gate.activation}({number(gate.from_input, 5)} + "
        f"({number(gate.bias, 5)}) + ({number(gate.from_state, 5)})) = {number(gate.value, 5)}"
        for gate in step.gates
    ]
    for one in step.sums:
        products = " + ".join(
            f"{number(first.value, 5)} × ({number(second.value, 5)})"
            for first, second in one.products
        )
        rows.append(f"{one.name}_{t} = {products} = {one.value!s}")
    st.code("\n".join(rows), language=None, wrap_lines=True)
    first_step = f" {say('one_step.first_gated')}" if step.timestep == 0 else ""
    st.caption(say("one_step.gate_terms", unit=u, recorded=str(step.recorded)) + first_step)


def _latex(name: str) -> str:
    """Return a factor's name in LaTeX."""
    if "(" in name:
        function, _, rest = name.partition("(")
        return rf"\operatorname{{{function.replace('_', ' ')}}}({rest}"
    return f"({name})" if " " in name else name


def _unit(run: Run, perspective: Perspective, say: Words) -> None:
    units = run.layers[perspective.layer_in(run.layers)].states.shape[1]
    st.number_input(
        say("one_step.unit"),
        min_value=FIRST_STEP,
        max_value=units - 1 + FIRST_STEP,
        step=1,
        key=state.follower(UNIT, min(perspective.unit, units - 1) + FIRST_STEP),
    )


def _equation(step: OneStep, say: Words) -> None:
    """Show the equation in the lecture's symbols, then each of its terms to the last digit."""
    t, u = step.timestep + FIRST_STEP, step.unit + FIRST_STEP
    st.latex(
        rf"z = W_{{{u}}}\cdot x_{{{t}}} + U_{{{u}}}\cdot h_{{{t - 1}}} + b_{{{u}}}"
        rf"\qquad h = {_FORMULA[step.activation]}"
    )
    rows = (
        (f"W·x_{t}", step.from_input),
        (f"U·h_{t - 1}", step.from_state),
        ("b", step.bias),
        ("z", step.argument),
        (f"h = {step.activation}(z)", step.state),
    )
    width = max(len(name) for name, _ in rows)
    st.code("\n".join(f"{name:<{width}} = {value!s}" for name, value in rows), language=None)
    features, units = len(step.inputs), len(step.before)
    shapes = {
        "kernel": (units, features),
        "inputs": (features,),
        "recurrent": (units, units),
        "state": (units,),
        "bias": (units,),
    }
    first = f" {say('one_step.first')}" if step.timestep == 0 else ""
    st.caption(say("one_step.shapes", unit=u, **shapes) + first)


def _lines(step: OneStep, result: one_step.UnderGlass, run: Run, say: Words) -> None:
    st.markdown(say("one_step.paste"))
    st.code(line_of_numbers(step), language="python", wrap_lines=True)
    if result.merged:
        st.caption(say("one_step.merged"))
    elif step.exact:
        st.caption(f":material/check: {say('one_step.exact')}")
    else:
        st.caption(say("one_step.not_exact", recorded=str(step.recorded)))
    st.markdown(say("one_step.paste_arrays"))
    prepared = preparation(step, recreate(run), result.source)
    st.code(f"{prepared}\n{line_of_arrays(step)}", language="python")
