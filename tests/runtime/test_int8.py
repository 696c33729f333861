"""A copy in int8 belongs to one model as its files are, and is known by what was measured of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ocrweb.config.judgement import INT8_DROP
from ocrweb.runtime.device import cpu_name
from ocrweb.runtime.entry import ModelEntry, from_onnx
from ocrweb.runtime.int8 import NETWORK, RECORD, Int8Copy, copies_folder, copy_stamp, find_copy
from tests.runtime.networks import save_brightness

KNOWN: dict[str, Any] = {
    "cpu": "one of another kind",
    "times": {"f32": 100.0, "int8": 40.0},
    "hmean": {"f32": 0.9, "int8": 0.9},
    "calibration": "rendered",
    "pictures": 24,
    "layers": 12,
    "kept_float32": ["Conv.1"],
}


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelEntry:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    return from_onnx(save_brightness(tmp_path / "a.onnx"), "a")


def keep(entry: ModelEntry, record: object) -> Path:
    folder = copies_folder() / entry.digest()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NETWORK).write_bytes(b"network")
    (folder / RECORD).write_text(json.dumps(record), encoding="utf-8")
    return folder


def copy_of(**changed: Any) -> Int8Copy:
    return Int8Copy(**{**KNOWN, "network": Path("n"), **changed})


def test_a_model_without_a_copy_has_none(entry: ModelEntry) -> None:
    assert find_copy(entry) is None
    assert copy_stamp(entry) == ()
    assert find_copy(ModelEntry("name", "official", entry.card)) is None


def test_a_copy_is_found_by_the_content_of_its_model(entry: ModelEntry, tmp_path: Path) -> None:
    folder = keep(entry, KNOWN)
    found = find_copy(entry)
    assert found is not None
    assert found.network == folder / NETWORK
    assert found.facts() == {**KNOWN, "good": True}
    moved = tmp_path / "elsewhere.onnx"
    moved.write_bytes((tmp_path / "a.onnx").read_bytes())
    assert find_copy(from_onnx(moved, "b")) == found


def test_weights_that_changed_have_no_copy_until_one_is_made(entry: ModelEntry, tmp_path: Path) -> None:
    keep(entry, KNOWN)
    stamp = copy_stamp(entry)
    assert stamp != ()
    save_brightness(tmp_path / "a.onnx", stride=2)
    assert find_copy(entry) is None
    assert copy_stamp(entry) == ()


@pytest.mark.parametrize(
    "record",
    [
        [],
        {},
        {**KNOWN, "times": {"f32": 1.0}},
        {**KNOWN, "hmean": {"int8": 1.0}},
        {**KNOWN, "times": {"f32": "soon", "int8": 1.0}},
    ],
)
def test_a_record_that_tells_too_little_is_no_copy(entry: ModelEntry, record: object) -> None:
    keep(entry, record)
    assert find_copy(entry) is None


def test_half_a_copy_is_none(entry: ModelEntry) -> None:
    folder = keep(entry, KNOWN)
    (folder / RECORD).write_text('{"cpu": ', encoding="utf-8")
    assert find_copy(entry) is None
    keep(entry, KNOWN)
    (folder / NETWORK).unlink()
    assert find_copy(entry) is None


def test_a_copy_is_good_that_loses_no_more_than_it_may() -> None:
    assert copy_of(hmean={"f32": 0.9, "int8": 0.95}).good
    assert copy_of(hmean={"f32": 0.5, "int8": 0.5 - INT8_DROP + 1e-6}).good
    assert not copy_of(hmean={"f32": 0.5, "int8": 0.5 - INT8_DROP - 1e-6}).good


def test_figures_hold_on_the_processor_that_they_were_measured_on() -> None:
    assert copy_of(cpu=cpu_name()).measured_here
    assert not copy_of().measured_here
