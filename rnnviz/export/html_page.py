"""The frame of every HTML file that is taken away: head, security policy, and what it was made of.

What stands inside is the business of :mod:`standalone` (a figure), :mod:`viewer_page` (the viewer)
and :mod:`lesson_page` (a lesson).
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
from dataclasses import dataclass, replace
from string import Template

import rnnviz
from rnnviz.export.fonts import FACES, face_rule
from rnnviz.viewer.bundle import bundle, stylesheet

EXPERIMENT_ID = "rnnviz-experiment"
"""The element that holds the experiment; it stands at the top, so that it is found quickly."""
DATA_ID = "rnnviz-data"
"""The element that holds the packed numbers of a file with the viewer."""
_PAGE = Template("""\
<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<script type="application/json" id="$experiment_id">$experiment</script>
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="rnnviz $version">
<title>$title</title>
<style>$style</style>
</head>
<body>
$body
</body>
</html>
""")
_VIEWER_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {style}; img-src data: blob:; "
    "font-src data:; base-uri 'none'; form-action 'none'"
)
_VIEWER_BODY = Template("""\
$body
<noscript>$needs_script</noscript>
<script type="application/octet-stream" id="$data_id">$data</script>
$before<script type="module">$script</script>""")


@dataclass(frozen=True)
class Head:
    """What the head of a file says.

    Parameters
    ----------
    language : str
        Of the words in it.
    title : str
        Plain text.
    experiment : str
        JSON of what the file was made of, so that it opens again.
    """

    language: str
    title: str
    experiment: str


def html_page(head: Head, body: str, *, style: str, policy: str) -> bytes:
    """Return a whole file, UTF-8; ``body`` and ``style`` are written as they are."""
    return _PAGE.substitute(
        language=head.language,
        experiment_id=EXPERIMENT_ID,
        experiment=in_script(json.dumps(json.loads(head.experiment))),
        policy=html.escape(policy),
        version=html.escape(rnnviz.__version__),
        title=html.escape(head.title),
        style=style,
        body=body,
    ).encode()


def viewer_html(
    head: Head,
    body: str,
    data: bytes,
    *,
    module: str,
    styles: tuple[str, ...],
    needs_script: str,
    faces: bool = True,
    plotly: str = "",
) -> bytes:
    """Return a file that shows packed numbers with one of the viewer's modules.

    Script and style are named by their hashes, and the policy forbids all else: the file can fetch
    nothing, and nothing that is put into it runs.

    Parameters
    ----------
    head : Head
        What its head says.
    body : str
        HTML before the script.
    data : bytes
        Compressed, and handed to the module's ``open(document.body, text)`` as base64.
    module : str
        Name of the module, such as ``"file_page.js"``.
    styles : tuple of str
        Names of style sheets.
    needs_script : str
        What is said where scripts are switched off.
    faces : bool
        Whether the faces travel in the file; without them it takes those of the system.
    plotly : str
        Text of plotly.js where the page needs it. It writes styles of its own, so that styles are
        then allowed without being named.
    """
    start = f'open(document.body, document.getElementById("{DATA_ID}").textContent);\n'
    script = "\n" + bundle(module).replace("</script", "<\\/script") + start
    style = f"\n{_faces() if faces else ''}\n{stylesheet(*styles)}"
    whole = _VIEWER_BODY.substitute(
        body=body,
        needs_script=html.escape(needs_script),
        data_id=DATA_ID,
        data=base64.b64encode(gzip.compress(data, 9, mtime=0)).decode(),
        before=f"<script>{plotly}</script>\n" if plotly else "",
        script=script,
    )
    scripts = " ".join(_hash(text) for text in (plotly, script) if text)
    allowed = "'unsafe-inline'" if plotly else _hash(style)
    policy = _VIEWER_POLICY.format(scripts=scripts, style=allowed)
    return html_page(head, whole, style=style, policy=policy)


def in_script(text: str) -> str:
    """Return JSON that cannot end the script element it stands in."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _faces() -> str:
    """Return the rules of the faces; Hangul has one weight, which the browser makes bold."""
    return "\n".join(
        face_rule(replace(face, weight="400") if face.hangul else face)
        for face in FACES
        if not (face.hangul and face.bold)
    )


def _hash(text: str) -> str:
    """Return what names a text in a policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
