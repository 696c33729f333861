"""One model: which of its files it is known by, and where its card comes from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from ocrweb.errors import OcrwebError
from ocrweb.runtime import paddle_env
from ocrweb.runtime.card import ModelCard, write_card
from ocrweb.runtime.entry import ModelEntry, card_of_paddle, from_folder, from_onnx, from_weights
from tests.runtime.networks import save_brightness

CARD = ModelCard(name="c")


def entry(**files: Path) -> ModelEntry:
    return ModelEntry("m", "file", CARD, files)  # type: ignore[arg-type]


def paddle_folder(folder: Path, text: str | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("inference.json", "inference.pdiparams"):
        (folder / name).write_bytes(name.encode())
    if text is not None:
        (folder / "inference.yml").write_text(text)
    return folder


def test_a_model_is_its_network_before_its_weights(tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in "abc")
    assert entry(weights=three, paddle=two, onnx=one).path == one
    assert entry(weights=three, paddle=two).path == two
    assert entry(weights=three).path == three
    assert entry().path is None
    assert entry().available
    assert not ModelEntry("m", "file", CARD, missing=OcrwebError("model.no-house-weights", name="m")).available


def test_a_stamp_changes_with_time_and_size_of_each_file_that_is_there(tmp_path: Path) -> None:
    file, folder = tmp_path / "a.onnx", paddle_folder(tmp_path / "p")
    file.write_bytes(b"1")
    one = entry(onnx=file, paddle=folder, weights=tmp_path / "absent")
    before = one.stamp()
    assert [Path(path).name for path, _, _ in before] == ["a.onnx", "inference.pdiparams"]
    os.utime(file, ns=(1, before[0][1] + 1))
    later = one.stamp()
    assert later != before
    file.write_bytes(b"12")
    os.utime(file, ns=(1, later[0][1]))
    assert one.stamp() != later


def test_a_digest_is_of_the_network_alone(tmp_path: Path) -> None:
    file, folder = tmp_path / "a.onnx", paddle_folder(tmp_path / "p")
    file.write_bytes(b"inference.pdiparams")
    assert entry(onnx=file).digest() == entry(paddle=folder).digest() != ""
    assert len(entry(onnx=file).digest()) == 64
    assert entry(onnx=tmp_path / "absent").digest() == entry().digest() == ""


def test_a_card_lies_beside_the_file_then_in_its_folder_then_in_the_network(tmp_path: Path) -> None:
    path = save_brightness(tmp_path / "net.onnx", card=ModelCard(name="inside"))
    assert from_onnx(path, "n").card.name == "inside"
    write_card(ModelCard(name="folder"), tmp_path / "model.yml")
    assert from_onnx(path, "n").card.name == "folder"
    write_card(ModelCard(name="beside"), tmp_path / "net.yml")
    found = from_onnx(path, "n", "export")
    assert (found.card.name, found.name, found.kind, found.source, found.trains) == (
        "beside",
        "n",
        "export",
        str(path),
        False,
    )
    weights = tmp_path / "net.pdparams"
    weights.write_bytes(b"w")
    found = from_weights(weights, "w")
    assert (found.card.name, found.trains, dict(found.files)) == ("beside", True, {"weights": weights})
    other = tmp_path / "deep" / "lone.pdparams"
    assert from_weights(other, "w").card == ModelCard(name="lone")


def test_a_file_that_is_no_network_is_damaged(tmp_path: Path) -> None:
    for content in (b"", b"junk" * 50):
        (tmp_path / "a.onnx").write_bytes(content)
        with pytest.raises(OcrwebError, match=r"model\.damaged"):
            from_onnx(tmp_path / "a.onnx", "a")


def test_of_several_networks_the_one_with_the_usual_name_is_meant(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_brightness(tmp_path / f"{name}.onnx", card=ModelCard(name=name))
    assert from_folder(tmp_path, "f").files["onnx"].stem == "a"
    for name in ("model", "inference"):
        save_brightness(tmp_path / f"{name}.onnx", card=ModelCard(name=name))
        assert from_folder(tmp_path, "f").files["onnx"].stem == ("model" if name == "model" else "inference")


def test_a_folder_has_the_forms_that_lie_in_it_and_its_own_card_first(tmp_path: Path) -> None:
    with pytest.raises(OcrwebError, match=r"model\.damaged"):
        from_folder(tmp_path, "f")
    deep = paddle_folder(tmp_path / "paddle")
    found = from_folder(tmp_path, "f")
    assert (dict(found.files), found.card.name) == ({"paddle": deep}, tmp_path.name)
    (deep / "inference.yml").write_text(
        yaml.safe_dump({"Global": {"model_name": "told"}, "PreProcess": {"transform_ops": []}})
    )
    assert from_folder(tmp_path, "f").card.name == "told"
    save_brightness(tmp_path / "model.onnx", card=ModelCard(name="inside"))
    found = from_folder(tmp_path, "f")
    assert (set(found.files), found.card.name) == ({"onnx", "paddle"}, "inside")
    write_card(ModelCard(name="own"), tmp_path / "model.yml")
    assert from_folder(tmp_path, "f").card.name == "own"
    (tmp_path / "model.onnx").unlink()
    (deep / "inference.pdiparams").unlink()
    with pytest.raises(OcrwebError, match=r"model\.damaged"):
        from_folder(tmp_path, "f")


FULL = """
Global: {model_name: told}
PreProcess:
  transform_ops:
  - DetResizeForTest: {resize_long: 736}
  - NormalizeImage: {mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6]}
  - ToCHWImage:
PostProcess: {thresh: 0.25, box_thresh: 0.55, unclip_ratio: 1.75}
"""


def test_what_paddleocr_says_of_its_model_is_taken_and_the_rest_is_usual(tmp_path: Path) -> None:
    assert card_of_paddle(tmp_path) is None
    card = card_of_paddle(paddle_folder(tmp_path / "a", FULL))
    assert card == ModelCard(
        name="told", limit_side=736, mean=(0.1, 0.2, 0.3), std=(0.4, 0.5, 0.6), threshold=0.25, box_threshold=0.55, unclip_ratio=1.75
    )  # fmt: skip
    assert card_of_paddle(paddle_folder(tmp_path / "b", "PreProcess: {transform_ops: []}")) == ModelCard(name="b")


@pytest.mark.parametrize(
    "text", ["a: [", "[]", "a: 1", "PreProcess: {transform_ops: 3}", FULL.replace("0.25", "x"), "\0"]
)
def test_what_is_no_such_file_is_a_bad_card(tmp_path: Path, text: str) -> None:
    folder = paddle_folder(tmp_path / "a", text)
    with pytest.raises(OcrwebError, match=r"model\.bad-card") as caught:
        card_of_paddle(folder)
    assert caught.value.where == str(folder / "inference.yml")
    assert 0 < len(caught.value.params["reason"]) <= 200


@pytest.mark.parametrize(
    ("allowed", "logical", "physical", "quota", "cores"),
    [(8, 8, 4, 0, 4), (4, 8, 4, 0, 2), (1, 8, 4, 0, 1), (8, 8, 8, 2, 2), (8, 8, 8, 99, 8), (2, 2, None, 0, 2), (3, 8, 4, 0, 1)],
)  # fmt: skip
def test_cores_are_physical_ones_within_affinity_and_quota(
    monkeypatch: pytest.MonkeyPatch, allowed: int, logical: int, physical: int | None, quota: int, cores: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(allowed)))
    monkeypatch.setattr(
        "psutil.cpu_count", lambda logical=True, both=(logical, physical): both[0] if logical else both[1]
    )
    monkeypatch.setattr(paddle_env, "_cgroup_cores", lambda: quota)
    assert paddle_env.usable_cores() == cores


@pytest.mark.parametrize(
    ("text", "cores"), [("max 100000\n", 0), ("200000 100000", 2), ("150000 100000", 1), ("50000 100000", 1), ("odd", 0), (None, 0)]
)  # fmt: skip
def test_a_quota_grants_whole_cores_and_one_at_least(
    monkeypatch: pytest.MonkeyPatch, text: str | None, cores: int
) -> None:
    def read(path: Path, encoding: str) -> str:
        if text is None:
            raise OSError
        return text

    monkeypatch.setattr(Path, "read_text", read)
    assert paddle_env._cgroup_cores() == cores


@pytest.mark.parametrize(("vendor", "switch"), [("AuthenticAMD", "5"), ("GenuineIntel", None)])
def test_a_child_gets_what_the_user_did_not_set(
    monkeypatch: pytest.MonkeyPatch, vendor: str, switch: str | None
) -> None:
    monkeypatch.setattr(paddle_env, "cpu_vendor", lambda: vendor)
    monkeypatch.setattr(paddle_env, "usable_cores", lambda: 6)
    wanted = paddle_env.machine_environment(2, environ={})
    assert wanted == {
        "OMP_NUM_THREADS": "3",
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
        **({"MKL_DEBUG_CPU_TYPE": switch} if switch else {}),
    }
    assert paddle_env.machine_environment(0, environ={"OMP_NUM_THREADS": ""})["OMP_NUM_THREADS"] == "6"
    assert paddle_env.machine_environment(9, environ={})["OMP_NUM_THREADS"] == "1"
    assert "OMP_NUM_THREADS" not in paddle_env.machine_environment(environ={"OMP_NUM_THREADS": "7"})
