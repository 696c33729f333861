"""The measurement over a cluster counts what it says."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from benchmarks.cluster import counted, figures, many
from ocrweb.runtime.result import DetectionResult
from ocrweb.services.cluster.rows import row_of, to_parquet
from ocrweb.services.cluster.store import opened


def test_the_rate_begins_at_the_first_answer_and_the_seconds_at_the_start() -> None:
    assert figures([4, 4, 2], [13.0, 15.0, 16.0], start=10.0) == {"rate": 2.0, "seconds": 6.0}


def test_lost_and_doubled_pictures_are_counted(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", opened(str(tmp_path / "out"))
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.png").touch()
    for part, names in (("part-000000", ("0", "1")), ("part-000001", ("1", "2"))):
        found = [DetectionResult(f"{folder}/{name}.png", 1, 1, "m", "d", 0.2) for name in names]
        out.at(f"{part}.parquet").write(to_parquet([row_of(one) for one in found], {}))
    assert counted(folder, tmp_path / "out") == {"lost": 1, "doubled": 1}


def test_few_pictures_are_used_again_under_other_names(tmp_path: Path) -> None:
    source = tmp_path / "data"
    source.mkdir()
    for name in ("a.png", "b.jpg"):
        (source / name).write_bytes(name.encode())
    folder = many(tmp_path, Namespace(data=source, count=3))
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert found == {"000000.png": b"a.png", "000001.jpg": b"b.jpg", "000002.png": b"a.png"}
