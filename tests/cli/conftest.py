import os
import subprocess
import sys
from pathlib import Path

import pytest

from rnnviz.cli import main
from rnnviz.export.browser import missing

ROOT = Path(__file__).parents[2]


class Answer:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def complaint(self):
        """The one line that went wrong."""
        (line,) = self.err.splitlines()
        assert line.startswith("rnnviz: ")
        return line.removeprefix("rnnviz: ")


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """Run a command in an empty folder, in this process."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Answer(code, out, err)

    return run


@pytest.fixture
def run_alone(tmp_path):
    """Run a command in an empty folder, in a process of its own."""

    def run(*arguments, **options):
        command = [sys.executable, "-m", "rnnviz", *map(str, arguments)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)} | options.pop("env", {})
        answer = subprocess.run(
            command,
            cwd=options.pop("cwd", tmp_path),
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            **options,
        )
        return Answer(answer.returncode, answer.stdout, answer.stderr)

    return run


@pytest.fixture(scope="session")
def browser():
    """There is a browser to draw with; without one the test skips, and in CI that is a failure."""
    failure = missing()
    if failure:
        pytest.fail(str(failure)) if os.environ.get("CI") else pytest.skip(str(failure))
