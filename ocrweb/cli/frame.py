"""The frame around every command: exit codes, one-line errors, one JSON document."""

from __future__ import annotations

import functools
import json
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

from ocrweb import messages
from ocrweb.config import paths
from ocrweb.errors import OcrwebError

GOOD, PROBLEMS, USAGE = 0, 1, 2


def command(body: Callable[..., int]) -> Callable[..., None]:
    """Turn a function that returns an exit code into a command that never shows a traceback.

    The function's keyword ``json`` says whether an error is a JSON document on stdout or a line on stderr.
    """

    @functools.wraps(body)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            code = body(*args, **kwargs)
        except OcrwebError as error:
            report_error(error, as_json=bool(kwargs.get("json")))
            code = USAGE
        except KeyboardInterrupt:
            code = 130
        except BrokenPipeError:
            sys.stderr.close()
            code = 141
        except Exception as failure:  # the last line of defence: a report file instead of a traceback
            report_error(internal_error(failure), as_json=bool(kwargs.get("json")))
            code = USAGE
        sys.exit(code)

    return run


def internal_error(failure: BaseException) -> OcrwebError:
    """Write the traceback of an unforeseen failure to a report file and name it."""
    folder = paths.private_dir() / "reports"
    report = folder / f"{time.strftime('%Y%m%d_%H%M%S')}_{type(failure).__name__}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        report.write_text("".join(traceback.format_exception(failure)), encoding="utf-8")
    except OSError:
        print("".join(traceback.format_exception_only(failure)).strip(), file=sys.stderr)
    return OcrwebError("usage.internal", kind=type(failure).__name__, report=str(report))


def report_error(error: OcrwebError, *, as_json: bool) -> None:
    if as_json:
        emit({"error": error.to_dict()})
    else:
        say(f"{error.message()}\n  → {error.hint()}")


def emit(document: Any) -> None:
    """Print the one JSON document of a ``--json`` command."""
    print(json.dumps(document, ensure_ascii=False, indent=2), flush=True)


def say(line: str) -> None:
    """A line for people, on stderr, so that stdout stays clean for ``--json``."""
    print(line, file=sys.stderr, flush=True)


def text(key: str, **params: Any) -> str:
    return messages.text(key, **params)
