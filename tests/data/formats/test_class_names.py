"""Names of YOLO's classes: nearest first, those that mean "ignore" do, several others are said."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.data.formats.class_names import class_names, nearest_names
from ocrweb.data.formats.plan import ImportOptions, plan_import
from ocrweb.data.formats.report import ImportReport
from ocrweb.data.formats.tree import read_source
from ocrweb.data.formats.write import report_of
from tests.data.formats.sources import put

TWO = "0 0.25 0.25 0.4 0.16\n1 0.25 0.6 0.4 0.16\n"


def report(root: Path, **options: tuple[str, ...]) -> ImportReport:
    return report_of(plan_import(root, ImportOptions(val_ratio=0, **options)))  # type: ignore[arg-type]


def test_names_of_the_nearest_folder_count(tmp_path: Path) -> None:
    for name, content in {"classes.txt": "far\n", "a/labels/classes.txt": "near\nignore\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    known = class_names(read_source(tmp_path))
    assert nearest_names(known, "a/labels/1.txt") == {"0": "near", "1": "ignore"}
    assert nearest_names(known, "b/labels/1.txt") == {"0": "far"}
    assert nearest_names({"elsewhere": {"0": "text"}}, "b/1.txt") == {"0": "text"}


@pytest.mark.parametrize("content", ["names: [\x00", "names: 3", "- a", "names:\n  0: [text", ""])
def test_a_list_that_cannot_be_read_names_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "data.yaml").write_text(content)
    assert class_names(read_source(tmp_path)) == {}


def test_a_class_that_ignores_is_said_and_can_be_taken_as_text(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "1.txt").write_text(TWO)
    (tmp_path / "data.yaml").write_text("names: [text, dont_care]\n")
    assert report(tmp_path).ignored_because == {"dont_care": 1}
    assert report(tmp_path, not_marks=("dont_care",)).ignored_because == {}
    assert report(tmp_path).counts["categories"] == 0


def test_several_classes_that_count_as_text_are_said(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "1.txt").write_text(TWO)
    (tmp_path / "data.yaml").write_text("names: [text, logo, unused]\n")
    found = report(tmp_path)
    assert [problem.detail for problem in found.problems if problem.kind == "categories"] == ["logo, text"]
    assert found.accounted
