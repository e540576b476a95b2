"""The way of a file from a click into the visitor's hands."""

from __future__ import annotations

import dataclasses
import json
import struct
import uuid

import streamlit as st

from rnnviz.app.server.assets import asset_url
from rnnviz.export.fonts import FACES
from rnnviz.export.metadata import signature
from rnnviz.export.sheets import Sheet, to_json
from rnnviz.i18n import Words

_SCRIPT = """
const module = import(new URL("{url}", document.baseURI).href);
export default async (component) => (await module).default(component);
"""
_DELIVERY = st.components.v2.component(
    "rnnviz_delivery", js=_SCRIPT.format(url=asset_url("take_away.js")), isolate_styles=False
)
_TYPES = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "html": "text/html",
}


def draw_in_browser(sheet: Sheet, format: str, name: str, say: Words) -> None:
    """Have the visitor's own browser draw a sheet as PNG or SVG and save it."""
    size = {"width": sheet.width, "height": sheet.height, "scale": sheet.zoom(format)}
    faces = [dataclasses.asdict(face) for face in FACES]
    order = _order(name, _TYPES[format], say) | {"format": format, "faces": faces} | size
    _send(order, to_json(sheet.figure).encode(), signature(sheet, format))


def hand_over(content: bytes, format: str, name: str, say: Words) -> None:
    """Have the visitor's browser save a file that is made already."""
    _send(_order(name, _TYPES[format], say), content)


def _order(name: str, media_type: str, say: Words) -> dict:
    return {
        "number": uuid.uuid4().hex,
        "name": name,
        "type": media_type,
        "saved": say("take_away.saved", name=name),
        "failed": say("take_away.browser_failed"),
    }


def _send(order: dict, first: bytes, second: bytes = b"") -> None:
    header = json.dumps(order | {"first": len(first)}).encode()
    payload = b"".join([struct.pack("<I", len(header)), header, first, second])
    _DELIVERY(data=payload, key="take-away.delivery")
