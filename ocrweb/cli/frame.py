"""The frame around every command: exit codes, one-line errors, one JSON document."""

from __future__ import annotations

import contextlib
import functools
import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

from ocrweb import messages
from ocrweb.cli.streams import OutputLost, forget_standard, stdout_for_us, write_document
from ocrweb.disk.address import check_path
from ocrweb.errors import OcrwebError
from ocrweb.services.machine.missing import missing_library
from ocrweb.services.root.version import check_layout

GOOD, PROBLEMS, USAGE = 0, 1, 2
INTERRUPTED, READER_GONE = 130, 141  # as a shell counts programs that SIGINT or SIGPIPE has ended


def command(body: Callable[..., int]) -> Callable[..., None]:
    """Turn a function that returns an exit code into a command that never shows a traceback.

    The function's keyword ``json`` says whether an error is a JSON document on stdout or a line on stderr.
    """

    @functools.wraps(body)
    def run(*args: Any, **kwargs: Any) -> None:
        sys.exit(guarded(lambda: _body(body, args, kwargs), as_json=bool(kwargs.get("json"))))

    return run


def _body(body: Callable[..., int], args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    check_layout()
    if str(kwargs.get("out")) == "-":
        raise OcrwebError("command.out-dash")
    if kwargs.get("out") is not None and not kwargs.get("cluster"):
        check_path(kwargs["out"])
    with stdout_for_us(document=bool(kwargs.get("json"))):
        return body(*args, **kwargs)


def guarded(work: Callable[[], int], *, as_json: bool) -> int:
    """The exit code of some work; whatever ends it early is told in one line, or in one document."""
    try:
        try:
            return work()
        except OcrwebError as error:
            report_error(error, as_json=as_json)
            return USAGE
        except KeyboardInterrupt:
            say("\n" * sys.stderr.isatty() + text("command.interrupted"))
            return INTERRUPTED
        except (OutputLost, BrokenPipeError):
            raise
        except Exception as failure:  # the last line of defence: a report file instead of a traceback
            report_error(missing_library(failure) or _internal(failure), as_json=as_json)
            return USAGE
    except BrokenPipeError:
        forget_standard()
        return READER_GONE
    except OutputLost as failure:  # standard output cannot tell it
        forget_standard()
        report_error(OcrwebError("usage.output-lost", reason=failure.strerror), as_json=False)
        return USAGE


def _internal(failure: Exception) -> OcrwebError:
    try:
        from ocrweb.services.files.reports import internal_error
    except ImportError as absent:
        return missing_library(absent) or OcrwebError("usage.no-report", kind=type(failure).__name__)
    return internal_error(failure)


def report_error(error: OcrwebError, *, as_json: bool) -> None:
    if as_json:
        emit({"error": error.to_dict()})
    else:
        say(f"{error.message()}\n  → {error.hint()}")


def emit(document: Any) -> None:
    """Print the one JSON document of a ``--json`` command."""
    emit_stream([json.dumps(document, ensure_ascii=False, indent=2), "\n"])


def emit_stream(pieces: Iterable[str]) -> None:
    """Print a JSON document that comes in pieces."""
    write_document(pieces)


def say(line: str) -> None:
    """A line for people, on stderr, so that stdout stays clean for ``--json``. Where nobody can hear it, it is not said."""
    with contextlib.suppress(OSError, ValueError):
        print(line, file=sys.stderr, flush=True)


def text(key: str, **params: Any) -> str:
    return messages.text(key, **params)
