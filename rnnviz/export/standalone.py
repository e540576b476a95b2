"""One HTML file that holds everything: the figure, Plotly, the caption and the experiment.

It works from a memory stick, without a network and without rnnviz, with hover and zoom. Its own
security policy forbids it to fetch or send anything.
"""

from __future__ import annotations

import html
import json
from pathlib import Path
from string import Template

import plotly

from rnnviz.export.fonts import faces_css
from rnnviz.export.html_page import Head, html_page, in_script
from rnnviz.export.sheets import Sheet, to_json
from rnnviz.i18n import DEFAULT_LANGUAGE, words
from rnnviz.views._plot.style import FONT, Style

_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'{beside}; style-src 'unsafe-inline'; "
    "img-src data: blob:{beside}; font-src data:; frame-src{beside}; form-action 'none'"
)
# The first of them would send the figure to Plotly's own servers.
_NO_BUTTONS = ("sendChartToCloud", "select2d", "lasso2d")
_BESIDE = " 'self' file:"

_BODY = Template("""\
<h1>$title</h1>
<p>$how_to_read</p>
<div id="figure"></div>
$caption
$plotly
<script>
const sizes = ["400 16px ", "700 16px "];
const faces = sizes.map((size) => document.fonts.load(size + $family, "0가"));
Promise.all(faces).then(() => Plotly.newPlot("figure", $figure, $config)).then(
  (figure) => { figure.dataset.painted = "true"; });
</script>""")

_STYLE = Template("""\
$faces
body { margin: 1.5rem auto; max-width: 1200px; padding: 0 1rem; background: $background;
  color: $text; font: 15px/1.5 $font; word-break: keep-all; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; margin: 0; }
p { margin: 0.3rem 0 0.8rem; }
a { color: inherit; }
footer { color: $muted; font-size: 0.8rem; margin-top: 0.6rem; }
footer p { margin: 0.1rem 0; }
iframe, img { border: 0; width: 100%; }
section { margin: 2.5rem 0; }
h2 { font-size: 1.15rem; margin: 0; }""")


def standalone(sheet: Sheet, *, beside: str | None = None) -> bytes:
    """Return a sheet as one HTML page, UTF-8, as wide as its window.

    Parameters
    ----------
    sheet : Sheet
        What is shown.
    beside : str, optional
        File name of plotly.js next to the page; without one, Plotly is inside.
    """
    inside = f"<script>{plotly_file().read_text(encoding='utf-8')}</script>"
    script = f'<script src="{html.escape(beside)}"></script>' if beside else inside
    said = sheet.caption
    body = _BODY.substitute(
        title=html.escape(said.title),
        how_to_read=html.escape(said.how_to_read),
        caption=caption_html(sheet) if sheet.look.caption else "",
        plotly=script,
        figure=in_script(to_json(sheet.plain)),
        family=in_script(json.dumps(FONT)),
        config=in_script(json.dumps(_config(sheet), ensure_ascii=False)),
    )
    return page(body, said.title, sheet, beside=beside is not None)


def _config(sheet: Sheet) -> dict:
    """Return how Plotly shows the figure: which buttons, and what they are called."""
    english = words(DEFAULT_LANGUAGE).sentences
    names = [name for name in english if name.startswith("frame.plotly.")]
    spoken = {english[name]: sheet.words(name) for name in names}
    return {
        "responsive": True,
        "displaylogo": False,
        "modeBarButtonsToRemove": _NO_BUTTONS,
        "locale": sheet.language,
        "locales": {sheet.language: {"dictionary": spoken, "format": {}}},
    }


def page(body: str, title: str, sheet: Sheet, *, beside: bool = False) -> bytes:
    """Return a whole page around a body, with policy, style and experiment.

    With ``beside``, the page may also show files of its own folder.
    """
    ink = Style(theme=sheet.look.theme).ink
    style = _STYLE.substitute(
        faces=faces_css(body),
        background=ink.background,
        text=ink.text,
        muted=ink.muted,
        font=FONT,
    )
    policy = _POLICY.format(beside=_BESIDE if beside else "")
    head = Head(sheet.language, title, sheet.experiment)
    return html_page(head, body, style=style, policy=policy)


def caption_html(sheet: Sheet) -> str:
    """Return parameters, origin and link as HTML; the link can be followed if it has an address."""
    said = sheet.caption
    link = html.escape(said.link)
    if said.link.startswith(("http://", "https://")):
        link = f'<a href="{link}">{link}</a>'
    lines = [html.escape(said.parameters), html.escape(said.origin), link]
    return "\n".join(["<footer>", *(f"<p>{line}</p>" for line in lines), "</footer>"])


def plotly_file() -> Path:
    """Return the file of plotly.js that the installed Plotly brings."""
    return Path(plotly.__file__).with_name("package_data") / "plotly.min.js"
