"""What a lesson says as HTML: its Markdown, and its formulas as MathML, which browsers draw."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

_PIECES = re.compile(
    r"(\$\$[^$]+\$\$|\$[^$\n]+\$|`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*|\[[^\]]+\]\(https?://[^)\s]+\))"
)


def paragraphs(text: str) -> str:
    """Return paragraphs of Markdown as HTML; lines that begin with a dash are a list."""
    return "".join(_block(block.strip("\n").split("\n")) for block in re.split(r"\n{2,}", text))


def _block(lines: list[str]) -> str:
    if not all(line.startswith("- ") for line in lines):
        return f"<p>{marked_up(' '.join(lines))}</p>"
    points = "".join(f"<li>{marked_up(line[2:])}</li>" for line in lines)
    return f"<ul class=points>{points}</ul>"


def marked_up(text: str) -> str:
    """Return Markdown as HTML: bold, slanted, code, web links and formulas; the rest is text."""
    pieces = _PIECES.split(text)  # text and what is marked by turns
    lines = [escape(pieces[0])]
    for marked, after in zip(pieces[1::2], pieces[2::2], strict=True):
        joined = after.split()[0] if marked[0] == "$" and after[:1].strip() else ""
        lines.append(_whole(_piece(marked), escape(joined)))
        lines.append(escape(after[len(joined) :]))
    return "".join(lines)


def _whole(formula: str, after: str) -> str:
    """Keep a formula and what follows it without a space (a comma, a particle) in one line."""
    return f"<span class=whole>{formula}{after}</span>" if after else formula


def _piece(piece: str) -> str:
    if len(piece) > 2 and piece[0] == piece[-1] == "$":
        return mathml(piece.strip("$"))
    if len(piece) > 2 and piece[0] == piece[-1] == "`":
        return f"<code>{escape(piece[1:-1])}</code>"
    if len(piece) > 4 and piece[:2] == piece[-2:] == "**":
        return f"<b>{marked_up(piece[2:-2])}</b>"
    if len(piece) > 2 and piece[0] == piece[-1] == "*":
        return f"<em>{escape(piece[1:-1])}</em>"
    if piece.startswith("[") and piece.endswith(")"):
        label, _, address = piece[1:-1].partition("](")
        return f'<a href="{escape(address)}">{escape(label)}</a>'
    return escape(piece)


@lru_cache(maxsize=512)
def mathml(formula: str, block: bool = False) -> str:
    """Return LaTeX as MathML, which browsers draw themselves; as it is written where that fails."""
    try:
        from latex2mathml.converter import convert

        return convert(formula, display="block" if block else "inline")
    except Exception:  # whatever an unknown command makes of it
        return f"<code>{escape(formula)}</code>"
