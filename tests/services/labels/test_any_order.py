"""Whatever is saved and restored in whatever order, the dataset stays valid and the original comes back byte by byte."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocrweb.data.icdar import read_split
from ocrweb.data.labelling import files as writer
from ocrweb.data.labelling.drawn import DrawnBox, LabelFiles, drawn_boxes
from ocrweb.data.labelling.files import read_files
from ocrweb.data.validate import ValidateOptions, validate_dataset
from ocrweb.errors import OcrwebError
from ocrweb.services.labels.editing import Edit, put_state, read_labels, restore_labels, save_labels
from ocrweb.services.labels.entries import LabelledSet, labelled_set
from tests.services.labels.conftest import make_set

PICTURES = ["train_images/1.png", "train_images/3.png", "test_images/1.png"]
WIDTH, HEIGHT = 200, 120

whole = st.integers
texts = st.sampled_from(["", "Total", "一 二", "a,b", " x ", "###", "*", '"', "1", "1,2,3,4,5,6,7,8,9"]) | st.text(
    max_size=5
)


@st.composite
def quads(draw: Any) -> DrawnBox:
    left, top = draw(whole(0, WIDTH - 12)), draw(whole(0, HEIGHT - 12))
    right, bottom = draw(whole(left + 4, WIDTH)), draw(whole(top + 4, HEIGHT))
    part = draw(st.sampled_from([0.0, 0.25, 0.5]))
    points = ((left + part, top), (right, top + part), (right - part, bottom), (left, bottom - part))
    return DrawnBox(tuple((float(x), float(y)) for x, y in points), draw(texts), draw(st.booleans()))


@st.composite
def arcs(draw: Any) -> DrawnBox:
    """Five or six points; the same box may come with another outline."""
    dent = draw(whole(1, 4))
    points = [(10, 50), (60, 50 + dent), (110, 50), (110, 80), (60, 80 + draw(whole(0, 3))), (10, 80)]
    return DrawnBox(tuple((float(x), float(y)) for x, y in points), draw(texts), draw(st.booleans()))


deeds = st.lists(
    st.tuples(
        st.sampled_from(PICTURES),
        st.one_of(
            st.tuples(st.just("save"), st.lists(st.one_of(quads(), arcs()), max_size=4)),
            st.tuples(st.just("keep"), st.lists(whole(0, 5), max_size=5)),
            st.tuples(st.just("restore"), st.none()),
            st.tuples(st.just("accept"), st.none()),
        ),
    ),
    max_size=8,
)


def bytes_of(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file() and ".ocrweb_labels" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def do(labelled: LabelledSet, picture: str, deed: str, value: Any) -> None:
    if deed == "restore":
        restore_labels(labelled, picture)
    elif deed == "accept":
        put_state(labelled, [picture], "checked")
    else:
        now = read_labels(labelled, picture)
        boxes = value if deed == "save" else [now.boxes[index] for index in value if index < len(now.boxes)]
        refused = ""
        try:
            saved = save_labels(labelled, picture, Edit(now.version, tuple(boxes)))
        except OcrwebError as error:
            refused = error.code
        if refused:
            assert refused in ("labels.bad-text", "labels.bad-box")
            assert read_labels(labelled, picture) == now
            return
        assert len(saved.boxes) == len(boxes)
        assert read_labels(labelled, picture) == saved


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds)
def test_any_order_of_deeds_keeps_the_dataset_valid_and_the_original(tmp_path: Path, given: list[Any]) -> None:
    shutil.rmtree(tmp_path / "set", ignore_errors=True)
    root = make_set(tmp_path / "set")
    (root / "test_gts" / "1.txt").write_bytes(b"5.5,5.25,60.125,5,60,30,5,30,\xe4\xb8\x80\n")
    before = bytes_of(root)
    labelled = labelled_set(root)
    for picture, (deed, value) in given:
        do(labelled, picture, deed, value)
    report = validate_dataset(root, ValidateOptions(open_pictures=False))
    assert report.severities["error"] == 0, [found.to_dict() for found in report.findings]
    assert "label.lost-outline" not in report.rules
    read_split(root, "train")
    for picture in PICTURES:
        restore_labels(labelled, picture)
    assert bytes_of(root) == before


ARC = DrawnBox(((10.0, 50.0), (60.0, 52.0), (110.0, 50.0), (110.0, 80.0), (60.0, 82.0), (10.0, 80.0)))
DEEPER = DrawnBox(((10.0, 50.0), (60.0, 54.0), (110.0, 50.0), (110.0, 80.0), (60.0, 82.0), (10.0, 80.0)))
LINE = DrawnBox(((20.0, 10.0), (90.0, 10.0), (90.0, 30.0), (20.0, 30.0)))


@pytest.mark.parametrize(
    ("old", "new"),
    [((LINE,), (ARC,)), ((ARC, LINE), (DEEPER,)), ((ARC,), ()), ((ARC,), (DEEPER, LINE)), ((LINE, ARC), (ARC,))],
    ids=["a polygon comes", "another outline of one box", "all go", "one is bent and one comes", "one goes"],
)
def test_who_looks_between_two_writes_sees_the_old_boxes_or_the_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: tuple[DrawnBox, ...], new: tuple[DrawnBox, ...]
) -> None:
    """As after a kill at that instant."""
    labelled = labelled_set(make_set(tmp_path / "set"))
    place = labelled.place("train_images/2.png")
    first = save_labels(labelled, place.picture, Edit(read_labels(labelled, place.picture).version, old))
    seen: list[list[DrawnBox]] = []

    def look(*_: Any, **__: Any) -> None:
        seen.append(drawn_boxes(read_files(place.label)))

    for name in ("write_whole", "_remove"):
        real = getattr(writer, name)

        def looked_at(*given: Any, real: Any = real, **more: Any) -> None:
            look()
            real(*given, **more)
            look()

        monkeypatch.setattr(writer, name, looked_at)
    last = save_labels(labelled, place.picture, Edit(first.version, new))
    assert len(seen) >= 2
    assert all(boxes in (list(first.boxes), list(last.boxes)) for boxes in seen)
    assert [box.points for box in last.boxes] == [box.points for box in new]


def test_a_save_that_fails_midway_leaves_the_labels_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled = labelled_set(make_set(tmp_path / "set"))
    before = bytes_of(labelled.root)
    first = read_labels(labelled, PICTURES[0])

    def full(path: Path, *_: Any, **__: Any) -> None:
        raise OcrwebError("usage.disk-full", path=str(path))

    monkeypatch.setattr(writer, "write_whole", full)
    with pytest.raises(OcrwebError):
        save_labels(labelled, PICTURES[0], Edit(first.version, (LINE,)))
    monkeypatch.undo()
    assert bytes_of(labelled.root) == before
    assert read_labels(labelled, PICTURES[0]) == first
    assert save_labels(labelled, PICTURES[0], Edit(first.version, (LINE,))).boxes == (LINE,)


def test_a_state_is_told_apart_by_its_bytes() -> None:
    states = [LabelFiles(None), LabelFiles(b""), LabelFiles(b"", b""), LabelFiles(b"a"), LabelFiles(b"", b"a")]
    assert len({state.version for state in states}) == len(states)
