"""The strict reader: what it loads, what it refuses and where, and that it agrees with the validator on anything."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrweb.data.checks.finding import DatasetError, Finding
from ocrweb.data.checks.label_file import check_in_picture, scan_label_bytes
from ocrweb.data.checks.label_line import scan_label_lines
from ocrweb.data.checks.list_line import scan_list_line
from ocrweb.data.icdar import (
    dataset_hash,
    format_label_line,
    read_labels,
    read_split,
    write_split,
)
from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.data.validate import ValidateOptions, validate_dataset
from ocrweb.errors import OcrwebError
from tests.data.corpus import box_of_line, make_good, picture

NUMBERS = st.one_of(
    st.integers(-10, 80).map(str),
    st.floats(-10, 80, width=32).map(lambda value: f"{value:.2f}"),
    st.sampled_from(["", "nan", "1e9", "１２", "x", "1 2", "-", "1_0", "\u200b7"]),
)
SEPARATORS = st.sampled_from([",", ",", ",", ",", "，", ", ", "\t", ";", " ", "\u3000", ",\u200b"])
TEXTS = st.one_of(st.sampled_from(["", "###", "*", "abc", " a", "a ", "a,b", "，", "\t"]), st.text(max_size=5))


@st.composite
def label_lines(draw: st.DrawFn) -> str:
    count = draw(st.sampled_from([8, 8, 8, 8, 0, 1, 7, 9]))
    parts = [draw(NUMBERS if draw(st.integers(0, 9)) == 0 else st.integers(0, 70).map(str)) for _ in range(count)]
    separator = draw(SEPARATORS)
    return separator.join([*parts, draw(TEXTS)]).replace("\n", " ")


LABEL_BYTES = st.one_of(
    st.lists(st.one_of(label_lines(), st.text(max_size=12)), max_size=5).map(lambda lines: "\n".join(lines).encode()),
    st.lists(label_lines(), max_size=3).map(lambda lines: "\r\n".join(lines).encode("gb18030")),
    st.binary(max_size=60),
)
NAMES = st.sampled_from(
    [
        "train_images/1.jpg",
        "train_gts/1.txt",
        "1.jpg",
        "1.txt",
        "../1.jpg",
        "/a/1.jpg",
        "train_images/1.JPG",
        "C:\\1.jpg",
        "x",
    ]
)
LIST_LINES = st.one_of(
    st.tuples(NAMES, st.sampled_from([" ", "  ", "\t", ",", "\u3000", ""]), NAMES).map("".join),
    st.text(max_size=20),
)


def box(*numbers: float, text: str = "abc") -> LabelledBox:
    return LabelledBox(np.array(numbers, np.float32).reshape(4, 2), text, text in ("###", "*"))


def refused(read: Callable[[], Any]) -> tuple[Finding | None, Any]:
    """The finding that a reader refuses with, or what it read."""
    try:
        return None, read()
    except DatasetError as refusal:
        return refusal.found, None


class TestLines:
    def test_a_line_is_cut_at_its_first_eight_commas(self) -> None:
        read = box_of_line("1,2,30,2,30,20,1,20,TOTAL: 1,234.50, 5%")
        assert read == box(1, 2, 30, 2, 30, 20, 1, 20, text="TOTAL: 1,234.50, 5%")
        assert read.points.dtype == np.float32
        assert read.points.shape == (4, 2)

    @pytest.mark.parametrize("text", ["###", "*"])
    def test_ignored_texts(self, text: str) -> None:
        assert box_of_line(f"1,2,30,2,30,20,1,20,{text}").ignore

    def test_points_come_clockwise(self) -> None:
        assert box_of_line("1,2,1,20,30,20,30,2,abc") == box(1, 2, 30, 2, 30, 20, 1, 20)

    @pytest.mark.parametrize(
        "line", ["a\nb", "1,2,3", "1,2,30,2,30,20,1,20,", "1，2，30，2，30，20，1，20，a", "\ud800"]
    )
    def test_refused_lines(self, tmp_path: Path, line: str) -> None:
        (tmp_path / "1.txt").write_bytes(line.encode("utf-8", "surrogatepass"))
        with pytest.raises(OcrwebError) as refusal:
            read_labels(tmp_path / "1.txt")
        assert refusal.value.message("zh")
        assert refusal.value.hint("en")

    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(st.floats(0, 3000, width=32), min_size=2, max_size=2),
        st.floats(2, 500, width=32),
        st.floats(2, 300, width=32),
        st.floats(-1.5, 1.5),
        st.text(max_size=8),
    )
    def test_a_written_line_reads_back_to_the_same_points(
        self, corner: list[float], width: float, height: float, angle: float, text: str
    ) -> None:
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        points = np.array([[0, 0], [width, 0], [width, height], [0, height]]) @ turn
        points = (points - points.min(axis=0) + corner).astype(np.float32)
        read = box_of_line(format_label_line(LabelledBox(points, text, False)))
        assert np.array_equal(read.points, points)
        assert not read.ignore

    def test_an_outline_is_no_label_line(self) -> None:
        with pytest.raises(OcrwebError, match="5 points"):
            format_label_line(LabelledBox(np.zeros((5, 2), np.float32), "a", False))

    @settings(max_examples=200, deadline=None)
    @given(st.one_of(label_lines(), st.text(max_size=30)))
    def test_no_line_makes_the_scanners_raise(self, line: str) -> None:
        scan_list_line(line, "train")
        for scanned in filter(None, scan_label_lines([line])):
            assert scanned.findings or scanned.mended == line
            assert len(scanned.numbers) in (0, 8)

    @pytest.mark.parametrize("line", [" " * 200_000 + "x", "1," + " \t" * 100_000 + "x", "1" * 200_000, ",a" * 100_000])
    def test_long_lines_are_judged_too(self, line: str) -> None:
        (scanned,) = scan_label_lines([line])
        assert scanned is not None
        assert scanned.findings
        assert scan_list_line(line, "train").findings


class TestFiles:
    @settings(max_examples=200, deadline=None)
    @given(LABEL_BYTES)
    def test_the_reader_refuses_exactly_what_the_validator_calls_an_error(self, data: bytes) -> None:
        labels = scan_label_bytes(data)
        findings = [*labels.findings, *check_in_picture(labels, None)]
        errors = {(found.rule, found.line) for found in findings if found.severity == "error"}
        path = SCRATCH / "1.txt"
        path.write_bytes(data)
        refusal, boxes = refused(lambda: read_labels(path))
        if refusal is None:
            assert not errors
            assert len(boxes or ()) == len(labels.texts)
            assert all(np.isfinite(read.points).all() for read in boxes or ())
        else:
            assert (refusal.rule, refusal.line) in errors

    def test_a_refusal_names_file_and_line_in_both_languages(self, tmp_path: Path) -> None:
        root = make_good(tmp_path / "data")
        (root / "train_gts/3.txt").write_text("5,5,40,5,40,20,5,20,a\n1,2,3\n")
        with pytest.raises(OcrwebError) as refusal:
            read_split(root, "train")
        error = pickle.loads(pickle.dumps(refusal.value))
        assert error.code == "dataset.label-too-few"
        assert error.where == "train_gts/3.txt:2"
        assert error.message("en").startswith("train_gts/3.txt:2: Only 3 of 8")
        assert error.message("zh").startswith("train_gts/3.txt:2: 此行只有 3 个坐标")

    @settings(max_examples=120, deadline=None)
    @given(st.lists(LIST_LINES, max_size=4).map("\n".join).map(lambda text: text.encode("utf-8", "surrogatepass")))
    def test_lists_are_judged_alike(self, data: bytes) -> None:
        root = SCRATCH / "data"
        if not root.exists():
            make_good(root)
        (root / "train_list.txt").write_bytes(data)
        report = validate_dataset(root, ValidateOptions(open_pictures=False))
        errors = {(found.rule, found.where) for found in report.findings if found.severity == "error"}
        refusal, samples = refused(lambda: read_split(root, "train", pictures=False))
        if refusal is None:
            assert not errors
            assert samples
        else:
            assert (refusal.rule, refusal.where) in errors


class TestDatasets:
    def test_samples_come_in_the_order_of_the_list(self, tmp_path: Path) -> None:
        root = make_good(tmp_path / "data")
        samples = read_split(root, "train")
        assert [sample.image.name for sample in samples] == [f"{n}.jpg" for n in range(1, 11)]
        assert all(sample.image.is_file() and sample.label and sample.label.is_file() for sample in samples)
        assert [read.ignore for read in samples[0].boxes] == [False, True]

    def test_an_empty_test_part_has_no_samples(self, tmp_path: Path) -> None:
        root = make_good(tmp_path / "data")
        (root / "test_list.txt").write_text("")
        assert read_split(root, "test") == []

    def test_no_folder_and_no_dataset(self, tmp_path: Path) -> None:
        with pytest.raises(OcrwebError, match="does not exist"):
            read_split(tmp_path / "nothing", "train")
        file = tmp_path / "file"
        file.write_text("x")
        with pytest.raises(OcrwebError, match="not a dataset folder"):
            read_split(file, "train")

    def test_what_is_written_is_valid_and_reads_back(self, tmp_path: Path) -> None:
        names = ["a.jpg", "with blank.jpg", "中文.png", "photo.JPEG", "A.png"]
        samples = []
        for number, name in enumerate(names):
            source = tmp_path / "in" / str(number) / name
            source.parent.mkdir(parents=True)
            source.write_bytes(picture(number, suffix=".png" if name.endswith("png") else ".jpg"))
            samples.append(
                Sample(source, None, (box(5, 5, 40, 5, 40, 20, 5, 20), box(5, 25, 50, 25, 50, 40, 5, 40, text="*")))
            )
        root = tmp_path / "out"
        assert write_split(root, "train", samples) == len(names)
        assert write_split(root, "test", []) == 0
        assert set(validate_dataset(root).rules) == {"stats.few-pictures"}
        assert [sample.boxes for sample in read_split(root, "train")] == [sample.boxes for sample in samples]

    def test_the_hash_tells_contents_apart_and_nothing_else(self, tmp_path: Path) -> None:
        first, second = make_good(tmp_path / "a"), make_good(tmp_path / "b")
        (second / "notes.md").write_text("not a part of it")
        assert dataset_hash(first) == dataset_hash(second)
        (second / "test_gts/1.txt").write_text("")
        assert dataset_hash(first) != dataset_hash(second)


SCRATCH = Path()


@pytest.fixture(autouse=True, scope="module")
def _scratch(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One folder for all examples of a property."""
    global SCRATCH
    SCRATCH = tmp_path_factory.mktemp("reader")
