"""The plan of a job stays what it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.cluster.manifest import finished, report_of, settle
from ocrweb.services.cluster.rows import to_parquet
from ocrweb.services.cluster.shard import ShardReport
from ocrweb.services.cluster.store import Store, opened

SETTINGS = {"model": "m", "threshold": 0.2}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for number in range(5):
        (tmp_path / "in" / f"{number}.jpg").touch()
    return tmp_path / "in"


@pytest.fixture
def out(tmp_path: Path) -> Store:
    return opened(str(tmp_path / "out"))


def test_a_job_begun_again_has_the_same_parts_although_pictures_came_and_the_size_is_another(
    folder: Path, out: Store
) -> None:
    first = settle(out, [str(folder)], SETTINGS, 2)
    (folder / "0.5.jpg").touch()
    assert settle(out, [str(folder)], SETTINGS, 4) == first
    assert [len(part.addresses) for part in first] == [2, 2, 1]


def test_written_parts_are_known_with_what_became_of_them(folder: Path, out: Store) -> None:
    settle(out, [str(folder)], SETTINGS, 2)
    assert finished(out) == set()
    report = ShardReport("part-000001", 2, 1, 7)
    out.at("part-000001.parquet").write(to_parquet([], report.to_dict()))
    assert finished(out) == {"part-000001"}
    assert report_of(out, "part-000001") == report


def test_other_settings_or_inputs_are_another_job(folder: Path, out: Store) -> None:
    settle(out, [str(folder)], SETTINGS, 2)
    for inputs, settings in (([str(folder)], {**SETTINGS, "threshold": 0.3}), ([f"{folder}/1.jpg"], SETTINGS)):
        with pytest.raises(OcrwebError) as caught:
            settle(out, inputs, settings, 2)
        assert caught.value.code == "batch.other-settings"


def test_a_folder_of_other_tables_is_left_alone(folder: Path, out: Store) -> None:
    out.at("sales.parquet").write(b"")
    with pytest.raises(OcrwebError) as caught:
        settle(out, [str(folder)], SETTINGS, 2)
    assert caught.value.code == "cluster.not-empty"


@pytest.mark.parametrize(
    ("name", "content"),
    [("_manifest.json", b"{"), ("_manifest.json", b"[]"), ("_shards.jsonl", b"{}\n"), ("_shards.jsonl", b"")],
)
def test_a_plan_that_cannot_be_read_is_told(folder: Path, out: Store, name: str, content: bytes) -> None:
    settle(out, [str(folder)], SETTINGS, 2)
    out.at(name).write(content)
    with pytest.raises(OcrwebError) as caught:
        settle(out, [str(folder)], SETTINGS, 2)
    assert caught.value.code == "cluster.damaged-plan"


def test_a_kill_before_the_plan_is_whole_leaves_none(folder: Path, out: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Store.write

    def killed(self: Store, content: bytes) -> None:
        if self.path.endswith("_manifest.json"):
            raise KeyboardInterrupt
        write(self, content)

    monkeypatch.setattr(Store, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        settle(out, [str(folder)], SETTINGS, 2)
    monkeypatch.undo()
    (folder / "new.jpg").touch()
    assert sum(len(part.addresses) for part in settle(out, [str(folder)], SETTINGS, 2)) == 6
