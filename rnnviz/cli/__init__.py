"""The command line: it opens the page, or writes the same pictures, data and code without one.

    rnnviz --help        (python -m rnnviz does the same)

Exit codes: 0 done; 1 it could not be done (file, folder, browser, font); 2 the command or a link
was not understood; 130 interrupted.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence

from rnnviz.cli.arguments import Misunderstood, language_of, read
from rnnviz.cli.terminal import can_show, visible
from rnnviz.export.failures import ExportFailure
from rnnviz.i18n import words

__all__ = ["main"]

DONE, FAILED, NOT_UNDERSTOOD, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; what went wrong is one line on stderr."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    language = language_of(arguments)
    say = words(language)
    _stop_in_order()
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
    except UnicodeEncodeError as error:
        key = "cli.no_letters"
        sentence = say(key, encoding=error.encoding)
        known = can_show(sentence, sys.stderr)
        return _complain(sentence if known else words()(key, encoding=error.encoding), FAILED)
    except BrokenPipeError:
        # Whoever read the output has enough; keep Python from flushing into the closed pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _complain(sentence: str, code: int) -> int:
    print(f"rnnviz: {visible(' '.join(sentence.split()), sys.stderr)}", file=sys.stderr)
    return code


def _stop_in_order() -> None:
    """End on SIGTERM and SIGHUP as on Ctrl+C, so that nothing half-written is left.

    Only where this is the program: a program that calls ``main`` keeps its own ways.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
