"""The one "Take away" menu of the page: built when it is opened, at work on a click only."""

from __future__ import annotations

import io
import shlex
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from rnnviz.app.panels.choices import offered
from rnnviz.app.panels.problems import plain
from rnnviz.app.panels.views import analysed
from rnnviz.app.runtime import state
from rnnviz.app.runtime.delivery import draw_in_browser, hand_over
from rnnviz.app.runtime.opened import NotOpenedError
from rnnviz.app.runtime.results import MEMORY, read_once, run_of, trial_of
from rnnviz.app.runtime.shared_browser import BROWSER
from rnnviz.app.runtime.waiting import keep_a_place
from rnnviz.app.server.streamlit_private import give_back
from rnnviz.app.sidebar.download import download, program_download
from rnnviz.app.sidebar.take_away_training import training_files
from rnnviz.codegen.notes_notebook import FILE_NAME as NOTEBOOK_NAME
from rnnviz.codegen.notes_notebook import notebook
from rnnviz.codegen.programs import FRAMEWORKS
from rnnviz.engine.run import Run
from rnnviz.engine.source import Given
from rnnviz.export.browser import missing
from rnnviz.export.data import DATA, data_size
from rnnviz.export.failures import ExportFailure
from rnnviz.export.formats import TEXTS
from rnnviz.export.looks import SCALES, SIZES, Look
from rnnviz.export.reopen import reopened
from rnnviz.export.sheets import Sheet, sheet_of
from rnnviz.i18n import Words
from rnnviz.link import Link
from rnnviz.link import Shown as Source
from rnnviz.spec.experiment import Experiment, ExperimentError
from rnnviz.spec.perspective import Perspective
from rnnviz.views._plot.colours import THEMES
from rnnviz.views.registry import View, view, views, views_of

PAGE_LIMIT = 64 * 2**20
"""Largest file of data that the page offers, in bytes; the command line has no limit."""
UPLOAD_LIMIT = 32
"""Largest file that is taken back, in MB."""


def take_away(shown: Link, say: Words) -> None:
    """Draw the menu, folded until it is opened.

    Parameters
    ----------
    shown : Situation
        What is on the page.
    say : Words
        The words of the page.
    """
    menu = st.popover(
        say("take_away.title"), icon=":material/download:", key="take-away", on_change="rerun"
    )
    if menu.open:
        with menu, st.container(key="take-away-sheet"):
            _menu(shown, say)


@st.fragment
@MEMORY.page()
def _menu(shown: Link, say: Words) -> None:
    """Draw what is in the menu; what is chosen there changes nothing else on the page."""
    source, perspective = _one_of(shown, say)
    names = ["picture", "data", "code", "link", "open"]
    training = shown.training if shown.perspective.page == "training" else None
    if training is not None:
        names.insert(0, "training")
    tabs = dict(zip(names, st.tabs([say(f"take_away.{name}.tab") for name in names]), strict=True))
    if training is not None:
        with tabs["training"]:
            training_files(training, say)
    with tabs["picture"]:
        _pictures(source, perspective, say)
    with tabs["data"]:
        _data(source, perspective, say)
    with tabs["code"]:
        _code(source, perspective, say)
    with tabs["link"]:
        _link(shown, _render(source, perspective), say)
    with tabs["open"]:
        _open(say)


def _one_of(shown: Link, say: Words) -> tuple[Source, Perspective]:
    """Return what is taken away: side by side, one of the two, as the page of states shows it."""
    if shown.second is None or shown.perspective.page != "compare":
        return shown.source, shown.perspective
    side = st.segmented_control(
        say("take_away.side"),
        ("a", "b"),
        default="a",
        required=True,
        format_func=lambda side: say(f"side.{side}"),
        key="take-away.side",
    )
    source = shown.source if side == "a" else shown.second
    return source, shown.perspective.replace(page="states")


def _pictures(source: Source, perspective: Perspective, say: Words) -> None:
    """Offer any view as a picture, or as a page of its own."""
    view, look = _view(_possible(source, perspective), perspective, say), _look(say)
    failure, wanted = missing(), None
    for place, format in zip(st.columns(4), ("png", "svg", "pdf", "html"), strict=True):
        if place.button(
            format.upper(),
            key=f"take-away.{format}",
            disabled=failure is not None and format == "pdf",
            width="stretch",
        ):
            wanted = format
    if failure:
        st.caption(plain(failure.sentence(say.language)))
    if wanted is None:
        return
    keep_a_place(st.container(), say)
    try:
        with st.spinner(say("take_away.drawing")):
            _deliver(_sheet(source, perspective, view, look, say), wanted, view.name, say)
    except ExportFailure as failure:
        st.error(plain(failure.sentence(say.language)), icon=":material/error:")


def _sheet(source: Source, perspective: Perspective, view: View, look: Look, say: Words) -> Sheet:
    def analyse(run: Run, perspective: Perspective) -> Any:
        return analysed(view, run, perspective)

    run = trial_of(run_of(source), perspective)
    return sheet_of(
        run, perspective, view, look, say.language, address=state.served_at(), analyse=analyse
    )


def _deliver(sheet: Sheet, format: str, name: str, say: Words) -> None:
    """Bring a sheet to the visitor: PNG and SVG are drawn over there, PDF here."""
    name = f"rnnviz-{name}.{format}"
    if format in ("png", "svg"):
        draw_in_browser(sheet, format, name, say)
    else:
        content = BROWSER.picture(sheet, format) if format == "pdf" else TEXTS[format](sheet)
        hand_over(content, format, name, say)


def _possible(source: Source, perspective: Perspective) -> Mapping[str, View]:
    """Return the views that there are of it; all of them, where its file has yet to be opened."""
    try:
        run = trial_of(run_of(source), perspective)
    except NotOpenedError:
        return views()
    return {name: view for name, view in views().items() if view.why_not(run) is None}


def _view(known: Mapping[str, View], perspective: Perspective, say: Words) -> View:
    first = known.get(_first_view(perspective).name) or next(iter(known.values()))
    name = st.selectbox(
        say("take_away.view"),
        list(known),
        index=list(known).index(first.name),
        format_func=lambda name: say(f"view.{name}.title"),
        key=f"take-away.view.{perspective.page}.{first.name}",
    )
    return known[offered(name, known, first.name)]


def _first_view(perspective: Perspective) -> View:
    """Return the view that the visitor looks at."""
    of_the_page = {view.name: view for view in views_of(perspective.page)}
    first = next(iter(of_the_page.values()), view("states"))
    return of_the_page.get(perspective.view or "", first)


def _look(say: Words) -> Look:
    shown = st.context.theme.type or "light"
    theme = _choice("theme", THEMES, shown, say)
    size = _choice("size", tuple(SIZES), "page", say)
    scale = st.segmented_control(
        say("take_away.scale"),
        SCALES,
        default=1,
        required=True,
        format_func="{}×".format,
        key="take-away.scale",
        help=say("take_away.scale_help"),
    )
    caption = st.toggle(say("take_away.caption"), value=True, key="take-away.caption")
    cursor = st.toggle(say("take_away.cursor"), value=True, key="take-away.cursor")
    return Look(theme, size, offered(scale, SCALES, 1), caption, cursor)


def _choice(name: str, options: tuple[str, ...], default: str, say: Words) -> Any:
    chosen = st.segmented_control(
        say(f"take_away.{name}"),
        options,
        default=default,
        required=True,
        format_func=lambda option: say(f"take_away.{name}_{option}"),
        key=f"take-away.{name}",
    )
    return offered(chosen, options, default)


def _data(source: Source, perspective: Perspective, say: Words) -> None:
    """Offer the numbers; what is too large for a page is left to the command line."""
    run = run_of(source)
    for format, write in DATA.items():
        fits = data_size(run, format) <= PAGE_LIMIT
        place, words = st.columns([1, 2], vertical_alignment="center")

        def content(write: Callable = write) -> bytes:
            return _written(write, run)

        name = f"rnnviz.{format}"
        key = f"take-away.{name}"
        download(place, format.upper(), name, content, say, key=key, disabled=not fits)
        words.caption(say(f"take_away.data.{format}"))
        if not fits:
            command = _command(f"data --out rnnviz.{format}", source, perspective)
            st.caption(say("take_away.too_large"))
            st.code(command, language="shell", wrap_lines=True)


def _written(write: Callable, run: Run) -> bytes:
    stream = io.BytesIO()
    write(run, stream)
    return stream.getvalue()


def _code(source: Source, perspective: Perspective, say: Words) -> None:
    """Offer programs that compute the same; one that reads a file comes with it, zipped."""
    st.caption(say("take_away.code.about"))
    model = source if isinstance(source, Experiment) else run_of(source)
    for framework in FRAMEWORKS:
        label = say(f"take_away.code.{framework}")
        program_download(st, label, model, framework, say, key=f"take-away.{framework}")

    def content() -> bytes:
        return notebook(trial_of(run_of(source), perspective), say).encode()

    st.caption(say("take_away.code.notebook_about"))
    label = say("take_away.code.notebook")
    download(st, label, NOTEBOOK_NAME, content, say, key="take-away.notebook")


def _link(shown: Link, command: str, say: Words) -> None:
    """Show the link and the command that do the same, each with a button that copies it."""
    st.caption(say("take_away.link.about"))
    address = shown.caption(state.served_at())
    if shown.second is not None:
        address = f"{state.served_at()}?{shown.text}"
    st.code(address, language=None, wrap_lines=True)
    st.caption(say("take_away.link.command"))
    st.code(command, language="shell", wrap_lines=True)


def _render(source: Source, perspective: Perspective) -> str:
    name = _first_view(perspective).name
    return _command(f"render {name} --out {name}.png", source, perspective)


def _command(what: str, source: Source, perspective: Perspective) -> str:
    link = shlex.quote(Link(source, perspective).caption())
    files = ""
    if isinstance(source, Given):
        named = {"network": source.network_name, "inputs": source.inputs_name}
        files = "".join(f" --{kind} {shlex.quote(name)}" for kind, name in named.items() if name)
    return f"python -m rnnviz {what} --link {link}{files}"


def _open(say: Words) -> None:
    """Take an exported file back, and go to its experiment."""
    file = st.file_uploader(
        say("take_away.open.file"),
        type=["json", "npz", "html"],
        key="take-away.file",
        max_upload_size=UPLOAD_LIMIT,
    )
    if file is None:
        return
    try:
        found = read_once(file.file_id, file.size, lambda: reopened(file, file.size))
    except ExportFailure as failure:
        st.error(plain(failure.sentence(say.language)), icon=":material/error:")
    except ExperimentError as error:
        for problem in error.problems:
            st.error(plain(problem.sentence(say.language)), icon=":material/error:")
    else:
        if found.differs:
            st.info(say("files.differs"), icon=":material/difference:")
        if st.button(say("take_away.open.go"), key="take-away.go", type="primary"):
            state.opened().keep(found.network, found.inputs)
            give_back(file.file_id)
            state.go(found.source, Perspective(language=say.language))
            st.rerun()
