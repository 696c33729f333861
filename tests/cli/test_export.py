"""`ocrweb export`: the answers people and programs get."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocrweb.services.exporting import run as service
from tests.cli import called
from tests.model.graphs import detector


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    return called.run(capsys, "export", *arguments)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--size", "819x800"), "export.bad-size"),
        (("--size", "0"), "export.bad-size"),
        (("--size", "4096"), "export.bad-size"),
        (("--size", "wide"), "export.not-a-size"),
        (("--model", "nobody"), "usage.unknown-name"),
        (("--model", "/nowhere/best.pdparams"), "usage.missing-path"),
        (("--data", "/nowhere"), "usage.missing-path"),
    ],
)
def test_wrong_wishes_end_with_2_and_a_coded_document(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: str
) -> None:
    status, out, _ = run(capsys, *arguments, "--json")
    assert status == 2
    assert json.loads(out)["error"]["code"] == code


def test_a_refused_size_names_its_neighbours(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "--size", "819x800")
    assert (status, out) == (2, "")
    assert "800 and 832" in err
    assert "Traceback" not in err


def test_weights_that_are_damaged_or_of_another_network_say_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, home: Path
) -> None:
    damaged = tmp_path / "best.pdparams"
    damaged.write_bytes(b"not weights")
    status, out, _ = run(capsys, "--model", damaged, "--json")
    assert (status, json.loads(out)["error"]["code"]) == (2, "weights.damaged")
    assert not list((home / "exports").glob("*"))


@pytest.mark.slow
def test_the_document_of_an_export(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    network = detector(tmp_path / "small.onnx")
    status, printed, said = run(capsys, "--model", network, "--size", "320x480", "--out", out, "--json")
    document = json.loads(printed)
    assert status == 0, said
    assert document["path"] == str(out)
    assert sorted(document["files"]) == document["files"]
    assert all((out / name).is_file() for name in document["files"])
    assert document["parity"]["max_abs_diff"] <= 1e-4
    assert document["parity"]["boxes_equal"] is True
    assert document["speed"]["size"] == [320, 480]
    assert document["hmean"] is None
    assert "Comparing maps and boxes with Paddle" in said
    assert Path(document["archive"]).is_file()


def test_a_refusal_by_the_gate_ends_with_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gap = {"max_abs_diff": 0.5, "mean_abs_diff": 0.1, "agreement": 0.2, "within_one_pixel": 0.1, "worst_shift": 9.0,
           "boxes": [10, 3]}  # fmt: skip
    measured = {
        "parity": {"onnx": gap}, "hmean": None, "memory_mib": None, "forms": {"missing": {}},
        "speed": {"size": [960, 960], "engines": {"onnx": {"best_ms": 5.0, "median_ms": 6.0, "engine": "CPU"}}},
        "details": {"quantised": None, "precision": "fp32"},
    }  # fmt: skip
    monkeypatch.setattr(service, "run_child", lambda *_: measured)
    status, out, _ = run(capsys, "--out", tmp_path / "out")
    assert status == 1
    assert "5.0e-01" in out
    assert not (tmp_path / "out").exists()
