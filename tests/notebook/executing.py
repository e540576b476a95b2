"""Runs a notebook in a kernel of its own, and says what its cells gave."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_EXECUTE = """
import json, sys, nbformat, nbclient
notebook = nbformat.read(sys.argv[1], as_version=4)
where = {"metadata": {"path": sys.argv[2]}}
nbclient.NotebookClient(notebook, timeout=120, resources=where).execute()
print(json.dumps(notebook))
"""


def executed(path, folder=ROOT):
    """Return a notebook after it ran from top to bottom; a cell that raises fails the test."""
    answer = subprocess.run(
        [sys.executable, "-c", _EXECUTE, path, folder],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def outputs_of(notebook, word):
    """Return the outputs of the code cell that has a word in it."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and word in "".join(cell["source"]):
            return cell["outputs"]
    raise AssertionError(f"no cell with {word!r}")


def text_of(outputs):
    """Return what a cell printed, and the text of its last expression."""
    texts = [one.get("text") or one.get("data", {}).get("text/plain", "") for one in outputs]
    return "".join("".join(text) for text in texts)
