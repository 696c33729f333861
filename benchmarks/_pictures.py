"""The pictures a benchmark works on: a dataset, a folder, or pages rendered once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ocrweb.config import paths
from ocrweb.data.icdar import read_split
from ocrweb.data.sample import Sample
from ocrweb.disk.address import missing_path
from ocrweb.errors import OcrwebError
from ocrweb.render.dataset import render_dataset

SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp"}
SEED = 7


@dataclass(frozen=True, slots=True)
class Pictures:
    """samples: labelled or, with empty boxes, not. labelled: whether an hmean means something. name: where they are from."""

    name: str
    samples: tuple[Sample, ...]
    labelled: bool

    @property
    def files(self) -> list[Path]:
        return [sample.image for sample in self.samples]


def pictures(folder: Path | None, count: int | None) -> Pictures:
    """The test split of a dataset, all pictures of a folder, or rendered receipts when there is no folder."""
    if folder is None:
        return rendered(count or 24)
    if not folder.is_dir():
        raise missing_path(folder)
    if (folder / "test_list.txt").is_file():
        return Pictures(folder.name, tuple(read_split(folder, "test"))[:count], True)
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)[:count]
    if not found:
        raise OcrwebError("bench.no-pictures", folder=str(folder))
    return Pictures(folder.name, tuple(Sample(path, None, ()) for path in found), False)


def rendered(count: int) -> Pictures:
    """Receipts of our own renderer: the same for everybody, made once and kept in the data root."""
    folder = paths.private_dir() / "benchmarks" / f"receipts_{count}"
    if not (folder / "test_list.txt").is_file():
        render_dataset(folder, 0, count, SEED, kind="receipt")
    return Pictures(f"{count} rendered receipts", tuple(read_split(folder, "test")), True)
