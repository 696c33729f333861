"""A table of Total-Text is read row by row, and one of another form is told as it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.data.formats import total_text_mat
from ocrweb.data.formats.annotated import Shape
from ocrweb.data.formats.total_text_mat import NAMES, is_total_text, shapes_in_mat

X, Y = np.array([1, 2, 3]), np.array([4, 5, 6])


def table(monkeypatch: pytest.MonkeyPatch, rows: list[list[Any]], columns: int, name: str = "polygt") -> None:
    """Cells lie column by column in such a file."""
    made = [[SimpleNamespace(values=value) for value in row] for row in rows]
    parts = [row[column] for column in range(columns) for row in made]
    whole = SimpleNamespace(name=name, shape=(len(rows), columns), parts=parts)
    monkeypatch.setattr(total_text_mat, "arrays_in", lambda data, names: {name: whole})
    monkeypatch.setattr(total_text_mat, "cells", lambda table: table.parts)


@pytest.mark.parametrize(
    ("columns", "mark"), [(5, ""), (6, "#"), (7, "#")], ids=["no orientation", "orientation", "something more"]
)
@pytest.mark.parametrize("name", NAMES)
def test_rows_are_texts_with_what_the_columns_say(columns: int, mark: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    row = ["x:", X, "y:", Y, "word", "#", "more"][:columns]
    table(monkeypatch, [row, ["x:", Y, "y:", X, "other", "c", "more"][:columns]], columns, name)
    (first, one), (second, other) = shapes_in_mat(b"")
    assert isinstance(one, Shape)
    assert isinstance(other, Shape)
    assert (first, second, one.text, other.text) == (1, 2, "word", "other")
    assert (one.mark, other.mark) == (mark, "")
    np.testing.assert_array_equal(one.points, [[1, 4], [2, 5], [3, 6]])
    assert one.points.dtype == np.float64


@pytest.mark.parametrize("columns", [3, 4])
def test_a_table_without_a_column_for_texts_is_another_one(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    table(monkeypatch, [["x:", X, "y:", Y][:columns]], columns)
    with pytest.raises(ValueError, match=rf"polygt of 1 × {columns}"):
        shapes_in_mat(b"")


def test_a_table_whose_cells_are_missing_is_told_and_an_empty_one_has_no_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    table(monkeypatch, [["x:", X, "y:", Y, "a"]], 5)
    monkeypatch.setattr(total_text_mat, "cells", lambda table: table.parts[:-1])
    with pytest.raises(ValueError, match="of 1 × 5"):
        shapes_in_mat(b"")
    monkeypatch.setattr(total_text_mat, "cells", lambda table: [])
    assert shapes_in_mat(b"") == []


@pytest.mark.parametrize(
    ("across", "down", "text", "said"),
    [
        (X, Y[:2], "word", "word"), (X, Y[:2], "", "points"), (X[:1], Y[:1], "", "points"), ("x", Y, "", "points"),
        (X, "y", "word", "word"), (X, Y[:2], X, "points"),
    ],
)  # fmt: skip
def test_a_row_without_points_says_what_stands_there(across: Any, down: Any, text: Any, said: str, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    table(monkeypatch, [["x:", across, "y:", down, text]], 5)
    assert shapes_in_mat(b"") == [(1, said)]
    table(monkeypatch, [["x:", X[:2], "y:", Y[:2], "two"]], 5)
    assert isinstance(shapes_in_mat(b"")[0][1], Shape)


def test_a_file_of_another_kind_is_none() -> None:
    assert not is_total_text(b"polygt")
