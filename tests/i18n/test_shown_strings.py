"""No sentence is hard-coded: what the app shows comes from the words, in both languages.

The source is walked, not run: every string literal that reaches a Streamlit element, a figure's
text, or the page through JavaScript or CSS must be free of words.
"""

import ast
import re
from pathlib import Path

import pytest

import rnnviz
from rnnviz.engine import ACTIVATIONS, CELLS
from rnnviz.i18n import LANGUAGES, words
from rnnviz.knobs import Choice
from rnnviz.learn import TASKS
from rnnviz.spec.experiment import TABLE as EXPERIMENT
from rnnviz.spec.perspective import LENSES, PAGES, PARTS, SIDES
from rnnviz.spec.perspective import TABLE as PERSPECTIVE
from rnnviz.spec.training import TABLE as TRAINING
from rnnviz.views.registry import views
from tests.i18n.spoken import spoken

PACKAGE = Path(rnnviz.__file__).parent
PYTHON = sorted(
    path for room in ("app", "views", "lessons") for path in (PACKAGE / room).rglob("*.py")
)
SCRIPTS = sorted((PACKAGE / "app").rglob("*.js"))
SHEETS = sorted((PACKAGE / "app").rglob("*.css"))

# Arguments of Streamlit elements that name, place or configure, and are never read by anybody.
NOT_SHOWN = {
    *("key", "icon", "type", "kind", "width", "height", "gap", "format", "language", "args"),
    *("vertical_alignment", "horizontal_alignment", "selection_mode", "label_visibility"),
    *(
        "on_change",
        "on_click",
        "file_name",
        "mime",
        "page_icon",
        "layout",
        "border",
        "text_alignment",
    ),
    *(
        "initial_sidebar_state",
        "accept_new_options",
        "column_config",
        "kwargs",
        "position",
        "value",
    ),
}
# Methods by which a container or a column draws, as ``st`` itself does.
ELEMENTS = {
    *("markdown", "caption", "button", "metric", "text", "write", "toggle", "checkbox", "radio"),
    *("selectbox", "multiselect", "slider", "select_slider", "number_input", "text_input", "code"),
    *("text_area", "segmented_control", "pills", "expander", "popover", "tabs", "dialog", "error"),
    *(
        "warning",
        "info",
        "success",
        "progress",
        "spinner",
        "download_button",
        "link_button",
        "title",
    ),
    *(
        "header",
        "subheader",
        "file_uploader",
        "image",
        "dataframe",
        "table",
        "latex",
        "set_page_config",
    ),
}
TEXTS_OF_FIGURES = {"text", "title", "name", "ticktext", "hovertemplate", "texttemplate", "label"}
# Names and formats that are the same in every language.
NAMES = {"rnnviz", "PNG", "SVG", "PDF", "HTML", "CSV", "NPZ", "JSON", "log"}


def words_in(text):
    """The words that a reader would see in a piece of source."""
    text = re.sub(r":material/\w+:|%\{[^}]*\}|<[^>]*>|&\w+;|\\[a-zA-Z]+|\$[^$]*\$", " ", text)
    return [word for word in re.findall(r"[A-Za-z가-힣]{2,}", text) if word not in NAMES]


def literals(node):
    """String literals in an expression, but not keys: arguments of calls and subscripts."""
    if isinstance(node, ast.Call):
        # str.join and str.format put their own literal on the page as well.
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("join", "format"):
            yield from literals(node.func.value)
        return
    if isinstance(node, ast.Subscript | ast.Lambda | ast.Compare | ast.Dict):
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
        return
    for child in ast.iter_child_nodes(node):
        yield from literals(child)


def is_element(call):
    if not isinstance(call.func, ast.Attribute):
        return False
    root = call.func.value
    name = root.id if isinstance(root, ast.Name) else ""
    return name == "st" or (call.func.attr in ELEMENTS and name != "_LOG")


def shown_by(node):
    """Pairs of (line, expression) that a call or a dictionary puts before a reader."""
    if isinstance(node, ast.Call) and is_element(node):
        if node.func.attr == "html":
            return
        yield from node.args[:1]
        for keyword in node.keywords:
            if keyword.arg not in NOT_SHOWN:
                yield keyword.value
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in TEXTS_OF_FIGURES:
                yield value


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_literal_of_ours_reaches_a_reader(path):
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for expression in shown_by(node):
            texts = [text for text in literals(expression) if words_in(text)]
            found += [f"{path.name}:{expression.lineno} {text!r}" for text in texts]
    assert not found


def test_the_walk_finds_what_it_is_for():
    tree = ast.parse('st.button(f"Press {say(key)} now", key="press")\nbox.caption("Read me")')
    found = [text for node in ast.walk(tree) for one in shown_by(node) for text in literals(one)]
    assert [text for text in found if words_in(text)] == ["Press ", " now", "Read me"]


STATEMENTS = (
    r"""(?:textContent|innerText|title|placeholder|ariaLabel|alt)\s*=\s*(["'`])(.*?)\1""",
    r"""setAttribute\(\s*["'](?:aria-label|aria-valuetext|title|alt)["'],\s*(["'`])(.*?)\1""",
    r"""(?:new Option|fillText|append|replaceChildren)\(\s*(["'`])(.*?)\1""",
)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_speaks_by_itself(path):
    source = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = [
        match[2]
        for pattern in STATEMENTS
        for match in re.finditer(pattern, source)
        if words_in(re.sub(r"\$\{[^}]*\}", " ", match[2]))
    ]
    # Between the tags of a template there may be nothing but other templates.
    for template in re.findall(r"`(\s*<[^`]*)`", source):
        between = re.sub(r"\$\{[^}]*\}", " ", re.sub(r"<[^>]*>", "|", template))
        found += words_in(between)
    assert not found


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_no_style_sheet_speaks(path):
    for text in re.findall(r"""content:\s*["'](.*?)["']""", path.read_text(encoding="utf-8")):
        assert not words_in(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_that_code_makes_up_is_known(language):
    """Keys with a name in them cannot be found in the source; these are all of them."""
    say = words(language)
    keys = [f"knob.{row.name}.label" for row in (*EXPERIMENT.values(), *PERSPECTIVE.values())]
    keys += [f"knob.{row.name}.help" for row in EXPERIMENT.values() if row.control]
    keys += [f"knob.{row.link}.label" for row in TRAINING.values()]
    keys += [f"knob.{row.link}.help" for row in TRAINING.values() if row.control]
    keys += [f"task.{name}" for name in TASKS]
    keys += [f"measure.{task.measure_name}" for task in TASKS.values()]
    tables = (*EXPERIMENT.values(), *TRAINING.values())
    rows = [row for row in tables if isinstance(row.kind, Choice)]
    keys += [f"choice.{option}" for row in rows for option in row.kind.options]
    keys += [f"choice.{name}" for name in (*ACTIVATIONS, *CELLS)]
    keys += [f"view.{name}.{part}" for name in views() for part in ("title", "how_to_read")]
    keys += [f"lens.{name}.{part}" for name in LENSES for part in ("label", "how_to_read")]
    keys += [f"field.{name}.title" for name in LENSES]
    keys += [f"pages.{page}" for page in PAGES]
    keys += [f"part.{part}" for part in PARTS]
    keys += [f"side.{side}" for side in SIDES]
    assert [key for key in keys if key not in say] == []


def test_every_hangul_syllable_is_in_the_font_that_the_page_brings():
    """The font holds the 2,350 syllables of KS X 1001: those that EUC-KR can spell."""
    beyond = {
        letter
        for sentence in spoken("ko").sentences.values()
        for letter in sentence
        if "가" <= letter <= "힣" and not letter.encode("euc_kr", "ignore")
    }
    assert not beyond


@pytest.mark.parametrize(
    "term",
    [
        *("timestep", "hidden state", "saturation", "vanishing gradient", "exploding gradient"),
        *("orthogonal", "glorot_uniform", "recurrent kernel", "unit"),
        "initializer",
    ],
)
def test_korean_terms_stand_with_the_english_in_brackets_somewhere(term):
    assert any(f"({term}" in sentence for sentence in spoken("ko").sentences.values())
