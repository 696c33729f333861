"""Standard output as a command uses it: kept apart from what libraries print, and no encoding, full disk or reader that went
away ends in a traceback."""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

LIKE = "like-in-ascii"
_SIGNS = {
    "✓": "+", "✗": "x", "×": "x", "…": "...", "“": '"', "”": '"', "–": "-", "—": "-", "→": "->", "·": "-", "■": "*",
}  # fmt: skip
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


class OutputLost(OSError):
    """What a command had to say could not be written to standard output. strerror: why."""


def _like(failure: UnicodeError) -> tuple[str, int]:
    """What an encoding lacks, by a sign that it has, or written out."""
    if not isinstance(failure, UnicodeEncodeError):
        raise failure
    lost = failure.object[failure.start : failure.end]
    return "".join(_SIGNS.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in lost), failure.end


codecs.register_error(LIKE, _like)


@contextlib.contextmanager
def fit_streams() -> Iterator[None]:
    """Inside, the terminal is given what its encoding has, and what cannot be written to standard output is `OutputLost`."""
    before = sys.stdout
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=LIKE)
    try:
        if before.fileno() == 1:
            before.flush()
            sys.stdout = _text(_Standard(1, "wb", closefd=False), before)
    except (OSError, ValueError, AttributeError):
        pass
    try:
        yield
    finally:
        sys.stdout = before


def _text(raw: _Standard, like: TextIO) -> io.TextIOWrapper:
    whole = bool(getattr(like, "line_buffering", False))
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding=like.encoding, errors=like.errors, line_buffering=whole)


_for_documents: list[TextIO] = []


@contextlib.contextmanager
def stdout_for_us(*, document: bool) -> Iterator[None]:
    """What libraries print past Python (Paddle does) goes to stderr meanwhile, and so does what child processes print.

    document: standard output is for `write_document` alone; what Python prints (OpenCV does, without NumPy) goes to
    stderr too. Raises `OutputLost`, and BrokenPipeError when the reader is gone.
    """
    with _own_stdout() as ours, contextlib.ExitStack() as stack:
        if document and ours is not None:
            _for_documents.append(ours)
            stack.callback(_for_documents.pop)
            stack.enter_context(contextlib.redirect_stdout(sys.stderr))
        yield


@contextlib.contextmanager
def _own_stdout() -> Iterator[TextIO | None]:
    try:
        if sys.stdout.fileno() != 1:
            raise OSError
        own = os.dup(1)
        sys.stdout.flush()
        os.dup2(2, 1)
    except (OSError, ValueError, AttributeError):  # somebody else holds stdout already, or there is none
        yield sys.stdout
        return
    before = sys.stdout
    sys.stdout = ours = _text(_Standard(own, "wb"), before)
    try:
        yield ours
        ours.flush()
    finally:
        sys.stdout = before
        with contextlib.suppress(OSError):  # a failure goes on above already; here would be the second word of it
            ours.flush()
        os.dup2(own, 1)
        with contextlib.suppress(OSError):
            ours.close()


class _Standard(io.FileIO):
    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as failure:
            raise OutputLost(failure.errno, failure.strerror) from failure


def flush_standard() -> None:
    """Write out what is still held back. Raises `OutputLost`, and BrokenPipeError when the reader is gone."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as failure:
        raise OutputLost(failure.errno, failure.strerror) from failure


def forget_standard() -> None:
    """Drop what cannot be written, so that Python does not try it again at its end."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def write_document(pieces: Iterable[str]) -> None:
    """Print a JSON document that comes in pieces: UTF-8, or ASCII alone where the terminal's encoding is another.

    A file name that is not valid UTF-8 keeps its bytes as escapes.
    """
    stream = _for_documents[-1] if _for_documents else sys.stdout
    if stream is None:
        return
    stream.flush()
    whole = codecs.lookup(stream.encoding or "utf-8").name == "utf-8"
    raw = getattr(stream, "buffer", None)
    for piece in pieces:
        text = piece if whole else _BEYOND_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], piece)
        data = text.encode("utf-8", "backslashreplace")
        if raw is not None:
            raw.write(data)
        else:
            stream.write(data.decode("utf-8"))
    (raw or stream).flush()
