import shlex

import pytest

from rnnviz.cli import main
from rnnviz.cli.arguments import language_of, parser
from rnnviz.i18n import words

COMMANDS = ("render", "data", "gallery", "summary", "code")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_every_help_page_has_examples_in_its_language(capsys, command, language):
    arguments = [command, "--help"] if command else ["--help"]
    with pytest.raises(SystemExit) as end:
        main(["--language", language, *arguments])
    assert end.value.code == 0
    page = capsys.readouterr().out
    assert "python -m rnnviz" in page
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
        examples = [line.split("      (")[0] for line in lines if "python -m rnnviz" in line]
        assert examples
        for line in examples:
            parser(say).parse_args(shlex.split(line)[3:])


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
