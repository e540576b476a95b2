"""The README's table of the lecture's notes: each row names a test that there is."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_row_of_the_notes_names_a_test_that_there_is():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.partition("## The notes, cell by cell")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 9
    for row in rows:
        (named,) = NAMED.findall(row)
        tree = ast.parse((ROOT / named[0]).read_text(encoding="utf-8"))
        assert named[1] in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
