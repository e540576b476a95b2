import shlex

import pytest

from rnnviz.app import launch
from rnnviz.cli import FAILED, NOT_UNDERSTOOD, main
from rnnviz.cli.arguments import language_of, read
from rnnviz.i18n import words

COMMANDS = ("serve", "render", "data", "gallery", "summary", "code")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_every_help_page_has_examples_in_its_language(capsys, command, language):
    arguments = [command, "--help"] if command else ["--help"]
    with pytest.raises(SystemExit) as end:
        main(["--language", language, *arguments])
    assert end.value.code == 0
    page = capsys.readouterr().out
    assert "  rnnviz" in page
    assert ("예:" if language == "ko" else "example") in page
    if language == "en":
        assert not any("가" <= letter <= "힣" for letter in page)
    else:
        assert "사용법:" in page


@pytest.mark.parametrize("command", COMMANDS)
def test_every_example_is_understood(command):
    """What the help shows is parsed, word by word."""
    for language in ("en", "ko"):
        say = words(language)
        lines = say(f"cli.{command}.examples").splitlines() + say("cli.examples").splitlines()
        examples = [line.split("      (")[0] for line in lines if line.startswith("  rnnviz")]
        assert examples
        for line in examples:
            read(shlex.split(line)[1:], say)


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        ([], []),
        (["serve"], []),
        (["serve", "--port", "8600"], ["--server.port=8600"]),
        (["serve", "--address", "10.0.0.1"], ["--server.address=10.0.0.1"]),
        (
            ["serve", "--server.allowedHosts", "a.example", "--server.allowedHosts", "b.example"],
            ["--server.allowedHosts", "a.example", "--server.allowedHosts", "b.example"],
        ),
        (["serve", "--theme.base=dark", "--no-browser"], ["--theme.base=dark"]),
        (["--language", "ko"], []),
    ],
)
def test_the_page_is_opened_with_what_was_asked_for(monkeypatch, arguments, settings):
    served = []
    monkeypatch.setattr(
        launch, "serve", lambda settings, open_page: served.append((settings, open_page)) or 0
    )
    assert main(arguments) == 0
    assert served == [(settings, False)], "no browser opens where no terminal is"


@pytest.mark.parametrize(
    "arguments",
    [
        ["serve", "--port", "0"],
        ["serve", "--port", "65536"],
        ["serve", "--port", "high"],
        ["serve", "extra"],
        ["serve", "--nonsense"],
        ["serve", "--link", "units=3"],
        ["--nonsense"],
        ["render", "states", "--out", "a.html", "--server.port=3"],
    ],
)
def test_a_server_is_not_started_by_mistake(monkeypatch, capsys, arguments):
    monkeypatch.setattr(launch, "serve", lambda *_, **__: pytest.fail("started"))
    assert main(arguments) == NOT_UNDERSTOOD
    assert capsys.readouterr().err.startswith("rnnviz: ")


def test_without_streamlit_the_page_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(launch, "can_serve", lambda: False)
    assert main([]) == FAILED
    assert "rnnviz[app]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        ([], "en"),
        (["--language", "ko"], "ko"),
        (["render", "x", "--language=ko"], "ko"),
        (["--language"], "en"),
        (["--language", "xx"], "en"),
        (["--lang", "ko"], "en"),
    ],
)
def test_the_language_is_known_before_anything_else(arguments, language):
    assert language_of(arguments) == language


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.startswith("rnnviz 0.")
