"""States of labels, kept by their content, come back as they were or are said to be lost; what names one is checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.data.labelling import kept as module
from ocrweb.data.labelling.dismissed import (
    Dismissed,
    DismissedSet,
    parse_dismissed,
    read_dismissed,
    write_dismissed,
)
from ocrweb.data.labelling.drawn import LabelFiles
from ocrweb.data.labelling.kept import KeptLabels, digests_of, keep, kept_files, kept_from
from ocrweb.data.labelling.place import FOLDER, kept_file
from ocrweb.data.labelling.versions import LabelVersion, list_versions, read_version, write_version
from ocrweb.errors import OcrwebError

A, B = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    "files",
    [LabelFiles(None, None), LabelFiles(b"", None), LabelFiles(b"x", b"y"), LabelFiles(None, b"y"), LabelFiles(b"x", b"x")],
)  # fmt: skip
@pytest.mark.parametrize("lasting", [True, False])
def test_a_state_comes_back_as_it_was_and_is_kept_once(files: LabelFiles, lasting: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    write, asked = module.write_whole, list[bool]()
    monkeypatch.setattr(module, "write_whole", lambda file, content, lasting: asked.append(lasting) or write(file, content, lasting=lasting))  # fmt: skip
    kept = keep(tmp_path, files, lasting=lasting)
    assert kept == digests_of(files) == keep(tmp_path, files, lasting=lasting)
    assert kept_files(tmp_path, kept) == files
    assert kept_from(kept.to_list()) == kept
    assert asked == [lasting] * len({part for part in (files.label, files.outlines) if part is not None})


@pytest.mark.parametrize("spoil", [lambda file: file.unlink(), lambda file: file.write_bytes(b"other")])
def test_what_is_gone_or_was_changed_is_lost(spoil: Any, tmp_path: Path) -> None:
    kept = keep(tmp_path, LabelFiles(b"x", b"y"))
    spoil(kept_file(tmp_path, kept.outlines))
    with pytest.raises(OcrwebError, match=r"labels\.lost"):
        kept_files(tmp_path, kept)


@pytest.mark.parametrize(
    ("document", "good"),
    [
        ([A, B], True), (["", ""], True), ([A, ""], True), ([A], False), ([A, B, A], False), (None, False), ("ab", False),
        ([A, None], False), ([A.upper(), B], False), ([A, "../x"], False), ([A, B + "c"], False), ([A, 7], False),
    ],
)  # fmt: skip
def test_only_digests_name_a_state(document: Any, good: bool) -> None:
    assert kept_from(document) == (KeptLabels(*document) if good else None)


def version(at: float, **labels: str) -> LabelVersion:
    return LabelVersion(at, 3, {f"train_images/{name}": KeptLabels(label, "") for name, label in labels.items()}, "run")


def test_versions_are_named_by_their_labels_alone_and_listed_newest_first(tmp_path: Path) -> None:
    first, second = version(10.0, one=A, two=B), version(20.0, one=B)
    assert first.id == version(99.0, two=B, one=A).id != second.id != version(20.0, one=A).id
    assert len(first.id) == 12
    assert list_versions(tmp_path) == []
    for each in (first, second):
        write_version(tmp_path, each)
    assert list_versions(tmp_path) == [second, first]
    assert read_version(tmp_path, first.id) == first
    folder = tmp_path / FOLDER / "versions"
    (folder / f"{first.id}.json").rename(folder / f"{'0' * 12}.json")  # not the labels of its name
    for spoilt in ("{", "[]", '{"at": "x", "boxes": 1, "why": "", "labels": {}}', '{"at": 1, "boxes": 1, "why": "", "labels": []}', '{"at": 1, "boxes": 1, "labels": {}}'):  # fmt: skip
        (folder / f"{'1' * 12}.json").write_text(spoilt)
        assert list_versions(tmp_path) == [second], spoilt
    for identifier in ("", "../x", "0" * 12, "f" * 12, second.id.upper() + "A"):
        assert read_version(tmp_path, identifier) is None


BOX = [10.0, 10.0, 50.0, 10.0, 50.0, 30.0, 10.0, 30.0]


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({}, True), ({"picture": "b"}, False), ({"kind": "missing"}, False), ({"of": "c"}, False), ({"box": None}, False),
        ({"box": [value + 8 for value in BOX]}, False), ({"box": [value + 4 for value in BOX]}, True),
        ({"box": [10.0, 10.0, 50.0, 10.0, 50.0, 20.0, 10.0, 20.0]}, False),  # exactly a half
        ({"box": [10.0, 10.0, 50.0, 10.0, 50.0, 20.5, 10.0, 20.5]}, True),
        ({"box": [10.0, 10.0, 90.0, 10.0, 90.0, 30.0, 10.0, 30.0]}, False),
        ({"box": [10.0, 10.0, 85.0, 10.0, 85.0, 30.0, 10.0, 30.0]}, True),
    ],
    ids=str,
)  # fmt: skip
def test_a_dismissed_one_is_known_again_though_it_is_drawn_otherwise(changes: dict[str, Any], held: bool) -> None:
    known = DismissedSet([Dismissed("a", "extra", tuple(BOX)), Dismissed("z", "extra", tuple(BOX))])
    asked = {"picture": "a", "kind": "extra", "box": BOX, "of": None, **changes}
    box = None if asked["box"] is None else np.array(asked["box"]).reshape(4, 2)
    assert known.holds(asked["picture"], asked["kind"], box, asked["of"]) is held
    whole = DismissedSet([Dismissed("a", "duplicate", None, "b")])
    assert whole.holds("a", "duplicate", None, "b")
    assert not whole.holds("a", "duplicate", None)
    assert not whole.holds("a", "duplicate", np.array(BOX).reshape(4, 2), "b")


GOOD = {"picture": "a", "kind": "extra", "box": BOX, "of": None}


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({}, True), ({"box": None, "of": "b"}, True), ({"score": 0.5}, True), ({"picture": 1}, False), ({"kind": None}, False),
        ({"of": 3}, False), ({"box": BOX[:7]}, False), ({"box": [*BOX, 1.0]}, False), ({"box": [*BOX[:7], "x"]}, False), ({"box": 8}, False),
    ],
    ids=str,
)  # fmt: skip
def test_of_a_list_of_suspects_the_first_that_is_none_is_named(changes: dict[str, Any], good: bool) -> None:
    document = [GOOD, {**GOOD, **changes}]
    if good:
        assert len(parse_dismissed({"suspects": document})) == len(parse_dismissed(document)) == 2
        return
    with pytest.raises(OcrwebError) as refused:
        parse_dismissed(document)
    assert (refused.value.code, refused.value.params) == ("labels.bad-suspects", {"number": 2})


def test_dismissed_ones_come_back_as_they_were_written(tmp_path: Path) -> None:
    both = [Dismissed("票", "extra", tuple(BOX)), Dismissed("a", "duplicate", None, "b")]
    assert read_dismissed(tmp_path) == []
    write_dismissed(tmp_path, both)
    assert read_dismissed(tmp_path) == both
    for spoilt in ("{", "[1]", '{"suspects": 3}'):
        (tmp_path / FOLDER / "dismissed.json").write_text(spoilt)
        assert read_dismissed(tmp_path) == []
