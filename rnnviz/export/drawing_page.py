"""The page that the hidden browser draws on: Plotly, Kaleido's script, and the faces.

Kaleido asks for any object with ``generate_index``. Plotly's own ``toImage`` is replaced by one
that puts the faces into the picture, for every format: Kaleido prints a PDF from an SVG.
"""

from __future__ import annotations

import json
from typing import Any

from rnnviz.export.fonts import FACES, FOLDER, face_rule

_PAGE = """<!doctype html>
<html>
<head>
<meta charset="utf-8">
<title>rnnviz</title>
<style id="head-style"></style>
<style>text {{ text-rendering: geometricPrecision; }}
{css}</style>
<script src="{plotly}" charset="utf-8"></script>
<script type="module">
{module}
const faces = {faces};
const toImage = Plotly.toImage.bind(Plotly);
Plotly.toImage = (figure, options) => draw(toImage, figure, options, faces);
</script>
<script src="{kaleido}"></script>
</head>
<body style="margin: 0; padding: 0;"><img id="kaleido-image"></body>
</html>
"""


class DrawingPage:
    """What Kaleido opens in each of its tabs."""

    def generate_index(self) -> str:
        """Return the page. MathJax would come from the internet: without."""
        from kaleido._page_generator import KJS_PATH

        from rnnviz.export.html_page import in_script
        from rnnviz.export.standalone import plotly_file

        faces: list[dict[str, Any]] = [
            {"css": face_rule(face), "hangul": face.hangul, "bold": face.bold} for face in FACES
        ]
        return _PAGE.format(
            css="\n".join(face["css"] for face in faces),
            plotly=plotly_file().as_uri(),
            module=(FOLDER / "faces.js").read_text(encoding="utf-8"),
            faces=in_script(json.dumps(faces)),
            kaleido=KJS_PATH.as_uri(),
        )
