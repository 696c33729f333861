"""Every picture of the parts asked for is looked at once; what a person has dismissed and what nobody labelled is left out."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.data.checks.finding import DatasetError
from ocrweb.data.sample import Sample
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.suspects.suspects import Suspect
from ocrweb.services.datasets import suspects as service
from ocrweb.services.datasets.suspects import SuspectsRequest, find_suspects
from tests.data.corpus import content, make_good

BOX = np.array([[5.4, 5], [40, 5], [40, 20.6], [5, 20]], np.float64)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_good(tmp_path / "good")


class Looked:
    """A model that finds of each picture what is put down for it. least: of each look."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.found: dict[str, list[Suspect]] = {}
        self.pictures: list[str] = []
        self.least: set[float] = set()
        self.alike: list[tuple[int, int, float]] = []
        self.compared: tuple[int, int] = (0, 0)
        monkeypatch.setattr(service, "_look", self._look)
        monkeypatch.setattr(service, "suspects", self._suspects)
        monkeypatch.setattr(service, "thumbnail", lambda gray: gray)
        monkeypatch.setattr(service, "alike", self._alike)

    def _look(self, detector: Any, sample: Sample, request: SuspectsRequest) -> Any:
        name = f"{sample.image.parent.name}/{sample.image.name}"
        self.pictures.append(name)
        return SimpleNamespace(name=name, gray=name)

    def _suspects(self, look: Any, least: float) -> list[Suspect]:
        self.least.add(least)
        return self.found.get(look.name, [])

    def _alike(self, first: list[str], second: list[str]) -> list[tuple[int, int, float]]:
        assert {name.split("_")[0] for name in first} <= {"test"}
        assert {name.split("_")[0] for name in second} <= {"train"}
        self.compared = (len(first), len(second))
        return self.alike


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Looked:
    return Looked(monkeypatch)


def asked(root: Path, **more: Any) -> SuspectsRequest:
    detect: Any = SimpleNamespace(detector=lambda: SimpleNamespace(model="mine"), resize=None)
    return SuspectsRequest(root, detect, **more)


def test_the_surest_come_first_with_the_line_of_their_label_and_the_pair_of_a_duplicate(
    root: Path, looked: Looked
) -> None:
    first = "train_images/1.jpg"
    looked.found = {
        first: [Suspect("extra", 0.40004, BOX, (1,)), Suspect("missing", 0.7, BOX, ())],
        "test_images/1.jpg": [Suspect("joined", 0.9, BOX, (0, 1))],
    }
    looked.alike = [(0, 1, 0.8)]
    content("train_gts/1.txt", b"5,5,40,5,40,20,5,20,a\n\n5,25,40,25,40,40,5,40,b\n")(root)
    told: list[tuple[int, int]] = []
    report = find_suspects(asked(root, least=0.3), lambda done, total: told.append((done, total)))
    document = report.to_dict()
    count = len(looked.pictures)
    assert [
        (entry["picture"], entry["kind"], entry["score"], entry["label_line"]) for entry in document["suspects"]
    ] == [
        ("test_images/1.jpg", "joined", 0.9, 1),
        ("test_images/1.jpg", "duplicate", 0.8, None),
        (first, "missing", 0.7, None),
        (first, "extra", 0.4, 3),
    ]
    assert document["suspects"][1] == {
        "picture": "test_images/1.jpg", "kind": "duplicate", "score": 0.8, "box": None, "label_line": None,
        "of": looked.pictures[1],
    }  # fmt: skip
    assert document["suspects"][3]["box"] == [5, 5, 40, 5, 40, 21, 5, 20]
    assert "of" not in document["suspects"][0]
    assert told == [(done, count) for done in range(1, count + 1)]
    assert (document["pictures"], document["model"], looked.least) == (count, "mine", {0.3})
    assert len(set(looked.pictures)) == count
    assert sum(looked.compared) == count


def test_what_was_dismissed_is_left_out_and_nothing_else(
    root: Path, looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ocrweb.data.labelling.dismissed import Dismissed

    numbers = tuple(float(value) for value in BOX.reshape(-1))
    dismissed = [Dismissed("train_images/1.jpg", "extra", numbers)]
    monkeypatch.setattr(service, "read_dismissed", lambda folder: dismissed if folder == root else [])
    looked.found = {
        name: [Suspect("extra", 0.5, BOX, (0,)), Suspect("shifted", 0.4, BOX, (0,))]
        for name in ("train_images/1.jpg", "train_images/2.jpg")
    }
    entries = find_suspects(asked(root)).entries
    assert [(entry.picture[-5], entry.kind) for entry in entries] == [
        ("2", "extra"),
        ("1", "shifted"),
        ("2", "shifted"),
    ]


@pytest.mark.parametrize(("splits", "parts"), [(("test",), {"test"}), (("train",), {"train"}), (("train", "test"), {"train", "test"})])  # fmt: skip
def test_only_the_parts_asked_for_are_looked_at(
    root: Path, looked: Looked, splits: tuple[Any, ...], parts: set[str]
) -> None:
    report = find_suspects(asked(root, splits=splits))
    assert {name.split("_")[0] for name in looked.pictures} == parts
    assert report.pictures == len(looked.pictures)
    assert report.boxes > 0


def test_a_part_whose_boxes_are_all_ignored_or_whose_list_is_empty_or_gone_has_nothing_to_doubt(
    root: Path, looked: Looked
) -> None:
    for label in (root / "test_gts").iterdir():
        content(f"test_gts/{label.name}", b"5,5,40,5,40,20,5,20,###\n")(root)
    assert find_suspects(asked(root)).pictures == sum(name.startswith("train") for name in looked.pictures) > 0
    assert not any(name.startswith("test") for name in looked.pictures)
    for spoil in (lambda path: path.write_bytes(b""), lambda path: path.unlink()):
        spoil(root / "test_list.txt")
        looked.pictures.clear()
        assert find_suspects(asked(root)).pictures == len(looked.pictures) > 0
    with pytest.raises(OcrwebError) as refused:
        find_suspects(asked(root, splits=("test",)))
    assert (refused.value.code, refused.value.params) == (
        "evaluation.no-pictures", {"split": "test", "dataset": "good"},
    )  # fmt: skip


def test_a_dataset_that_is_broken_in_another_way_is_said_to_be(root: Path, looked: Looked) -> None:
    content("train_gts/1.txt", b"not a label\n")(root)
    with pytest.raises(DatasetError):
        find_suspects(asked(root))
    assert looked.pictures == []
