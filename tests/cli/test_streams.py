"""Standard output: signs that an encoding lacks, documents in every encoding, and nothing of it when it is closed."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ocrweb.cli import frame, streams
from ocrweb.cli.stdin import given_paths
from ocrweb.config.paths import CHECKOUT
from ocrweb.errors import OcrwebError


def through(encoding: str, said: str) -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors=streams.LIKE)
    stream.write(said)
    stream.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize(
    ("encoding", "said", "shown"),
    [
        ("ascii", "✓ ✗ × … “a” – — → · ■", '+ x x ... "a" - - -> - *'), ("ascii", "票", "\\u7968"), ("utf-8", "✓票", "✓票"),
        ("latin-1", "× é ✓", "× é +"), ("gbk", "票 →", "票 →"), ("ascii", "plain", "plain"),
    ],
)  # fmt: skip
def test_what_an_encoding_lacks_is_shown_by_a_sign_that_it_has(encoding: str, said: str, shown: str) -> None:
    assert through(encoding, said) == shown


def test_bytes_that_are_no_text_are_not_hidden_by_it() -> None:
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", streams.LIKE)


class Stream(io.TextIOWrapper):
    def __init__(self, encoding: str) -> None:
        self.raw_bytes = io.BytesIO()
        super().__init__(self.raw_bytes, encoding=encoding)


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("utf-8", '{"a": "票 \\udcff"}'), ("UTF8", '{"a": "票 \\udcff"}'), ("ascii", '{"a": "\\u7968 \\udcff"}'),
     ("gbk", '{"a": "\\u7968 \\udcff"}')],
)  # fmt: skip
def test_a_document_is_utf8_or_ascii_alone(monkeypatch: pytest.MonkeyPatch, encoding: str, expected: str) -> None:
    stream = Stream(encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    streams.write_document(['{"a": ', '"票 \udcff"', "}"])
    written = stream.raw_bytes.getvalue().decode()
    assert written == expected
    assert json.loads(written) == {"a": "票 \udcff"}


def test_a_stream_without_bytes_and_one_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    streams.write_document(["{", "}"])
    assert stream.getvalue() == "{}"
    monkeypatch.setattr(sys, "stdout", None)
    streams.write_document(["{}"])
    streams.flush_standard()
    streams.forget_standard()


class Failing(io.StringIO):
    def __init__(self, failure: OSError) -> None:
        super().__init__()
        self._failure = failure

    def flush(self) -> None:
        raise self._failure


def test_what_cannot_be_written_out_is_told_apart_from_a_reader_that_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Failing(BrokenPipeError()))
    with pytest.raises(BrokenPipeError):
        streams.flush_standard()
    monkeypatch.setattr(sys, "stdout", Failing(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(streams.OutputLost) as lost:
        streams.flush_standard()
    assert (lost.value.errno, lost.value.strerror) == (errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("raised", "code", "says"),
    [
        (None, 7, ""), (OcrwebError("image.empty"), 2, "→"), (KeyboardInterrupt(), 130, "Interrupted"), (BrokenPipeError(), 141, ""),
        (streams.OutputLost(28, "No space"), 2, "standard output"), (ModuleNotFoundError("x", name="cv2"), 2, "cv2"),
        (ZeroDivisionError(), 2, "→"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)  # fmt: skip
def test_each_end_of_a_command_has_its_code_and_its_words(
    raised: BaseException | None, code: int, says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("OCRWEB_LANG", "en")
    monkeypatch.setattr(frame, "forget_standard", lambda: None)

    def work() -> int:
        if raised is not None:
            raise raised
        return 7

    assert frame.guarded(work, as_json=False) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert says in said.err
    assert bool(said.err) == bool(says)


def test_with_json_an_error_is_the_document_and_an_interruption_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))

    def fail(failure: BaseException) -> int:
        raise failure

    assert frame.guarded(lambda: fail(OcrwebError("image.empty")), as_json=True) == 2
    said = capsys.readouterr()
    assert (json.loads(said.out)["error"]["code"], said.err) == ("image.empty", "")
    assert frame.guarded(lambda: fail(KeyboardInterrupt()), as_json=True) == 130
    said = capsys.readouterr()
    assert said.out == ""
    assert not said.err.startswith("\n"), "a new line is for a terminal alone"


def test_where_nobody_can_hear_it_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Failing(OSError(5, "gone")))
    frame.say("a word")


PROGRAM = """
import os, subprocess, sys
from ocrweb.cli.streams import fit_streams, stdout_for_us, write_document
with fit_streams(), stdout_for_us(document={document}):
    os.write(1, b"library\\n")
    subprocess.run(["echo", "child"], check=True)
    print("python")
    if {document}:
        write_document(["{{}}\\n"])
print("after")
"""


@pytest.mark.parametrize("document", [True, False])
def test_libraries_and_children_speak_on_stderr_meanwhile_and_python_too_beside_a_document(document: bool) -> None:
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(document=document)],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    assert ran.stdout.split() == (["{}", "after"] if document else ["python", "after"])
    assert sorted(ran.stderr.split()) == sorted(["library", "child", *["python"] * document])


class Piped:
    def __init__(self, content: bytes, terminal: bool = False) -> None:
        self.buffer, self._terminal = io.BytesIO(content), terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"%PDF-1.7", "stdin.pdf"), (b"PK\x03\x04..", "stdin.zip"), (b"II*\x00..", "stdin.tif"), (b"MM\x00*..", "stdin.tif"),
     (b"\x89PNG", "stdin"), (b"x", "stdin"), (b"PK\x05\x06", "stdin")],
)  # fmt: skip
def test_what_comes_through_standard_input_has_a_name_by_its_first_bytes(
    monkeypatch: pytest.MonkeyPatch, content: bytes, name: str
) -> None:
    monkeypatch.setattr(sys, "stdin", Piped(content))
    with given_paths([Path("-")]) as (file,):
        assert (file.name, file.read_bytes()) == (name, content)
    assert not file.parent.exists()


@pytest.mark.parametrize(
    "stdin", [None, Piped(b"typed", terminal=True), Piped(b"")], ids=["closed", "terminal", "empty"]
)
def test_nothing_is_read_from_a_terminal(monkeypatch: pytest.MonkeyPatch, stdin: Any) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(OcrwebError, match=r"command\.no-stdin"), given_paths([Path("-")]):
        pass


def test_a_dash_is_alone_and_other_paths_are_as_given() -> None:
    with pytest.raises(OcrwebError, match=r"command\.stdin-alone"), given_paths([Path("a"), Path("-")]):
        pass
    with given_paths([Path("a"), Path("b")]) as given:
        assert given == (Path("a"), Path("b"))
