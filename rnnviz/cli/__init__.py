"""The command line: it opens the page, or writes the same pictures, data and code without one.

    rnnviz --help        (python -m rnnviz does the same)

Exit codes: 0 done; 1 it could not be done (file, folder, browser, font); 2 the command or a link
was not understood; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from rnnviz.cli.arguments import Misunderstood, language_of, read
from rnnviz.export.failures import ExportFailure
from rnnviz.i18n import words

__all__ = ["main"]

DONE, FAILED, NOT_UNDERSTOOD, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; what went wrong is one line on stderr."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    language = language_of(arguments)
    say = words(language)
    try:
        request = read(arguments, say)
        code = request.run(request, say)
        sys.stdout.flush()
        return code or DONE
    except Misunderstood as error:
        return _complain(str(error), NOT_UNDERSTOOD)
    except ExportFailure as failure:
        return _complain(failure.sentence(language), FAILED)
    except KeyboardInterrupt:
        return _complain(say("cli.interrupted"), INTERRUPTED)
    except MemoryError:
        return _complain(say("cli.no_memory"), FAILED)
    except BrokenPipeError:
        # Whoever read the output has enough; keep Python from flushing into the closed pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _complain(sentence: str, code: int) -> int:
    print(f"rnnviz: {' '.join(sentence.split())}", file=sys.stderr)
    return code
