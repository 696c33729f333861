"""Weights are converted once a version, by a child whose failure is told in its own words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime import convert

CHILD = """
import pathlib, sys, time
weights, out = map(pathlib.Path, sys.argv[1:])
with open(weights.with_suffix(".log"), "a") as log: log.write("run\\n")
time.sleep(0.2)
if weights.read_bytes() == b"bad":
    print("warming up", file=sys.stderr)
    sys.exit("keys do not fit: backbone.conv1")
if weights.read_bytes() == b"foreign":
    print("read")
    print('{"code": "weights.of-recognition", "where": null, "params": {"path": "best.pdparams"}, "message": "", "hint": ""}')
    sys.exit("weights of a text recognition model")
if weights.read_bytes() != b"nothing":
    out.write_bytes(b"onnx of " + weights.read_bytes())
"""


@pytest.fixture(autouse=True)
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A converter that needs no Paddle, started the way the real one is."""
    (tmp_path / "stand_in_converter.py").write_text(CHILD, encoding="utf-8")
    monkeypatch.setattr(convert, "CONVERTER", "stand_in_converter")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))


def weights(folder: Path, content: bytes) -> Path:
    path = folder / "best.pdparams"
    path.write_bytes(content)
    return path


def runs(folder: Path) -> int:
    return len((folder / "best.log").read_text(encoding="utf-8").splitlines())


def test_the_same_weights_are_converted_once_by_all_who_ask(tmp_path: Path) -> None:
    path = weights(tmp_path, b"v1")
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(convert.onnx_of, [path] * 4))
    assert {file.read_bytes() for file in made} == {b"onnx of v1"}
    assert runs(tmp_path) == 1


def test_retrained_weights_are_converted_anew(tmp_path: Path) -> None:
    first = convert.onnx_of(weights(tmp_path, b"v1"))
    second = convert.onnx_of(weights(tmp_path, b"v2"))
    assert first != second
    assert second.read_bytes() == b"onnx of v2"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"bad", "keys do not fit: backbone.conv1", id="failed"),
        pytest.param(b"nothing", "exit 0", id="wrote no file"),
    ],
)
def test_a_failed_conversion_gives_its_reason_and_leaves_nothing(content: bytes, reason: str, tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(OcrwebError) as caught:
            convert.onnx_of(weights(tmp_path, content))
        assert caught.value.code == "model.not-converted"
        assert reason in caught.value.message("en")
    assert runs(tmp_path) == 2
    assert not list((tmp_path / "home" / ".ocrweb" / "converted").glob("*.onnx"))


def test_what_the_converter_says_in_a_code_is_told_with_its_own_hint(tmp_path: Path) -> None:
    with pytest.raises(OcrwebError) as caught:
        convert.onnx_of(weights(tmp_path, b"foreign"))
    assert (caught.value.code, caught.value.params) == ("weights.of-recognition", {"path": "best.pdparams"})


def test_a_converter_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "PATIENCE", 0.1)
    with pytest.raises(OcrwebError) as caught:
        convert.onnx_of(weights(tmp_path, b"v1"))
    assert "0.1" in caught.value.message("en")
