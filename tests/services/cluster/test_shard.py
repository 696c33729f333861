"""One part, from its pictures to its file, without a cluster."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.detector import Detector
from ocrweb.services.cluster.inputs import plan
from ocrweb.services.cluster.ledger import Ledger
from ocrweb.services.cluster.rows import from_parquet
from ocrweb.services.cluster.shard import ShardWork
from tests.services.cluster.conftest import bright


class Kept:
    """The ledger's page, written directly."""

    def __init__(self, ledger: Ledger, part: str) -> None:
        self.ledger, self.part = ledger, part
        self.ended = ledger.start(part)
        self.together = 0

    def before(self, place: int) -> int:
        return self.ended.get(place, 0)

    def begin(self, place: int) -> None:
        self.ledger.begin(self.part, place)
        self.together = max(self.together, len(self.ledger._working[self.part]))

    def end(self, place: int) -> None:
        self.ledger.end(self.part, place)


class Killed(BaseException):
    """Stands for the end of a worker: nothing in it catches that."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(1, 6):
        (folder / f"{number}.png").write_bytes(bright(number))
    (folder / "3.png").write_bytes(b"broken")
    return folder


def rows(work: ShardWork) -> list[tuple[str, int, str]]:
    """Name, boxes and code of the error of each row."""
    found = from_parquet(work.out.at("part-000000.parquet").read())
    return [(Path(row["image_path"]).name, len(row["boxes"]), (row["error"] or {}).get("code", "")) for row in found]


def test_every_picture_is_a_row_in_order_and_a_bad_one_has_its_code(work: ShardWork, folder: Path) -> None:
    (shard,) = plan([str(folder)], 10)
    report = work.answer(shard, Kept(Ledger(), shard.name))
    found = rows(work)
    assert [row[:2] for row in found] == [("1.png", 1), ("2.png", 2), ("3.png", 0), ("4.png", 4), ("5.png", 5)]
    assert [code for _, _, code in found if code] == ["image.is-text"]
    assert (report.pictures, report.failed, report.boxes) == (5, 1, 12)
    drawn = zipfile.ZipFile(io.BytesIO(work.out.at("overlays/part-000000.zip").read()))
    assert drawn.namelist() == ["1.jpg", "2.jpg", "4.jpg", "5.jpg"]


def poison(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[str]:
    """Pictures of these names end the worker; the names of all that were looked at."""
    seen: list[str] = []
    regions = Detector.regions

    def deadly(self: Detector, page: object, *rest: object, image_path: str = "") -> object:
        seen.append(Path(image_path).name)
        if seen[-1] in names:
            raise Killed
        return regions(self, page, *rest, image_path=image_path)  # type: ignore[arg-type]

    monkeypatch.setattr(Detector, "regions", deadly)
    return seen


def answered_at_last(work: ShardWork, folder: Path, ledger: Ledger) -> int:
    """As a cluster does it: again after each end of a worker. How many there were."""
    (shard,) = plan([str(folder)], 10)
    for ends in range(10):
        try:
            work.answer(shard, Kept(ledger, shard.name))
        except Killed:
            assert work.out.names() == set()
        else:
            return ends
    raise AssertionError("the part is never done")


@pytest.mark.parametrize("names", [("2.png",), ("1.png", "5.png")], ids=["one", "two"])
def test_a_poisonous_picture_is_tried_twice_and_those_beside_it_are_answered(
    work: ShardWork, folder: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    seen = poison(monkeypatch, *names)
    ends = answered_at_last(work, folder, Ledger())
    found = {name: (boxes, code) for name, boxes, code in rows(work)}
    assert {name: code for name, (_, code) in found.items() if code.startswith("cluster")} == dict.fromkeys(
        names, "cluster.poisonous"
    )
    assert [seen.count(name) for name in names] == [2] * len(names)
    assert ends == 2 * len(names)
    assert {found[f"{number}.png"][0] for number in (1, 2, 4, 5) if f"{number}.png" not in names} == {
        number for number in (1, 2, 4, 5) if f"{number}.png" not in names
    }


def test_a_suspect_has_nothing_beside_it_in_work(work: ShardWork, folder: Path) -> None:
    (shard,) = plan([str(folder)], 10)
    ledger = Ledger()
    fresh = Kept(ledger, shard.name)
    work.answer(shard, fresh)
    assert fresh.together == 2
    ledger.start(shard.name)
    for place in range(5):
        ledger.begin(shard.name, place)
    again = Kept(ledger, shard.name)
    work.answer(shard, again)
    assert again.together == 1
    assert [code for _, _, code in rows(work) if code.startswith("cluster")] == []


def test_an_archive_that_ends_its_worker_while_it_is_read_gives_what_came_before_and_one_row(
    work: ShardWork, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("1.png", bright(1))
        archive.writestr("2.png", bright(2))
    from ocrweb.services.cluster import pieces

    told = pieces._is_picture

    def deadly(name: str) -> bool:
        if name == "2.png":
            raise Killed
        return told(name)

    monkeypatch.setattr(pieces, "_is_picture", deadly)
    answered_at_last(work, folder / "a.zip", Ledger())
    assert [(name, code) for name, _, code in rows(work)] == [("1.png", ""), ("a.zip", "cluster.poisonous")]


def test_an_odd_failure_is_a_row_too(work: ShardWork, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(self: Detector, *given: object, **named: object) -> None:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr(Detector, "regions", odd)
    (shard,) = plan([str(folder / "1.png")], 10)
    work.answer(shard, Kept(Ledger(), shard.name))
    assert [code for _, _, code in rows(work)] == ["usage.internal"]


def test_a_folder_that_cannot_be_written_stops_the_job(
    work: ShardWork, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ocrweb.services.cluster.store.write_bytes", full)
    (shard,) = plan([str(folder)], 10)
    with pytest.raises(OcrwebError) as caught:
        work.answer(shard, Kept(Ledger(), shard.name))
    assert caught.value.code == "usage.disk-full"
