"""The frozen specification of what is computed: every knob, its default and its range.

One row of :class:`Experiment` is the whole definition of a knob: default, range, link name,
control and place on the page come from it; label and help are its words in ``i18n``.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rnnviz.engine import (
    CELLS,
    DRAWN_ACTIVATIONS,
    DRAWN_HEAD_ACTIVATIONS,
    INITIALIZERS,
    SIGNALS,
    Inputs,
    Network,
)
from rnnviz.knobs import Choice, Flag, Knob, Problem, Real, Whole, check, knob, table
from rnnviz.spec.cell_settings import CellSettings, cells_with_setting, cells_with_weight
from rnnviz.spec.codec import ExperimentError, Written
from rnnviz.spec.cost import Cost, cost_of, cost_problems
from rnnviz.spec.layer_fields import LayerFields
from rnnviz.spec.shapes import TOKEN_SIGNALS, stack_problems
from rnnviz.spec.text import SPLITS, Text, tokenize

__all__ = ["LAYERS_LIMIT", "TABLE", "TEXT_LIMIT", "Experiment", "ExperimentError", "LayerSpec"]

LAYERS_LIMIT = 16
TEXT_LIMIT = 300
"""Most characters of a typed text."""

_INITIALIZERS = Choice(tuple(INITIALIZERS))
_BIAS_INITIALIZERS = Choice(
    tuple(name for name in INITIALIZERS if name not in ("identity", "orthogonal"))
)
_COUNTS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64)
_SIZES = (*_COUNTS, 80, 96, 128, 160, 192, 256, 320, 384, 512, 640, 768, 1024)
_DECADE = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80)
_TIMES = (*range(1, 10), *(n * 10**k for k in range(4) for n in _DECADE), 100_000)
_SCALES = tuple(float(f"{10 ** (k / 20):.3g}") for k in range(-60, 21))
_RECURRENT = cells_with_weight("recurrent_kernel")
_NUMBERS = (("signal", tuple(SIGNALS)),)
_TOKENS = (("signal", TOKEN_SIGNALS),)
_TEXT = (("signal", ("text",)),)
_DRAWN = (("signal", (*SIGNALS, "tokens")),)
PADDED_LIMIT = 1000
"""Most timesteps that a text is padded to."""
SEQUENCES_LIMIT = 1000


@dataclass(frozen=True, kw_only=True)
class Experiment(CellSettings, Written):
    """Everything that decides the numbers of a run; the default is the lecture's listing.

    Frozen, comparable, hashable: equal experiments have equal links and bit-identical states on
    one machine. A knob marked ``per_layer`` takes one value for all layers, or a tuple with one
    value per layer; the longest tuple says how many layers there are. With ``signal="text"`` the
    text says how many timesteps there are: one a token. ``dense_units`` puts a Dense layer on top
    that reads what the stack hands on; 0 is none, and a link that says nothing of it has none.
    ``return_state`` lets the last recurrent layer return its last state besides its output.
    ``maxlen`` pads a text with token 0 at its ``padding`` end, or cuts it at the beginning, as
    Keras's ``pad_sequences`` does; 0 leaves it. ``mask_zero`` passes over the timesteps of token 0,
    or over those whose features are all 0. ``sequences`` cuts a longer input into so many
    sequences of ``timesteps`` each; ``stateful`` carries the state from one to the next.
    Settings of single cells that have no row here come from the cells: see
    :mod:`rnnviz.spec.cell_settings`.

    Raises
    ------
    ExperimentError
        If any value is out of its range; its message names knob, value and range.

    Examples
    --------
    >>> Experiment(units=(32, 32), activation="relu").layers[1].units
    32
    """

    timesteps: int = knob(
        100,
        Whole(1, 1_000_000),
        group="main",
        control="scale",
        options=_TIMES,
        when=_DRAWN,
    )
    input_features: int = knob(32, Whole(1, 1024), group="main", control="scale", options=_SIZES)
    units: int | tuple[int, ...] = knob(
        64, Whole(1, 1024), group="main", control="scale", options=_SIZES, per_layer=True
    )
    weight_scale: float = knob(1.0, Real(0, 1000), group="main", control="scale", options=_SCALES)

    cell: str | tuple[str, ...] = knob(
        "SimpleRNN", Choice(tuple(CELLS)), group="layer", control="select", per_layer=True
    )
    activation: str | tuple[str, ...] = knob(
        "tanh",
        Choice(DRAWN_ACTIVATIONS),
        group="layer",
        control="select",
        per_layer=True,
        when=cells_with_setting("activation"),
    )
    recurrent_activation: str | tuple[str, ...] = knob(
        "sigmoid",
        Choice(DRAWN_ACTIVATIONS),
        group="layer",
        control="select",
        per_layer=True,
        when=cells_with_setting("recurrent_activation"),
    )
    return_sequences: bool | tuple[bool, ...] = knob(
        True, Flag(), group="layer", control="toggle", per_layer=True
    )
    return_state: bool = knob(False, Flag(), group="layer", control="toggle", quiet=True)
    bidirectional: bool | tuple[bool, ...] = knob(
        False, Flag(), group="layer", control="toggle", per_layer=True
    )
    go_backwards: bool | tuple[bool, ...] = knob(
        False,
        Flag(),
        group="layer",
        control="toggle",
        per_layer=True,
        when=(("bidirectional", (False,)),),
    )
    reset_after: bool | tuple[bool, ...] = knob(
        True,
        Flag(),
        group="layer",
        control="toggle",
        per_layer=True,
        when=cells_with_setting("reset_after"),
    )
    kernel_initializer: str | tuple[str, ...] = knob(
        "numpy_random", _INITIALIZERS, group="weights", control="select", per_layer=True
    )
    recurrent_initializer: str | tuple[str, ...] = knob(
        "numpy_random",
        _INITIALIZERS,
        group="weights",
        control="select",
        per_layer=True,
        when=_RECURRENT,
    )
    bias_initializer: str | tuple[str, ...] = knob(
        "numpy_random", _BIAS_INITIALIZERS, group="weights", control="select", per_layer=True
    )
    unit_forget_bias: bool | tuple[bool, ...] = knob(
        True,
        Flag(),
        group="weights",
        control="toggle",
        per_layer=True,
        when=cells_with_setting("unit_forget_bias"),
    )
    input_gain: float | tuple[float, ...] = knob(
        1.0, Real(0, 1000), group="advanced", control="number", per_layer=True
    )
    recurrent_gain: float | tuple[float, ...] = knob(
        1.0, Real(0, 1000), group="advanced", control="number", per_layer=True, when=_RECURRENT
    )
    spectral_radius: float | tuple[float | None, ...] | None = knob(
        None,
        Real(0, 100, optional=True),
        group="advanced",
        control="number",
        per_layer=True,
        when=_RECURRENT,
    )
    dense_units: int = knob(0, Whole(0, 1024), group="head", control="number", quiet=True)
    dense_activation: str = knob(
        "linear",
        Choice(DRAWN_HEAD_ACTIVATIONS),
        group="head",
        control="select",
        when=(("dense_units", range(1, 1025)),),
        quiet=True,
    )
    signal: str = knob(
        "uniform", Choice((*SIGNALS, *TOKEN_SIGNALS)), group="input", control="select"
    )
    text: str = knob(
        "to be or not to be", Text(TEXT_LIMIT), group="input", control="text", when=_TEXT
    )
    split: str = knob("character", Choice(SPLITS), group="input", control="select", when=_TEXT)
    maxlen: int = knob(
        0, Whole(0, PADDED_LIMIT), group="input", control="number", when=_TEXT, quiet=True
    )
    padding: str = knob(
        "pre",
        Choice(("pre", "post")),
        group="input",
        control="select",
        when=(*_TEXT, ("maxlen", range(1, PADDED_LIMIT + 1))),
        quiet=True,
    )
    vocabulary_size: int = knob(
        10_000, Whole(2, 100_000), group="input", control="number", when=_TOKENS
    )
    embeddings_initializer: str = knob(
        "random_uniform", _INITIALIZERS, group="input", control="select", when=_TOKENS
    )
    signal_amplitude: float = knob(
        1.0, Real(0, 1000), group="input", control="number", when=_NUMBERS
    )
    signal_period: float = knob(
        25.0,
        Real(2, 1_000_000),
        group="input",
        control="number",
        when=(("signal", ("sine", "step")),),
    )
    standardised: bool = knob(
        True, Flag(), group="input", control="toggle", when=(("signal", ("sunspots", "co2")),)
    )
    mask_zero: bool = knob(False, Flag(), group="input", control="toggle", quiet=True)
    sequences: int = knob(
        1, Whole(1, SEQUENCES_LIMIT), group="input", control="number", when=_DRAWN, quiet=True
    )
    stateful: bool = knob(
        False,
        Flag(),
        group="input",
        control="toggle",
        when=(("sequences", range(2, SEQUENCES_LIMIT + 1)),),
        quiet=True,
    )
    dtype: str = knob("float64", Choice(("float64", "float32")), group="advanced", control="select")
    seed: int = knob(0, Whole(0, 2**32 - 1), group="advanced", control="number")

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        for row in TABLE.values():
            value, wrong = check(row, getattr(self, row.name))
            problems += wrong
            object.__setattr__(self, row.name, value)
        problems = problems or self._use_one_spelling()
        if not problems:
            if self.signal == "text":
                tokens = tokenize(self.text, self.split)
                object.__setattr__(self, "timesteps", self.maxlen or len(tokens))
            problems = stack_problems(self, self.layers) or cost_problems(self.cost)
        if problems:
            raise ExperimentError(problems)

    @cached_property
    def layers(self) -> tuple[LayerSpec, ...]:
        """One :class:`LayerSpec` a layer, from the input up."""
        return tuple(
            LayerSpec(**{row.name: _of_layer(getattr(self, row.name), i) for row in _PER_LAYER})
            for i in range(self._layer_count())
        )

    @cached_property
    def cost(self) -> Cost:
        """What the run costs, known before it starts."""
        return cost_of(self, self.layers)

    def replace(self, **changes: Any) -> Experiment:
        """Return a copy with some knobs changed; ExperimentError if the result is not allowed."""
        return dataclasses.replace(self, **changes)

    def build(self) -> tuple[Network, Inputs]:
        """Draw the network and the inputs; see :func:`rnnviz.spec.simulate.build`."""
        from rnnviz.spec import simulate  # which draws what this file only describes

        return simulate.build(self)

    def _layer_count(self) -> int:
        values = (getattr(self, row.name) for row in _PER_LAYER)
        return max(len(value) if isinstance(value, tuple) else 1 for value in values)

    def _use_one_spelling(self) -> list[Problem]:
        """Bring equal stacks to one spelling: ``units`` says the number of layers, the rest folds.

        So that experiments that mean the same compare equal and share one link.
        """
        count = self._layer_count()
        if count > LAYERS_LIMIT:
            return [Problem("too_many_layers", (("layers", count), ("maximum", LAYERS_LIMIT)))]
        problems = []
        for row in _PER_LAYER:
            value = getattr(self, row.name)
            if isinstance(value, tuple) and len(value) not in (1, count):
                fields = (("knob", row.name), ("values", len(value)), ("layers", count))
                problems.append(Problem("other_layer_count", fields))
                continue
            several = tuple(_of_layer(value, i) for i in range(count))
            alike = len(set(several)) == 1 and (count == 1 or row.name != "units")
            object.__setattr__(self, row.name, several[0] if alike else several)
        return problems


def _of_layer(value: Any, index: int) -> Any:
    """Return a per-layer knob's value for one layer."""
    if not isinstance(value, tuple):
        return value
    return value[index] if len(value) > 1 else value[0]


TABLE: dict[str, Knob] = table(Experiment)
"""The rows of the experiment, by field name."""

_PER_LAYER = tuple(row for row in TABLE.values() if row.per_layer)

if TYPE_CHECKING:

    class LayerSpec(LayerFields):
        """The knobs of one layer: every per-layer knob of an Experiment, one value each."""

        def __init__(self, **knobs: Any) -> None: ...

        def __getattr__(self, setting: str) -> Any: ...  # settings that come from the cells
else:
    _OF_CELLS = [row.name for row in _PER_LAYER if row.name not in LayerFields.__annotations__]
    LayerSpec = dataclasses.make_dataclass(
        "LayerSpec", _OF_CELLS, bases=(LayerFields,), frozen=True
    )
    LayerSpec.__module__ = __name__  # so that it can be pickled
    LayerSpec.__doc__ = (
        "The knobs of one layer: every per-layer knob of an Experiment, one value each."
    )
