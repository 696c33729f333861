"""Weights go in and out by name; what does not fit is told; nothing in a file is executed."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import paddle
import pytest
from paddle import nn

from ocrweb.errors import OcrwebError
from ocrweb.model import load_weights, save_weights
from ocrweb.model.pdparams import read_pdparams, read_plain, write_pdparams
from ocrweb.model.weights import compare, matching_names


class Small(nn.Layer):
    """A network of 5 tensors, 3 of them in its backbone, named as PaddleOCR names them."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Layer()
        self.backbone.conv1_1 = nn.Layer()
        self.backbone.conv1_1._conv = nn.Conv2D(3, 4, 3, bias_attr=False)
        self.backbone.bb_1_1 = nn.Layer()
        self.backbone.bb_1_1.conv0 = nn.Layer()
        self.backbone.bb_1_1.conv0._conv = nn.Conv2D(4, 4, 3, bias_attr=False)
        self.backbone.bb_1_1.conv0._batch_norm = nn.Layer()
        self.backbone.bb_1_1.conv0._batch_norm.weight = self.create_parameter([4])
        self.head = nn.Conv2D(4, 1, 1)


def arrays(model: Any) -> dict[str, np.ndarray]:
    return {name: tensor.numpy() for name, tensor in model.state_dict().items()}


def assert_equal(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
    assert one.keys() == other.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)


def test_what_is_saved_loads_into_another_network(tmp_path: Path) -> None:
    model, other = Small(), Small()
    save_weights(model, tmp_path / "w.pdparams")
    report = load_weights(other, tmp_path / "w.pdparams", minimum_share=1.0)
    assert report.complete
    assert report.total == len(report.matched) == 5
    assert_equal(arrays(other), arrays(model))


def test_paddle_reads_what_we_write(tmp_path: Path) -> None:
    model, other = Small(), Small()
    save_weights(model, tmp_path / "w.pdparams")
    missing, unexpected = other.set_state_dict(paddle.load(str(tmp_path / "w.pdparams")))
    assert not missing
    assert not unexpected
    assert_equal(arrays(other), arrays(model))


@pytest.mark.parametrize("protocol", [2, 4])
def test_we_read_what_paddle_writes(tmp_path: Path, protocol: int) -> None:
    model, other = Small(), Small()
    paddle.save(model.state_dict(), str(tmp_path / "w.pdparams"), protocol=protocol)
    assert load_weights(other, tmp_path / "w.pdparams").complete
    assert_equal(arrays(other), arrays(model))


@pytest.mark.parametrize(
    ("rename", "matched"),
    [
        (lambda name: name, 5),
        (lambda name: "Student." + name, 5),
        (lambda name: "module." + name, 5),
        (lambda name: name.removeprefix("backbone."), 3),
        (
            lambda name: (
                name.removeprefix("backbone.")
                .replace("conv1_1.", "stem.0.")
                .replace("bb_1_1.", "blocks.3.")
                .replace("._conv.", ".conv.")
                .replace("._batch_norm.", ".bn.")
            ),
            3,
        ),
    ],
    ids=["plain", "student", "data-parallel", "backbone-only", "paddleclas"],
)
def test_names_of_other_tools_are_recognised(tmp_path: Path, rename: Any, matched: int) -> None:
    model, other = Small(), Small()
    write_pdparams({rename(name): array for name, array in arrays(model).items()}, tmp_path / "w.pdparams")
    report = load_weights(other, tmp_path / "w.pdparams")
    assert len(report.matched) == matched
    expected = arrays(model)
    for name in report.matched:
        np.testing.assert_array_equal(arrays(other)[name], expected[name])


def test_the_report_names_what_is_missing_unexpected_and_reshaped() -> None:
    tensors = {"a": np.zeros((2, 3)), "b": np.zeros(4), "x": np.zeros(1)}
    shapes = {"a": (2, 3), "b": (5,), "c": (1,)}
    report = compare(tensors, shapes, matching_names(tensors, shapes))
    assert report.matched == ("a",)
    assert report.missing == ("c",)
    assert report.unexpected == ("x",)
    assert [(one.name, one.in_file, one.in_model) for one in report.reshaped] == [("b", (4,), (5,))]
    assert not report.complete


def test_weights_of_another_network_are_refused_and_change_nothing(tmp_path: Path) -> None:
    model = Small()
    before = arrays(model)
    write_pdparams({"head.bias": np.full(1, 7.0, np.float32), "other": np.zeros(3)}, tmp_path / "w.pdparams")
    with pytest.raises(OcrwebError, match="1 of the network's 5") as caught:
        load_weights(model, tmp_path / "w.pdparams")
    assert caught.value.code == "weights.too-few"
    assert_equal(arrays(model), before)


def test_half_precision_and_bfloat16_become_float32(tmp_path: Path) -> None:
    model = Small()
    wanted = {name: np.full(array.shape, 1.5, np.float32) for name, array in arrays(model).items()}
    stored = {name: array.astype(np.float16) for name, array in wanted.items()}
    stored["head.bias"] = (wanted["head.bias"].view(np.uint32) >> 16).astype(np.uint16)
    write_pdparams(stored, tmp_path / "w.pdparams")
    load_weights(model, tmp_path / "w.pdparams")
    assert_equal(arrays(model), wanted)


class Bomb:
    """Unpickled carelessly, this runs a command."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.witness}",)


def test_a_pickle_that_asks_for_code_is_refused_and_not_run(tmp_path: Path) -> None:
    path, witness = tmp_path / "w.pdparams", tmp_path / "witness"
    path.write_bytes(pickle.dumps({"a": np.zeros(2), "b": Bomb(witness)}))
    with pytest.raises(OcrwebError, match="asks to run code") as caught:
        read_pdparams(path)
    assert caught.value.code == "weights.foreign"
    assert not witness.exists()


def damaged(path: Path, kind: str) -> None:
    write_pdparams({"a": np.arange(1000.0)}, path)
    whole = path.read_bytes()
    contents = {"empty": b"", "cut": whole[: len(whole) // 2], "text": b"not found", "zeros": bytes(500)}
    path.write_bytes(contents[kind])


@pytest.mark.parametrize("kind", ["empty", "cut", "text", "zeros"])
def test_a_damaged_file_is_named(tmp_path: Path, kind: str) -> None:
    damaged(tmp_path / "w.pdparams", kind)
    with pytest.raises(OcrwebError) as caught:
        read_pdparams(tmp_path / "w.pdparams")
    assert caught.value.code == "weights.damaged"
    assert "w.pdparams" in caught.value.message()


def test_a_missing_file_and_a_file_without_tensors_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(OcrwebError) as missing:
        read_pdparams(tmp_path / "w.pdparams")
    assert missing.value.code == "weights.missing"
    (tmp_path / "w.pdparams").write_bytes(pickle.dumps({"lr": 0.1}))
    with pytest.raises(OcrwebError) as without:
        read_pdparams(tmp_path / "w.pdparams")
    assert without.value.code == "weights.not-weights"


def test_an_optimizer_state_is_read_without_paddle(tmp_path: Path) -> None:
    model = Small()
    schedule = paddle.optimizer.lr.CosineAnnealingDecay(0.1, 10)
    adam = paddle.optimizer.Adam(schedule, parameters=model.parameters())
    model.head(paddle.ones([1, 4, 2, 2])).sum().backward()
    adam.step()
    paddle.save(adam.state_dict(), str(tmp_path / "w.pdopt"))
    state = read_plain(tmp_path / "w.pdopt")
    assert state["LR_Scheduler"]["last_epoch"] == 0
    assert any(isinstance(value, np.ndarray) and name.endswith("moment1_0") for name, value in state.items())


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.pdparams"
    write_pdparams({"a": np.ones(3)}, path)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pickle, "dump", full)
    with pytest.raises(OSError, match="No space"):
        write_pdparams({"a": np.zeros(3)}, path)
    np.testing.assert_array_equal(read_pdparams(path)["a"], np.ones(3))
    assert [entry.name for entry in tmp_path.iterdir()] == ["w.pdparams"]
