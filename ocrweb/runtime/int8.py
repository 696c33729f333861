"""A model's copy in int8: made once, measured on this machine, and kept by the digest of the model that it is a copy of."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ocrweb.config import paths
from ocrweb.config.documents import parse_json
from ocrweb.config.judgement import INT8_DROP
from ocrweb.disk.ordinary import read_ordinary_text
from ocrweb.runtime.device import cpu_name
from ocrweb.runtime.entry import ModelEntry, digest_of

NETWORK, RECORD = "model.onnx", "int8.json"
Stamp = tuple[tuple[str, int, int], ...]


class Int8Copy(BaseModel):
    """What is known of a copy.

    cpu: the processor it was measured on. times: median milliseconds of a network run, under "f32", "int8" and, where
    the model and the CPU have it, "bf16". hmean: under the same names, on labelled pictures that it was not made with.
    calibration: "dataset" or "rendered" pages. pictures: that it was judged by. layers, kept_float32: of the network.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    cpu: str
    times: Mapping[str, float]
    hmean: Mapping[str, float]
    calibration: str
    pictures: int
    layers: int
    kept_float32: tuple[str, ...]
    network: Path

    @property
    def good(self) -> bool:
        """It finds what the float32 network finds, but for `INT8_DROP` of hmean."""
        return self.hmean["int8"] >= self.hmean["f32"] - INT8_DROP

    @property
    def measured_here(self) -> bool:
        return self.cpu == cpu_name()

    def facts(self) -> dict[str, object]:
        """Its figures, for documents and sentences."""
        return self.model_dump(mode="json", exclude={"network"}) | {"good": self.good}


def copies_folder() -> Path:
    """Where the copies lie, each in a folder named by the digest of its model."""
    return paths.private_dir() / "int8"


def find_copy(entry: ModelEntry) -> Int8Copy | None:
    """The copy of a model as its files are now; None without one, or with one that cannot be read."""
    record = _record(entry)
    if record is None or not record.with_name(NETWORK).is_file():
        return None
    try:
        document = dict(parse_json(read_ordinary_text(record)))
        copy = Int8Copy.model_validate({**document, "network": record.with_name(NETWORK)})
    except (OSError, ValueError, TypeError):
        return None
    return copy if {"f32", "int8"} <= copy.times.keys() & copy.hmean.keys() else None


def copy_stamp(entry: ModelEntry) -> Stamp:
    """Changes when the copy of a model comes, goes or is made anew."""
    record = _record(entry)
    if record is None or not record.is_file():
        return ()
    state = record.stat()
    return ((str(record), state.st_mtime_ns, state.st_size),)


def _record(entry: ModelEntry) -> Path | None:
    digest = _digest(entry.path, entry.stamp()) if entry.path is not None else ""
    return copies_folder() / digest / RECORD if digest else None


@functools.lru_cache(maxsize=64)
def _digest(path: Path, stamp: Stamp) -> str:
    return digest_of(path) if stamp else ""
