"""Lines of tools that write plain text are read number by number, and lines of none are told apart."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import pytest

from ocrweb.data.formats import ppocrlabel
from ocrweb.data.formats.annotated import Shape
from ocrweb.data.formats.label_txt import records_in
from ocrweb.data.formats.text_lines import class_of_line, line_format_of, shape_of_line, shapes_in

SIZE = (200, 100)


@pytest.mark.parametrize(
    ("line", "format", "points", "mark"),
    [
        ("0 0.5 0.5 0.25 0.2", "yolo", [[75, 40], [125, 60]], ""),
        ("7 0.1 0.1 0.2 0.1 0.2 0.3", "yolo", [[20, 10], [40, 10], [40, 30]], ""),
        ("1 2 3 4 5 6 7 8 text 0", "dota", [[1, 2], [3, 4], [5, 6], [7, 8]], ""),
        ("1 2 3 4 5 6 7 8 text 1", "dota", [[1, 2], [3, 4], [5, 6], [7, 8]], "difficult"),
        ("1 2 3 4 5 6 7 8 text 2", "dota", [[1, 2], [3, 4], [5, 6], [7, 8]], "difficult"),
        ("0 0 10 20 40 10 0", "msra", [[10, 20], [50, 20], [50, 30], [10, 30]], ""),
        ("0 1 10 20 40 10 0", "msra", [[10, 20], [50, 20], [50, 30], [10, 30]], "difficult"),
        ("0 0 10 20 40 10 1.5707963", "msra", [[35, 5], [35, 45], [25, 45], [25, 5]], ""),
    ],
)
def test_a_line_is_a_shape_in_pixels(line: str, format: str, points: list[list[float]], mark: str) -> None:
    found = shape_of_line(line, format, SIZE)
    assert found is not None
    np.testing.assert_allclose(found.points, points, atol=1e-3)
    assert found.mark == mark
    assert shapes_in(f"{line}\n\nno line of it\n", format, SIZE)[1:] == [(3, "no line of it")]


@pytest.mark.parametrize(
    ("line", "format"),
    [
        ("0 0.5 0.5 0.25", "yolo"), ("a 0.5 0.5 0.25 0.2", "yolo"), ("1 2 3 4 5 6 7 8 text 3", "dota"), ("1 2 3 4 5 6 7 text 0", "dota"),
        ("0 2 10 20 40 10 0", "msra"), ("0 0 10 20 40 10", "msra"), ("0 0 10 20 40 10 1e999", "msra"), ("0 0.5 0.5 0.25 0.2", "other"),
    ],
)  # fmt: skip
def test_a_line_of_another_form_is_none(line: str, format: str) -> None:
    assert shape_of_line(line, format, SIZE) is None


@pytest.mark.parametrize(
    ("lines", "format"),
    [
        (["0 0.5 0.5 0.25 0.2"], "yolo"), (["0 0.5 0.5 0.25 0.2", "x"], None), (["0 0.5 0.5 0.25 0.2", "x", "1 0.5 0.5 0.1 0.1"], "yolo"),
        (["imagesource:a", "gsd:1", "1 2 3 4 5 6 7 8 text 0"], "dota"), (["0 0 10 20 40 10 0"], "msra"), ([], None), (["", " "], None),
        (["x: [[1 2]], y: [[3 4]]", "a", "b"], "total-text"), (["x: [[1 2]]", "a", "b", "c"], None), (["x: [["], "total-text"),
    ],
)  # fmt: skip
def test_a_file_is_of_the_tool_that_most_of_its_lines_are_of(lines: list[str], format: str | None) -> None:
    assert line_format_of(lines) == format


@pytest.mark.parametrize(("line", "number"), [("03 0.5 0.5 0.25 0.2", "3"), ("3.0 0.5 0.5 0.25 0.2", "3"), ("x 1 2 3 4", ""), ("", "")])  # fmt: skip
def test_a_class_is_the_number_that_a_line_begins_with(line: str, number: str) -> None:
    assert class_of_line(line) == number


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('[{"a": true, "b": null}]', [{"a": True, "b": None}]), ("[{'a': True, 'b': None}]", [{"a": True, "b": None}]),
        ("[{'a': true, 'b': null,},]", [{"a": True, "b": None}]), ("[]", []), ("[[[1, 2], [3, 4]]]", [[[1, 2], [3, 4]]]),
    ],
)  # fmt: skip
def test_a_list_is_read_as_json_or_python_write_it(body: str, told: Any) -> None:
    assert [record.entries for record in records_in(f"1.jpg\t{body}")] == [told]


@pytest.mark.parametrize("body", ["hello", "", "[1, 2", "__import__('os')", "[f()]", "[name]", "1 + 1"])
def test_what_is_no_list_of_values_is_refused_and_never_run(body: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        records_in(f"1.jpg\t{body}")


@pytest.mark.parametrize("body", ["hello", "", "__import__('os')", "1 + 1"])
def test_what_does_not_even_begin_like_one_is_not_looked_at_any_further(body: str, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(ast, "parse", lambda *given, **more: pytest.fail("looked at"))
    with pytest.raises(ValueError, match=r".*"):
        records_in(f"1.jpg\t{body}")


def test_only_those_that_somebody_confirmed_are_checked() -> None:
    text = "C:\\data\\a.jpg\t1\n/x/b.jpg\t0\nc.jpg\t1 \nd.jpg\nno tab 1\n"
    assert ppocrlabel._confirmed(text) == {"a.jpg": "checked", "c.jpg": "checked"}


@pytest.mark.parametrize(
    ("entry", "shape"),
    [
        ([[1, 2], [3, 4], [5, 6]], True), ([[1, 2], [3, 4]], False), ({"points": [[1, 2], [3, 4], [5, 6]], "transcription": "###"}, True),
        ({"transcription": "a"}, False), ("x", False), (None, False),
    ],
)  # fmt: skip
def test_an_entry_is_a_shape_with_points(entry: Any, shape: bool) -> None:
    found = ppocrlabel._shape(entry)
    assert isinstance(found, Shape) is shape
    if isinstance(entry, dict) and found is not None:
        assert (found.text, found.mark) == ("###", "###")
