"""A run or a file of weights becomes ONNX with its card inside, or one line of reason."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import paddle
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.model import architecture
from ocrweb.model.weights import LoadReport, Reshaped
from ocrweb.runtime.card import CARD_KEY
from ocrweb.training.export import convert, onnx
from tests.training.program import run_as_program


@pytest.mark.parametrize("card", ["given", "beside", "none"])
def test_a_run_is_converted_on_the_processor_with_its_card_in_the_file(
    card: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def written(layer: str, out: Path, metadata: dict[str, str]) -> float:
        asked.append((layer, out, paddle.device.get_device(), metadata))
        return 1e-6

    monkeypatch.setattr(architecture, "architecture_named", lambda weights: asked.append(weights))
    monkeypatch.setattr(convert, "complete_model", lambda weights: f"network of {weights.name}")
    monkeypatch.setattr(onnx, "export_onnx", written)
    (tmp_path / "mine.yml").write_text("name: mine\n")
    if card == "beside":
        (tmp_path / "model.yml").write_text("name: its own\n")
    given = tmp_path / "mine.yml" if card == "given" else None
    assert convert.convert(tmp_path, Path("out.onnx"), given) == 1e-6
    named = {"given": "mine", "beside": "its own"}.get(card)
    (weights, (layer, out, device, metadata)) = asked
    assert (weights, layer, out, device) == (tmp_path, f"network of {tmp_path.name}", Path("out.onnx"), "cpu")
    assert (json.loads(metadata[CARD_KEY])["name"] if metadata else None) == named


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (None, ""), (OcrwebError("image.empty"), OcrwebError("image.empty").message()),
        (PermissionError(13, "Permission denied"), "out.onnx: Permission denied"), (OSError("odd"), "out.onnx: odd"),
    ],
    ids=str,
)  # fmt: skip
def test_the_command_gives_one_line_of_reason(
    failure: Exception | None, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []

    def work(*given: Any) -> None:
        asked.append(given)
        if failure:
            raise failure

    monkeypatch.setattr(convert, "convert", work)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr(convert, "machine_environment", lambda: {"MKL_X": "5"})
    assert convert.main(["best.pdparams", "out.onnx", "--card", "m.yml"]) == int(failure is not None)
    assert convert.main(["run", "out.onnx"]) == int(failure is not None)
    assert asked == [(Path("best.pdparams"), Path("out.onnx"), Path("m.yml")), (Path("run"), Path("out.onnx"), None)]
    assert os.environ["MKL_X"] == "5"
    assert capsys.readouterr().err == (f"{said}\n" * 2 if said else "")


@pytest.mark.parametrize(
    ("missing", "reshaped", "graph", "code"),
    [
        (["neck.in5"], [], None, "convert.incomplete"), (["neck.in5"], ["neck.in4"], None, "weights.too-few"),
        (["head.thresh.conv1"], [], None, None), ([], ["head.thresh.conv1"], None, None), (["neck.in5"], [], Path("a.onnx"), None),
        (None, None, None, None),
    ],
    ids=str,
)  # fmt: skip
def test_weights_are_complete_where_all_are_there_that_detection_uses(
    missing: Any, reshaped: Any, graph: Path | None, code: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a network from a graph all numbers are there; one that is not read from a file has nothing to miss."""
    report = None
    if missing is not None:
        report = LoadReport(("a",) * 3, tuple(missing), (), tuple(Reshaped(name, (1,), (2,)) for name in reshaped))
    monkeypatch.setattr(architecture, "build_model", lambda source: ("network", SimpleNamespace(graph=graph), report))
    monkeypatch.setattr(architecture, "weights_file", lambda source: Path(source) / "best.pdparams")
    if code is None:
        assert convert.complete_model("run") == "network"  # type: ignore[comparison-overlap]
        return
    with pytest.raises(OcrwebError) as refused:
        convert.complete_model("run")
    assert (refused.value.code, refused.value.params["path"], refused.value.params["matched"]) == (code, "run/best.pdparams", 3)  # fmt: skip


def test_run_as_a_program_it_asks_for_weights(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert getattr(run_as_program(convert, monkeypatch), "code", None) == 2
    assert "weights" in capsys.readouterr().err
