"""A line of a list names a picture and its label; anything else is told by what is wrong, with the names it may mean."""

from __future__ import annotations

import pytest

from ocrweb.data.checks.list_line import LONGEST_NAMES, scan_list_line, tidy_list_line

P, L = "train_images/1.jpg", "train_gts/1.txt"
FORMAT, SPACE, PREFIX, ABSOLUTE, ESCAPES = (f"list.{word}" for word in ("format", "whitespace", "prefix", "absolute-path", "escapes"))  # fmt: skip


@pytest.mark.parametrize("line", [f"{P} {L}", "train_images/a/b/1.png train_gts/x.TXT", "train_images/票 train_gts/票.txt", "train_images/.x.jpg train_gts/..x.txt"])  # fmt: skip
def test_a_clean_line_is_used_as_it_stands(line: str) -> None:
    scanned = scan_list_line(line, "train")
    assert (scanned.image, scanned.label) == tuple(line.split(" "))
    assert scanned.clean
    assert not scan_list_line(line, "test").clean


@pytest.mark.parametrize(
    ("line", "image", "label", "rules"),
    [
        (f"{P}  {L}", P, L, [SPACE]), (f" {P} {L}", P, L, [SPACE]), (f"{P} {L} ", P, L, [SPACE]), (f"{P}\t{L}", P, L, [SPACE]),
        (f"{P}\u3000{L}", P, L, [SPACE]), (f"{P}\u200b {L}", P, L, [SPACE]), (f"{P},{L}", P, L, [FORMAT]), (f"{P}, {L}", P, L, [FORMAT]),
        (f"{P} ; {L}", P, L, [FORMAT]), (f"{P}，{L}", P, L, [FORMAT]), (f"{P}|{L}", P, L, [FORMAT]), (f"{L} {P}", P, L, [FORMAT]),
        (f"{P} {L} more", None, None, [FORMAT]), ("hello", None, None, [FORMAT]), (P, P, None, [FORMAT]), ("1.jpg", "1.jpg", None, [FORMAT]),
        ("train_images\\1.jpg train_gts\\1.txt", P, L, [FORMAT]), ("1.jpg 1.txt", "1.jpg", "1.txt", [PREFIX]), (f"{P} 1.txt", P, "1.txt", [PREFIX]),
        (f"/data/{P} {L}", f"/data/{P}", L, [ABSOLUTE]), (f"C:\\d\\1.jpg {L}", "C:/d/1.jpg", L, [FORMAT, ABSOLUTE]), (f"~/1.jpg {L}", "~/1.jpg", L, [ABSOLUTE]),
        (f"{P} file:///x/1.txt", P, "file:///x/1.txt", [ABSOLUTE]), (f"train_images/../1.jpg {L}", "train_images/../1.jpg", L, [ESCAPES]),
        (f"{P} train_gts/../../1.txt", P, "train_gts/../../1.txt", [ESCAPES]), (f"train_images//1.jpg {L}", "train_images//1.jpg", L, [FORMAT]),
        (f"train_images/./1.jpg {L}", "train_images/./1.jpg", L, [FORMAT]), ("my picture 1.jpg my label 1.txt", "my picture 1.jpg", "my label 1.txt", [FORMAT, PREFIX]),
        ("a.txt b.txt", None, None, [FORMAT]), ("a.jpg b.jpg", "a.jpg b.jpg", None, [FORMAT]), ("a.tif b.TXT", "a.tif", "b.TXT", [PREFIX]),
        ("train_images/1.jpg, train_gts/1.txt", P, L, [FORMAT]), ("a,b.jpg", None, None, [FORMAT]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_line_and_what_it_may_mean(
    line: str, image: str | None, label: str | None, rules: list[str]
) -> None:
    scanned = scan_list_line(line, "train")
    found = [one.rule for one in scanned.findings]
    assert (scanned.image, scanned.label) == (image, label)
    assert sorted(found) == sorted(rules)
    for one in scanned.findings:
        assert one.params.get("expected", f"{P} {L}") == f"{P} {L}"


@pytest.mark.parametrize(("length", "known"), [(LONGEST_NAMES, True), (LONGEST_NAMES + 1, False)])
def test_names_with_blanks_are_looked_for_in_lines_of_some_length(length: int, known: bool) -> None:
    line = "a " + "b" * (length - len("a .jpg c.txt")) + ".jpg c.txt"
    assert len(line) == length
    assert (scan_list_line(line, "train").label == "c.txt") is known


@pytest.mark.parametrize(("line", "tidy"), [(f"  {P} \t {L}\u3000", f"{P} {L}"), (f"{P}\u200b {L}\ufeff", f"{P} {L}"), (f"{P} {L}", f"{P} {L}"), (" ", "")])  # fmt: skip
def test_a_tidied_line_has_one_blank_and_nothing_invisible(line: str, tidy: str) -> None:
    assert tidy_list_line(line) == tidy
