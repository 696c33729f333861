"""Of a log that is too long its beginning and its end are read; that is said then, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.services.training.diagnosis import log_text
from ocrweb.services.training.diagnosis.log_text import LogText, lines_of, read_log


def told(found: LogText) -> list[tuple[str, dict[str, object]]]:
    return [(note.key, dict(note.params)) for note in found.notes]


def numbered(found: LogText) -> list[tuple[int, str]]:
    return [(line.number, line.text) for line in found.lines]


def test_blank_lines_count_and_are_left_out_and_colours_go() -> None:
    found = lines_of("\x1b[31mred\x1b[0m\n\n \t\nlast")
    assert (numbered(found), found.notes) == ([(1, "red"), (4, "last")], ())
    assert lines_of("") == LogText(())


@pytest.mark.parametrize("cut", [False, True])
def test_what_was_cut_before_is_said(cut: bool) -> None:
    assert told(lines_of("a", cut=cut)) == [("diagnosis.cut", {})] * cut


@pytest.mark.parametrize(("characters", "cut"), [(20, False), (21, False), (22, True)])
def test_a_text_is_cut_when_it_is_longer_than_what_a_cut_one_has(
    characters: int, cut: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two pieces with a line end between them are 21."""
    monkeypatch.setattr(log_text, "READ_BYTES", 10)
    text = "".join(chr(ord("a") + place) for place in range(characters))
    found = lines_of(text)
    assert told(found) == [("diagnosis.cut", {})] * cut
    assert numbered(found) == ([(1, text[:10]), (2, text[-10:])] if cut else [(1, text)])


@pytest.mark.parametrize(("lines", "kept"), [(5, [1, 2, 3, 4, 5]), (6, [1, 2, 3, 4, 5, 6]), (7, [1, 2, 3, 5, 6, 7])])
def test_of_too_many_lines_the_first_and_the_last_stay_with_their_numbers(
    lines: int, kept: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_text, "MOST_LINES", 6)
    found = lines_of("\n".join(f"line {number}" for number in range(1, lines + 1)))
    assert numbered(found) == [(number, f"line {number}") for number in kept]
    assert told(found) == [("diagnosis.cut", {})] * (lines > 6)


def test_long_lines_are_shortened_and_the_first_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_text, "LONGEST_LINE", 10)
    just, longer = "0123456789", "0123456789x"
    assert told(lines_of(just)) == []
    found = lines_of(f"{just}\n{longer}")
    assert numbered(found) == [(1, just), (2, "01234 … 6789x")]
    first = ("diagnosis.long-line", {"line": 2, "characters": 10})
    assert told(found) == [first]
    assert told(lines_of(f"a\n{longer}\n{longer}\n{longer}")) == [first, ("diagnosis.more-long-lines", {"count": 2})]


@pytest.mark.parametrize(
    ("content", "text", "cut"),
    [(b"0123456", "0123456", False), (b"01234567", "01234567", False), (b"012345678", "0123\n5678", True)],
    ids=["shorter", "just", "longer"],
)
def test_a_file_is_read_at_both_ends(content: bytes, text: str, cut: bool, tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_bytes(content)
    assert read_log(tmp_path / "log.txt", 4) == (text, cut)


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", b""), ("utf-8-sig", b""), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"), ("gb18030", b"")]
)  # fmt: skip
def test_a_log_of_any_usual_encoding_is_text(encoding: str, mark: bytes, tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_bytes(mark + "错误:内存不足".encode(encoding))
    assert read_log(tmp_path / "log.txt") == ("错误:内存不足", False)


def test_other_bytes_are_replaced_and_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_bytes(b"a\xff b")
    assert read_log(tmp_path / "log.txt") == ("a� b", False)
    assert read_log(tmp_path / "none.txt") == read_log(tmp_path) == ("", False)
