"""The spectrum view: eigenvalues in the complex plane, singular values beside."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from rnnviz.analysis.spectrum import KernelSpectrum, Spectrum, spectrum
from rnnviz.views._plot.axes import equal_axes, plane_values
from rnnviz.views._plot.cursor import timestep_at, trace_at
from rnnviz.views._plot.frame import circle, frame, marks, whole_ticks
from rnnviz.views._plot.style import FIRST_STEP, Style
from rnnviz.views.registry import View


def analyse(run, perspective, progress=None) -> Spectrum:
    """Return the spectra of the layer that is looked at, the Jacobian's at the cursor."""
    trace = trace_at(run, perspective)
    return spectrum(trace, timestep_at(trace, perspective), progress)


def draw(result: Spectrum, style: Style) -> go.Figure:
    """Draw both spectra."""
    words, ink = style.words, style.ink
    beside = {"xaxis": "x2", "yaxis": "y2", "showlegend": False}
    traces = [circle(1, words("dynamics.unit_circle"), ink.text, style)]
    for index, kernel in enumerate(result.kernels):
        colour = ink.series[index % len(ink.series)]
        traces += _kernel(kernel, colour, style)
        traces.append(
            _singular_values(kernel.singular_values, colour, "circle-open", style, beside)
        )
    name = words("dynamics.jacobian", timestep=result.timestep + FIRST_STEP)
    colour = ink.cursor
    traces.append(_eigenvalues(result.jacobian_eigenvalues, name, colour, "circle", style))
    traces.append(
        _singular_values(result.jacobian_singular_values, colour, "circle", style, beside)
    )
    layout = frame(result.verdict, style, height=360)
    layout |= {
        "xaxis": {"title": {"text": words("dynamics.real")}, "domain": [0, 0.6]},
        "yaxis": {"title": {"text": words("dynamics.imaginary")}},
        "xaxis2": {"title": {"text": words("dynamics.rank")}, "domain": [0.77, 1], "anchor": "y2"}
        | whole_ticks(len(result.jacobian_singular_values)),
        "yaxis2": {
            "title": {"text": words("dynamics.singular_values")},
            "anchor": "x2",
            "rangemode": "tozero",
        },
    }
    radius = max([1.0, *(kernel.bulk_radius or 0.0 for kernel in result.kernels)])
    kernels = [kernel.eigenvalues for kernel in result.kernels]
    equal_axes(layout, *plane_values(radius, result.jacobian_eigenvalues, *kernels))
    return go.Figure({"data": traces, "layout": layout})


def _kernel(kernel: KernelSpectrum, colour: str, style: Style) -> list[dict]:
    """Return the eigenvalues of one block of weights and what theory expects of them."""
    words = style.words
    key = "dynamics.kernel_gate" if kernel.name else "dynamics.kernel"
    name = words(key, gate=kernel.name) if kernel.name else words(key)
    traces = [_eigenvalues(kernel.eigenvalues, name, colour, "circle-open", style)]
    if kernel.bulk_radius:
        dotted = {"line": {"dash": "dot"}, "showlegend": not kernel.name}
        traces.append(circle(kernel.bulk_radius, words("dynamics.bulk"), colour, style, **dotted))
    if kernel.outlier is not None:
        traces.append(
            marks(
                [kernel.outlier], [0.0], words("dynamics.outlier"), colour, "x-thin", style,
                marker={"size": 14, "line": {"width": 2, "color": colour}},
                showlegend=not kernel.name,
                hovertemplate="%{x:.4g}<extra></extra>",
            )
        )  # fmt: skip
    return traces


def _eigenvalues(values: np.ndarray, name: str, colour: str, symbol: str, style: Style) -> dict:
    moduli = np.abs(values)
    return marks(
        values.real, values.imag, name, colour, symbol, style,
        customdata=moduli,
        hovertemplate="%{x:.4g} + %{y:.4g}i<br>|λ| = %{customdata:.4g}<extra></extra>",
    )  # fmt: skip


def _singular_values(values, colour, symbol, style, axes) -> dict:
    ranks = 1 + np.arange(len(values))
    small = {"marker": {"size": 5 if style.presentation else 4}}
    text = "%{x}: σ = %{y:.4g}<extra></extra>"
    return marks(ranks, values, "", colour, symbol, style, hovertemplate=text, **small, **axes)


VIEW = View(
    "spectrum", "dynamics", analyse, draw, order=10, progress=True, at_cursor=True, group="gradient"
)
