"""Which pictures a job names, and into which parts they go."""

from __future__ import annotations

from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from ocrweb.errors import OcrwebError
from ocrweb.services.cluster.inputs import MARK, Shard, plan
from ocrweb.services.cluster.store import opened
from ocrweb.services.intake.sources import RUN_MARK


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def planned(*inputs: Path | str, size: int = 10) -> list[tuple[str, list[str]]]:
    """Kind and file names of each part."""
    return [
        (part.kind, [Path(one).name for one in part.addresses]) for part in plan([str(one) for one in inputs], size)
    ]


def test_a_folder_gives_its_pictures_in_natural_order_and_archives_as_parts_of_their_own(tmp_path: Path) -> None:
    touch(tmp_path, "10.jpg", "2.JPG", "deep/3.pdf", "note.txt", ".hidden.jpg", ".git/x.png", "b.tar.gz", "a.zip")
    assert planned(tmp_path, size=2) == [
        ("files", ["2.JPG", "10.jpg"]),
        ("files", ["3.pdf"]),
        ("zip", ["a.zip"]),
        ("tar", ["b.tar.gz"]),
    ]
    assert [part.name for part in plan([str(tmp_path)], 2)] == [f"part-{number:06d}" for number in range(4)]


def test_results_of_earlier_work_are_not_pictures(tmp_path: Path) -> None:
    touch(tmp_path, "1.jpg", f"job/{MARK}", "job/overlays/part-000000.zip", "job/part-000000.parquet")
    touch(tmp_path, f"batch/{RUN_MARK}", "batch/visualization/1_result.png", "batch/2.png")
    assert planned(tmp_path) == [("files", ["1.jpg", "2.png"])]


def test_a_list_names_files_from_its_own_folder_and_nothing_twice(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "deep/b.jpg")
    (tmp_path / "these.txt").write_text(f"\ufeffa.jpg\n\n# no\n deep/b.jpg \n{tmp_path}/a.jpg\nmemory://bucket/c.jpg\n")
    assert planned(tmp_path / "these.txt", tmp_path / "a.jpg") == [("files", ["a.jpg", "b.jpg", "c.jpg"])]


def test_a_folder_of_an_object_store(tmp_path: Path) -> None:
    bucket = f"memory://{tmp_path.name}"
    for name in ("x/2.jpg", "x/10.jpg", "x/shard.tar"):
        opened(f"{bucket}/{name}").write(b"")
    parts = plan([f"{bucket}/x"], 10)
    assert [part.addresses for part in parts] == [
        (f"{bucket}/x/2.jpg", f"{bucket}/x/10.jpg"),
        (f"{bucket}/x/shard.tar",),
    ]


def table(path: Path, rows: int, group: int, column: str = "bytes") -> Path:
    parquet.write_table(pyarrow.table({column: [b""] * rows}), path, row_group_size=group)
    return path


def test_a_table_is_cut_between_its_row_groups(tmp_path: Path) -> None:
    parts = plan([str(table(tmp_path / "a.parquet", 7, 2))], 4)
    assert [(part.first, part.count) for part in parts] == [(0, 2), (2, 2)]


def test_a_part_survives_being_written_down() -> None:
    part = Shard("part-000001", "parquet", ("a.parquet",), 2, 3)
    assert Shard.of(part.to_dict()) == part


def test_what_cannot_be_a_job_is_told(tmp_path: Path) -> None:
    touch(tmp_path, "empty/note.md", "damaged.parquet")
    table(tmp_path / "odd.parquet", 1, 1, "words")
    for name, code in (
        ("empty", "batch.no-pictures"),
        ("none", "usage.missing-path"),
        ("odd.parquet", "cluster.no-column"),
        ("damaged.parquet", "cluster.damaged-table"),
    ):
        with pytest.raises(OcrwebError) as caught:
            plan([str(tmp_path / name)], 10)
        assert caught.value.code == code
    with pytest.raises(OcrwebError, match=r"cluster\.nothing-there"):
        plan([f"memory://{tmp_path.name}/none"], 10)
    with pytest.raises(OcrwebError) as caught:
        plan([f"memory://{tmp_path.name}/none/2*/*.jpg"], 10)
    assert (caught.value.code, caught.value.params["folder"]) == ("cluster.pattern", f"memory://{tmp_path.name}/none")
