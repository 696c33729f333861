"""Which of the files that were handed in is the model, and what is made of each form of it, in order."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from ocrweb.config.model_names import HOUSE
from ocrweb.errors import OcrwebError
from ocrweb.model import architecture
from ocrweb.runtime.card import ModelCard
from ocrweb.training.export import convert, onnx
from ocrweb.training.importing import steps
from ocrweb.training.importing.proof import Proof
from ocrweb.training.importing.steps import NETWORK, WEIGHTS, find_model, import_file

LAID = {
    "a network": (["a/model.onnx"], "a/model.onnx"),
    "a network beside Paddle's form of it": (["model.onnx", "paddle/inference.pdiparams"], "model.onnx"),
    "Paddle's form beside weights": (["x/inference.pdiparams", "best.pdparams"], "x"),
    "a run without its network": (["base.onnx", "best.pdparams", "latest.pdparams"], "best.pdparams"),
    "weights of any name": (["deep/down/mine.pdparams", "readme.txt"], "deep/down/mine.pdparams"),
}


def laid(folder: Path, names: list[str]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


@pytest.mark.parametrize(("names", "found"), LAID.values(), ids=LAID)
def test_the_form_that_says_most_is_taken(names: list[str], found: str, tmp_path: Path) -> None:
    folder = laid(tmp_path / "given", names)
    assert find_model(folder, tmp_path / "unpacked", "given") == folder / found


@pytest.mark.parametrize(
    ("names", "count"),
    [
        ([], 0), (["readme.txt", "base.onnx"], 0), (["a.onnx", "b/c.onnx"], 2), (["a/inference.pdiparams", "b/inference.pdiparams"], 2),
        (["a/best.pdparams", "b/best.pdparams", "x.pdparams"], 2), (["a.pdparams", "b.pdparams", "c.pdparams"], 3),
    ],
    ids=str,
)  # fmt: skip
def test_none_and_several_are_refused_with_their_number(names: list[str], count: int, tmp_path: Path) -> None:
    folder = laid(tmp_path / "given", names)
    folder.mkdir(exist_ok=True)
    with pytest.raises(OcrwebError) as refused:
        find_model(folder, tmp_path / "unpacked", "given.zip")
    assert (refused.value.code, refused.value.params) == ("imports.no-model", {"name": "given.zip", "count": count})


def test_a_file_is_the_model_whatever_it_is_called_and_links_are_none(tmp_path: Path) -> None:
    folder = laid(tmp_path / "given", ["a.onnx"])
    (folder / "b.onnx").symlink_to(folder / "a.onnx")
    assert find_model(folder, tmp_path / "unpacked", "x").name == "a.onnx"
    assert find_model(folder / "a.onnx", tmp_path / "unpacked", "x") == folder / "a.onnx"


@pytest.mark.parametrize(("members", "code"), [(200, ""), (201, "archive.too-many-files")])
def test_a_zip_may_hold_so_many_files(members: int, code: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "A.ZIP", "w") as archive:
        for number in range(members):
            archive.writestr("model.onnx" if number == 0 else f"{number}.txt", b"x")
    if code:
        with pytest.raises(OcrwebError) as refused:
            find_model(tmp_path / "A.ZIP", tmp_path / "unpacked", "A.ZIP")
        assert refused.value.code == code
    else:
        found = find_model(tmp_path / "A.ZIP", tmp_path / "unpacked", "A.ZIP")
        assert found.name == "model.onnx"
        assert found.is_relative_to(tmp_path / "unpacked")


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was done to a file, in order; every network passes."""
    done: list[Any] = []
    monkeypatch.setattr(steps, "check_graph", lambda network, shown: done.append(("graph", network.name, shown)))
    monkeypatch.setattr(steps, "checked_card", lambda card, name: done.append(("card", card.name)) or card)
    monkeypatch.setattr(steps, "prove", lambda network, card: done.append(("prove", network.name)) or Proof(0.5, 3, 2, 4))  # fmt: skip
    monkeypatch.setattr(steps, "_trainable", lambda network: done.append(("try", network.name)) or False)
    return done


def converted(house: bool) -> Any:
    def convert(found: Path, network: Path, shown: str) -> tuple[ModelCard, bool]:
        network.write_bytes(b"onnx")
        return ModelCard(name="theirs"), house

    return convert


def test_a_network_is_judged_before_anything_is_read_of_it_and_proven_before_it_is_trained(
    judged: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Entry:
        card = ModelCard(name="inside")

    monkeypatch.setattr(steps, "from_onnx", lambda found, name: judged.append(("read", found.name, name)) or Entry)
    (tmp_path / "given.onnx").write_bytes(b"net")
    (tmp_path / "out").mkdir()
    told = import_file(tmp_path / "given.onnx", tmp_path / "out", "mine", "my.onnx", lambda *stage: judged.append(stage))  # fmt: skip
    assert judged == [
        ("read", 0.05), ("graph", NETWORK, "my.onnx"), ("read", "given.onnx", "mine"), ("card", "inside"), ("prove", 0.5),
        ("prove", NETWORK), ("train", 0.8), ("try", NETWORK),
    ]  # fmt: skip
    assert (told["form"], told["trains"]) == ("onnx", False)
    assert told["proof"] == {"seconds": 0.5, "boxes": 3, "found": 2, "texts": 4}
    assert (tmp_path / "out" / NETWORK).read_bytes() == b"net"


@pytest.mark.parametrize("house", [True, False])
def test_weights_of_the_house_model_are_kept_to_train_from_and_others_are_not(
    house: bool, judged: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "_converted", converted(house))
    (tmp_path / "given.pdparams").write_bytes(b"weights")
    (tmp_path / "out").mkdir()
    told = import_file(tmp_path / "given.pdparams", tmp_path / "out", "mine", "m", lambda *stage: judged.append(stage))
    assert (told["form"], told["trains"]) == ("pdparams", house)
    assert (told["card"].get("architecture") == "db_resnet18") is house
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [NETWORK, *([WEIGHTS] if house else [])]
    assert [step for step in judged if step[0] in ("convert", "graph", "prove")][:3] == [
        ("convert", 0.15), ("graph", NETWORK, "m"), ("prove", 0.5),
    ]  # fmt: skip
    assert (("try", NETWORK) in judged) is not house


def test_a_folder_without_a_program_is_damaged_and_says_which_would_do(tmp_path: Path) -> None:
    folder = laid(tmp_path / "given", ["inference.pdiparams"])
    with pytest.raises(OcrwebError) as refused:
        steps._converted(folder, tmp_path / "out.onnx", "given.zip")
    assert (refused.value.code, refused.value.params["path"]) == ("model.damaged", "given.zip")
    assert refused.value.params["reason"] == "inference.json / inference.pdmodel"
    (folder / "inference.json").write_text("{}")
    with pytest.raises(OcrwebError) as refused:
        steps._converted(folder, tmp_path / "out.onnx", "given.zip")
    assert refused.value.code == "model.damaged"
    assert "inference.json" not in refused.value.message("en")


@pytest.mark.parametrize(("network", "house"), [(HOUSE, True), ("onnx", False)])
@pytest.mark.parametrize("card", [True, False])
def test_weights_are_converted_with_the_card_beside_them_and_known_as_the_house_models(
    network: str, house: bool, card: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Any] = []
    monkeypatch.setattr(architecture, "architecture_of", lambda weights: architecture.Architecture(network))
    monkeypatch.setattr(convert, "convert", lambda *given: done.append(given))
    weights = laid(tmp_path, ["best.pdparams"]) / "best.pdparams"
    if card:
        (tmp_path / "model.yml").write_text("name: theirs\nthreshold: 0.25\n")
    made, is_house = steps._converted(weights, tmp_path / "out.onnx", "given.zip")
    assert done == [(weights, tmp_path / "out.onnx")]
    assert ((made.name, made.threshold) == ("theirs", 0.25), is_house) == (card, house)
    assert card or made.name == "given.zip"


@pytest.mark.parametrize("program", ["inference.json", "inference.pdmodel"])
@pytest.mark.parametrize("settings", [True, False])
def test_paddles_own_form_is_converted_on_the_processor_with_the_settings_beside_it(
    program: str, settings: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import paddle

    done: list[Any] = []
    folder = laid(tmp_path / "given", ["inference.pdiparams", program])
    if settings:
        steps_of = "{transform_ops: [{DetResizeForTest: {resize_long: 640}}]}"
        (folder / "inference.yml").write_text(f"Global: {{model_name: x}}\nPreProcess: {steps_of}\n")
    monkeypatch.setattr(paddle.jit, "load", lambda path: f"layer of {path}")
    monkeypatch.setattr(onnx, "export_onnx", lambda *given: done.append((*given, paddle.device.get_device())))
    card, house = steps._converted(folder, tmp_path / "out.onnx", "given.zip")
    assert done == [(f"layer of {folder / 'inference'}", tmp_path / "out.onnx", "cpu")]
    assert (card.limit_side == 640, card.name == "given.zip", house) == (settings, not settings, False)


def test_whether_it_trains_is_tried_and_what_breaks_the_builder_only_detects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for failure, trains in ((None, True), (ValueError("odd"), False), (OcrwebError("image.empty"), False)):

        def build(network: Path, failure: Exception | None = failure) -> None:
            if failure:
                raise failure

        monkeypatch.setattr(architecture, "build_model", build)
        assert steps._trainable(tmp_path / "m.onnx") is trains

    def full(network: Path) -> None:
        raise MemoryError

    monkeypatch.setattr(architecture, "build_model", full)
    with pytest.raises(MemoryError):
        steps._trainable(tmp_path / "m.onnx")
