"""What the console's log takes of what visitors send."""

from __future__ import annotations

import base64
import io
import logging
import random
import re
import sys
import traceback

import pytest

from ocrweb.ui.page.log import LONGEST, ShortLines, keep_short, log_with_time, shortened

PICTURE = base64.b64encode(random.Random(1).randbytes(30_000)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "GET / from 127.0.0.1: ValueError\n",
        '  File "/opt/ocrweb/.venv/lib/python3.11/site-packages/gradio/route_utils.py", line 3, in call\n',
        f"{'words of a sentence ' * 40}\n",
    ],
    ids=["line", "traceback", "sentence"],
)
def test_an_ordinary_line_stays_as_it_is(text: str) -> None:
    assert shortened(text) == text


def test_a_picture_is_told_by_its_length() -> None:
    said = shortened(f"Input should be a list, input_value='data:image/png;base64,{PICTURE}', input_type=str\n")
    assert said == (
        f"Input should be a list, input_value='data:image/png;base64,{PICTURE[:16]}…({len(PICTURE)} characters)', "
        "input_type=str\n"
    )


def test_a_long_text_is_cut_and_says_how_long_it_was() -> None:
    said = shortened("a word " * 10_000)
    assert said == f"{('a word ' * 10_000)[:LONGEST]} …(70000 characters)\n"


def test_records_tracebacks_and_prints_all_go_through(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = io.StringIO()
    monkeypatch.setattr(sys, "stderr", ShortLines(kept))
    logging.StreamHandler().emit(logging.makeLogRecord({"msg": "a record %s", "args": (PICTURE,)}))
    try:
        raise ValueError(f"a failure {PICTURE}")
    except ValueError:
        traceback.print_exc()
    print("a print", [PICTURE, PICTURE], file=sys.stderr)
    said = kept.getvalue()
    assert all(word in said for word in ("a record", "a failure", "a print"))
    assert PICTURE[100:200] not in said
    assert len(said) < 2 * LONGEST


def test_both_streams_of_the_process_are_kept_short_and_are_streams_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    keep_short()
    assert print(PICTURE) is sys.stdout.writelines(["a\n", PICTURE])  # type: ignore[func-returns-value]
    assert sys.stderr.write(PICTURE) == len(PICTURE), "as a stream answers, whatever was left out"
    for stream in (out, err):
        assert PICTURE[100:200] not in stream.getvalue()
    assert out.getvalue().count(f"({len(PICTURE)} characters)") == 2
    assert not sys.stderr.closed


@pytest.mark.parametrize(("length", "cut"), [(LONGEST, False), (LONGEST + 1, True)])
def test_a_text_is_cut_above_its_bound(length: int, cut: bool) -> None:
    said = shortened("a " * (length // 2) + "a" * (length % 2))
    assert (len(said) > length) is cut
    assert (f"({length} characters)" in said) is cut


def test_our_own_lines_begin_with_the_time_and_are_said_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = logging.getLogger("ocrweb")
    monkeypatch.setattr(own, "handlers", [])
    monkeypatch.setattr(own, "propagate", True)
    log_with_time()
    logging.getLogger("ocrweb.login").warning("refused")
    said = capsys.readouterr().err
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ocrweb\.login: refused\n", said)
    assert own.propagate is False
