"""One template for all figures."""

import plotly.graph_objects as go
import pytest

from rnnviz.views._plot.colours import THEMES
from rnnviz.views._plot.style import Style, template


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("presentation", [False, True])
def test_plotly_takes_the_template(theme, presentation):
    style = Style(theme=theme, presentation=presentation)
    figure = go.Figure(go.Scatter(y=[1, 2]), {"template": template(style)})
    assert figure.layout.template.layout.font.color == style.ink.text
    assert figure.layout.template.layout.xaxis.tickfont.size == style.tick_size


def test_presentation_is_readable_from_the_back_row():
    style = Style(presentation=True)
    assert style.font_size >= 18
    assert style.tick_size >= 16


def test_only_print_paints_its_background():
    backgrounds = {
        theme: template(Style(theme=theme)).layout.paper_bgcolor for theme in ("dark", "print")
    }
    assert backgrounds == {"dark": "rgba(0,0,0,0)", "print": "#ffffff"}


def test_a_style_speaks_its_language():
    assert Style("ko").words("axis.unit") == "유닛"
    assert Style().on("dark").theme == "dark"
