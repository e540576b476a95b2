"""The viewer as a widget of Jupyter's, by anywidget: an adapter to the viewer's contract.

Python holds the numbers and packs them; the browser shows them and tells where it is looked at.
The picture is a trait, so that it is saved with the notebook and is there without Python; finer
cells are messages, which are not.
"""

from __future__ import annotations

import dataclasses
import secrets
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from rnnviz.engine.run import Run
from rnnviz.i18n import Words, words
from rnnviz.notebook.glance import field_html
from rnnviz.notebook.kept import kept_html
from rnnviz.notebook.linked import LinkedFigure, together
from rnnviz.notebook.settings import Settings
from rnnviz.notebook.shown import Chosen, Shown
from rnnviz.spec.codec import ExperimentError
from rnnviz.viewer.bundle import bundle, stylesheet
from rnnviz.viewer.packing import at_cursor
from rnnviz.viewer.payload import EXACT_CELLS, detail_bytes, picture_bytes
from rnnviz.views._plot.picture import Picture
from rnnviz.views._plot.style import Style

_WEB = Path(__file__).parent / "web"
_WORDS = ("alone", "knobs", "choices")
_CHOSEN = tuple(field.name for field in dataclasses.fields(Chosen))


@cache
def script() -> str:
    """Return the one module that the browser gets: the viewer's modules and this adapter."""
    adapter = (_WEB / "widget.js").read_text(encoding="utf-8")
    return bundle("viewer.js", "payload.js") + adapter


@cache
def styles() -> str:
    """Return the style sheet that the browser gets."""
    return stylesheet() + (_WEB / "widget.css").read_text(encoding="utf-8")


class Viewer(anywidget.AnyWidget):
    """The states over time, in a notebook. Every trait is read, set and observed from Python.

    Attributes
    ----------
    timestep : int
        Where the cursor stands.
    unit : int or None
        The unit that was chosen.
    window : (first, last, low, high) or None
        Timesteps and units that are visible, ends excluded; None when nothing is zoomed.
    layer, trial, checkpoint : int
        What of it is shown.
    lens : str
        Through which lens, or which gate.
    """

    _esm = script()
    _css = styles()
    payload = traitlets.Bytes().tag(sync=True)
    timestep = traitlets.Int(0).tag(sync=True)
    unit = traitlets.Int(None, allow_none=True).tag(sync=True)
    window = traitlets.List(traitlets.Int(), allow_none=True, default_value=None).tag(sync=True)
    layer = traitlets.Int(0).tag(sync=True)
    trial = traitlets.Int(0).tag(sync=True)
    checkpoint = traitlets.Int(0).tag(sync=True)
    lens = traitlets.Unicode("state").tag(sync=True)
    settings = traitlets.Dict(per_key_traits={}).tag(sync=True)
    choices = traitlets.List(traitlets.Dict()).tag(sync=True)
    knobs = traitlets.List(traitlets.Dict()).tag(sync=True)
    reading = traitlets.Unicode("").tag(sync=True)
    sentences = traitlets.Dict().tag(sync=True)
    theme = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    is_linked = traitlets.Bool(False).tag(sync=True)
    kept = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        shown: Shown,
        style: Style,
        settings: Settings | None = None,
        theme: str | None = None,
    ) -> None:
        self._shown, self._style, self._settings = shown, style, settings
        self._linked: list[LinkedFigure] = []
        self._is_ready = False
        self._picture: Picture
        first = dataclasses.asdict(shown.first()) | {"unit": None}
        super().__init__(
            **first,
            theme=theme,
            kept=secrets.token_hex(8),
            sentences={name: self._say(f"widget.{name}") for name in _WORDS},
            settings={} if settings is None else settings.places(),
        )
        self._show()
        self._is_ready = True

    @property
    def _say(self) -> Words:
        return words(self._style.language)

    @property
    def _chosen(self) -> Chosen:
        values = {name: getattr(self, name) for name in _CHOSEN}
        return Chosen(**values | {"unit": self.unit or 0})

    @property
    def run(self) -> Run | None:
        """The run of the trial that is shown; None where a bare array is."""
        return self._shown.run_at(self._chosen)

    @property
    def experiment(self) -> Any:
        """The experiment that the sliders stand at; None without them."""
        return None if self._settings is None else self._settings.experiment

    def link(self, *figures: Any) -> Viewer:
        """Let figures of :func:`rnnviz.figure` follow the cursor; they stand below the viewer.

        Raises
        ------
        ValueError
            Where a figure was not made by `figure`.
        """
        for figure in figures:
            linked = LinkedFigure(figure, self._say)
            linked.follow(self._chosen)
            self._linked.append(linked)
        self.is_linked = True
        return self

    @property
    def figures(self) -> tuple[Any, ...]:
        """The linked figures, as Plotly's own widgets."""
        return tuple(one.widget for one in self._linked)

    def _show(self) -> None:
        """Pack what is chosen; the overview alone where there are many cells."""
        chosen, say = self._chosen, self._say
        self._picture = self._shown.picture(chosen)
        choices = [dataclasses.asdict(choice) for choice in self._shown.choices(chosen, say)]
        with self.hold_sync():
            self.payload = picture_bytes(self._picture, self._style, key=self.model_id or "")
            self.choices = choices
            self.reading = self._shown.reading(chosen, say)
            self.knobs = [] if self._settings is None else self._settings.knobs(say)
        self._send_detail()

    def _send_detail(self) -> None:
        """Send what the overview lacks: exact states at the cursor, finer cells in the window."""
        if self._picture.field.values.size <= EXACT_CELLS:
            return
        window: Any = None if self.window is None else tuple(self.window)
        parcel = detail_bytes(
            self._picture, self._style, self.model_id or "", self.timestep, window
        )
        self.send({"kind": "detail"}, [parcel])

    @traitlets.validate("timestep", "unit", "layer", "trial", "checkpoint")
    def _inside(self, proposal: Any) -> int | None:
        """Bring a number inside what there is: a browser may send anything."""
        value, name = proposal["value"], proposal["trait"].name
        if value is None or not self._is_ready:
            return value
        field = self._picture.field
        lengths = {"timestep": field.timesteps, "unit": field.units}
        most = lengths.get(name)
        if most is None:
            options = {one["name"]: len(one["options"]) for one in self.choices}
            most = options.get(name, 1)
        return max(0, min(value, most - 1))

    @traitlets.validate("window")
    def _window_inside(self, proposal: Any) -> list[int] | None:
        value = proposal["value"]
        if value is None or len(value) != 4:
            return None
        field = self._picture.field
        limits = (field.timesteps, field.timesteps, field.units, field.units)
        first, last, low, high = (
            max(0, min(end, limit)) for end, limit in zip(value, limits, strict=True)
        )
        return [first, last, low, high] if first < last and low < high else None

    @traitlets.observe("layer", "trial", "checkpoint", "lens")
    def _choose(self, change: Any) -> None:
        if self._is_ready:
            self._show()
            self._keep_inside()

    @traitlets.observe("settings")
    def _set(self, change: Any) -> None:
        if not self._is_ready or self._settings is None:
            return
        try:
            settings = self._settings.moved(change["new"])
            shown = settings.shown()
        except ExperimentError as error:
            self.reading = " ".join(one.sentence(self._style.language) for one in error.problems)
            return
        self._settings, self._shown = settings, shown
        self._show()
        self._keep_inside()

    def _keep_inside(self) -> None:
        """Bring the cursor inside a picture that may be smaller than the one before."""
        self.timestep = min(self.timestep, self._picture.field.timesteps - 1)
        if self.unit is not None:
            self.unit = min(self.unit, self._picture.field.units - 1)
        self._follow_all()

    @traitlets.observe("window")
    def _look(self, change: Any) -> None:
        if self._is_ready:
            self._send_detail()

    @traitlets.observe("timestep", "unit")
    def _move(self, change: Any) -> None:
        if not self._is_ready:
            return
        self._follow_all()
        if change["name"] == "timestep":
            self._send_detail()

    def _follow_all(self) -> None:
        for one in self._linked:
            one.follow(self._chosen)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the widget, and beside it a still picture for where no widget can live."""
        if self._linked:
            return together(self, self.figures)._repr_mimebundle_(**kwargs)
        # A view that is opened now begins where the cursor is.
        self.payload = at_cursor(self.payload, (self.timestep, self.unit or 0))
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**data, "text/html": self._still()}, metadata

    def _ipython_display_(self) -> None:
        """Show the widget, and below it what is kept of it, which the living widget hides."""
        from IPython.display import display

        if self._linked:
            display(together(self, self.figures))
            return
        shown = self._repr_mimebundle_()
        if shown is None:
            return
        data, metadata = shown
        still = data.pop("text/html")
        display(data | {"text/plain": self.reading}, raw=True, metadata=metadata)
        kept = kept_html(self.payload, still, self.kept, self._say)
        display({"text/html": kept, "text/plain": self.reading}, raw=True)

    def _display_(self) -> Any:
        """Return what marimo shows, which alone asks for this: the viewer, and linked figures."""
        import marimo

        parts = [marimo.ui.anywidget(one) for one in (self, *self.figures)]
        return marimo.vstack(parts) if self._linked else parts[0]

    def _still(self) -> str:
        field = self._picture.field
        shape = f"({field.timesteps}, {field.units}) {field.values.dtype}"
        return field_html(field, self.reading, [shape], self._say("view.states.title"))


def styled(language: str, palette: str) -> Style:
    """Return how the viewer looks; the theme is chosen in the browser."""
    return Style(language, "light", palette)
