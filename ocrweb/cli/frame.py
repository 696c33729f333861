"""The frame around every command: exit codes, one-line errors, one JSON document."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ocrweb import messages
from ocrweb.errors import OcrwebError
from ocrweb.services.root.version import check_layout

GOOD, PROBLEMS, USAGE = 0, 1, 2


def command(body: Callable[..., int]) -> Callable[..., None]:
    """Turn a function that returns an exit code into a command that never shows a traceback.

    The function's keyword ``json`` says whether an error is a JSON document on stdout or a line on stderr.
    """

    @functools.wraps(body)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            check_layout()
            with stdout_for_us():
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
            from ocrweb.services.files.reports import internal_error

            report_error(internal_error(failure), as_json=bool(kwargs.get("json")))
            code = USAGE
        sys.exit(code)

    return run


@contextlib.contextmanager
def stdout_for_us() -> Iterator[None]:
    """What libraries print past Python (Paddle does) goes to stderr meanwhile, and so does what child processes print."""
    try:
        if sys.stdout.fileno() != 1:
            raise OSError
        own = os.dup(1)
        sys.stdout.flush()
        os.dup2(2, 1)
    except (OSError, ValueError, AttributeError):  # somebody else holds stdout already, or there is none
        yield
        return
    before = sys.stdout
    sys.stdout = ours = open(own, "w", encoding=before.encoding, errors=before.errors)  # noqa: SIM115
    try:
        yield
    finally:
        sys.stdout = before
        with contextlib.suppress(OSError):  # the reader is gone
            ours.flush()
        os.dup2(own, 1)
        with contextlib.suppress(OSError):
            ours.close()


def report_error(error: OcrwebError, *, as_json: bool) -> None:
    if as_json:
        emit({"error": error.to_dict()})
    else:
        say(f"{error.message()}\n  → {error.hint()}")


def emit(document: Any) -> None:
    """Print the one JSON document of a ``--json`` command."""
    emit_stream([json.dumps(document, ensure_ascii=False, indent=2), "\n"])


def emit_stream(pieces: Iterable[str]) -> None:
    """Print a JSON document that comes in pieces; a file name that is not valid UTF-8 keeps its bytes as escapes."""
    sys.stdout.flush()
    raw = getattr(sys.stdout, "buffer", None)
    for piece in pieces:
        data = piece.encode("utf-8", "backslashreplace")
        if raw is not None:
            raw.write(data)
        else:
            sys.stdout.write(data.decode("utf-8"))
    (raw or sys.stdout).flush()


def say(line: str) -> None:
    """A line for people, on stderr, so that stdout stays clean for ``--json``."""
    print(line, file=sys.stderr, flush=True)


def text(key: str, **params: Any) -> str:
    return messages.text(key, **params)
