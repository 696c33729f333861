"""Every way to name a model leads to its files and its card, and a wrong one to an answer."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ocrweb.config import paths
from ocrweb.config.model_names import DEFAULT, HOUSE
from ocrweb.errors import OcrwebError
from ocrweb.model.pdparams import write_pdparams
from ocrweb.rundir.names import list_runs
from ocrweb.runtime import catalogue
from ocrweb.runtime.card import CARD_FILE, ModelCard, embed_card, read_card, write_card
from ocrweb.runtime.catalogue import is_named, list_models, resolve, resolve_name
from ocrweb.runtime.published import PUBLISHED_WEIGHTS, kept_at
from tests.runtime.networks import save_brightness

OWN = ModelCard(name="own", mean=(0.1, 0.2, 0.3), std=(1.0, 1.0, 1.0), limit_side=640, threshold=0.25, bf16=False)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("PADDLE_PDX_CACHE_HOME", str(tmp_path / "paddlex"))
    monkeypatch.setattr(catalogue, "SHIPPED", tmp_path / "assets")
    return tmp_path


def make_run(home: Path, name: str, *, weights: bool = True, network: bool = False) -> Path:
    folder = home / "workdirs" / name
    folder.mkdir(parents=True)
    write_card(OWN, folder / CARD_FILE)
    if weights:
        (folder / "best.pdparams").write_bytes(b"weights")
    if network:
        save_brightness(folder / "model.onnx")
    return folder


def test_the_default_model_is_there_offline() -> None:
    entry = resolve(DEFAULT)
    assert entry.available
    assert entry.trains
    assert entry.files["onnx"].stat().st_size > 5_000_000
    assert entry.card.mean == entry.card.std == (0.5, 0.5, 0.5)
    assert (entry.card.threshold, entry.card.box_threshold) == (None, None)


def test_the_house_model_without_weights_is_listed_with_the_reason() -> None:
    entry = resolve(HOUSE)
    assert not entry.available
    assert entry.trains
    assert entry.missing is not None
    assert entry.missing.code == "model.no-house-weights"


def test_the_house_model_with_weights_brings_its_card(home: Path) -> None:
    (home / "assets").mkdir()
    (home / "assets" / "db_resnet18.pdparams").write_bytes(b"weights")
    write_card(OWN, home / "assets" / "db_resnet18.yml")
    assert resolve(HOUSE).available
    assert set(resolve(HOUSE).files) == {"weights"}
    assert resolve(HOUSE).card == OWN


def test_a_card_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_card(OWN, tmp_path / "a.yml")
    assert read_card(tmp_path / "a.yml") == OWN


@pytest.mark.parametrize("text", ["mean: [1, 2]\nname: x\n", "name: [", "just words", "limit_type: longest\nname: x\n"])
def test_a_wrong_card_is_named_with_its_reason(text: str, tmp_path: Path) -> None:
    (tmp_path / "model.yml").write_text(text, encoding="utf-8")
    with pytest.raises(OcrwebError) as caught:
        read_card(tmp_path / "model.yml")
    assert caught.value.code == "model.bad-card"
    assert "model.yml" in caught.value.message("en")


@pytest.mark.parametrize("asked", ["20250102_030405_receipts", "receipts", "latest"])
def test_a_run_is_found_by_its_folder_its_name_and_as_the_latest(asked: str, home: Path) -> None:
    make_run(home, "20250101_000000_receipts")
    folder = make_run(home, "20250102_030405_receipts")
    entry = resolve(asked)
    assert entry.name == folder.name
    assert entry.files["weights"] == folder / "best.pdparams"
    assert entry.card == OWN
    assert entry.trains


def test_what_is_a_run_and_what_it_is_called_is_said_by_the_run_folders_names(home: Path) -> None:
    folders = [make_run(home, name) for name in ("20250101_000000_a_b", "notes", "2025_old", "20250102_000000_", ".x")]
    listed = [entry.name for entry in list_models() if entry.kind == "run"]
    assert listed == [run.name for run in list_runs(home / "workdirs")] == ["20250101_000000_a_b"]
    assert resolve("a_b").name == "20250101_000000_a_b"
    for folder in folders[1:]:
        assert not is_named(folder.name)
        assert resolve(str(folder)).files  # by its path it is still a model


def test_latest_follows_the_link(home: Path) -> None:
    older = make_run(home, "20250101_000000_a")
    make_run(home, "20250102_000000_b")
    (home / "workdirs" / "latest").symlink_to(older.name)
    assert resolve("latest").name == older.name


def test_a_run_brings_its_network_unless_the_weights_are_newer(home: Path) -> None:
    folder = make_run(home, "20250101_000000_a", network=True)
    assert resolve(folder.name).files["onnx"] == folder / "model.onnx"
    later = (folder / "model.onnx").stat().st_mtime + 10
    os.utime(folder / "best.pdparams", (later, later))
    assert "onnx" not in resolve(folder.name).files


def test_a_run_without_weights_says_that_it_has_none_yet(home: Path) -> None:
    make_run(home, "20250101_000000_a", weights=False)
    missing = resolve("latest").missing
    assert missing is not None
    assert missing.code == "model.no-weights-yet"


def test_a_run_that_failed_at_once_does_not_hide_the_one_before(home: Path) -> None:
    good = make_run(home, "20250101_000000_good")
    broken = home / "workdirs" / "20250102_000000_broken"
    broken.mkdir()
    (home / "workdirs" / "latest").symlink_to(broken.name)
    assert resolve("latest").name == good.name


def test_latest_without_a_run_is_an_answer() -> None:
    with pytest.raises(OcrwebError) as caught:
        resolve("latest")
    assert caught.value.code == "model.no-runs"


def test_an_onnx_file_brings_the_card_in_its_metadata(tmp_path: Path) -> None:
    path = save_brightness(tmp_path / "net.onnx", card=OWN)
    assert resolve(str(path)).card == OWN


def test_a_card_beside_an_onnx_file_comes_before_the_one_inside(tmp_path: Path) -> None:
    path = save_brightness(tmp_path / "net.onnx", card=OWN)
    write_card(OWN.model_copy(update={"limit_side": 960}), tmp_path / "net.yml")
    assert resolve(str(path)).card.limit_side == 960


def test_a_bare_onnx_file_gets_paddleocrs_defaults(tmp_path: Path) -> None:
    assert resolve(str(save_brightness(tmp_path / "net.onnx"))).card == ModelCard(name="net")


def test_an_export_is_found_by_its_name_with_all_its_forms(home: Path) -> None:
    folder = home / "exports" / "e1"
    save_brightness(folder / "model.onnx", card=OWN)
    (folder / "paddle").mkdir()
    (folder / "paddle" / "inference.json").write_text("{}", encoding="utf-8")
    (folder / "paddle" / "inference.pdiparams").write_bytes(b"w")
    entry = resolve("e1")
    assert entry.kind == "export"
    assert entry.files == {"onnx": folder / "model.onnx", "paddle": folder / "paddle"}
    assert entry.card == OWN
    assert resolve("exports/e1").files == entry.files


def test_a_paddle_folder_brings_the_settings_of_its_inference_yml(tmp_path: Path) -> None:
    (tmp_path / "inference.json").write_text("{}", encoding="utf-8")
    (tmp_path / "inference.pdiparams").write_bytes(b"w")
    (tmp_path / "inference.yml").write_text(
        "Global: {model_name: PP-OCRv5_server_det}\n"
        "PreProcess:\n  transform_ops:\n  - DecodeImage: {img_mode: BGR}\n  - DetResizeForTest: {resize_long: 960}\n"
        "  - NormalizeImage: {mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2]}\n  - ToCHWImage: null\n"
        "PostProcess: {name: DBPostProcess, thresh: 0.3, box_thresh: 0.6, unclip_ratio: 1.4}\n",
        encoding="utf-8",
    )
    entry = resolve(str(tmp_path))
    assert entry.files == {"paddle": tmp_path}
    card = entry.card
    assert (card.name, card.mean, card.std) == ("PP-OCRv5_server_det", (0.5, 0.5, 0.5), (0.2, 0.2, 0.2))
    assert (card.threshold, card.box_threshold, card.unclip_ratio, card.limit_side) == (0.3, 0.6, 1.4, 960)


def test_weights_bring_the_card_beside_them(tmp_path: Path) -> None:
    (tmp_path / "w.pdparams").write_bytes(b"w")
    write_card(OWN, tmp_path / CARD_FILE)
    entry = resolve(str(tmp_path / "w.pdparams"))
    assert entry.files == {"weights": tmp_path / "w.pdparams"}
    assert entry.card == OWN


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("ppocrv6-smal", "usage.unknown-name", id="misspelt"),
        pytest.param("zzzz", "usage.unknown-name", id="nothing like it"),
        pytest.param("", "usage.unknown-name", id="empty"),
        pytest.param("no/such/model", "usage.missing-path", id="path"),
        pytest.param("missing.onnx", "usage.missing-path", id="missing onnx"),
        pytest.param("missing.pdparams", "usage.missing-path", id="missing weights"),
    ],
)
def test_a_model_that_is_not_there_is_an_answer(name: str, code: str) -> None:
    with pytest.raises(OcrwebError) as caught:
        resolve(name)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ppocrv6-smal", DEFAULT),
        ("resnet18", HOUSE),
        ("pp-ocrv5-server-det", "PP-OCRv5_server_det"),
        ("reciepts", "_receipts"),
    ],
)
def test_nearest_names_are_offered(typed: str, meant: str, home: Path) -> None:
    make_run(home, "20250102_030405_receipts")
    with pytest.raises(OcrwebError) as caught:
        resolve(typed)
    assert meant in caught.value.hint("en")


@pytest.mark.parametrize(
    "content", [b"", b"<html>not a model</html>", b"\x08\x08"], ids=["empty", "html", "no network"]
)
def test_a_damaged_onnx_file_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(content)
    with pytest.raises(OcrwebError) as caught:
        resolve(str(tmp_path / "net.onnx"))
    assert caught.value.code == "model.damaged"


def test_a_text_file_is_not_a_model(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    with pytest.raises(OcrwebError) as caught:
        resolve(str(tmp_path / "notes.txt"))
    assert caught.value.code == "model.not-a-model"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("db.pth", "model.other-framework"), ("db.SAFETENSORS", "model.other-framework"), ("best_accuracy.pdopt", "model.optimizer-state"),
        ("en_PP-OCRv3_det_distill_train.tar", "model.packed"), ("inference.pdiparams", "model.part-of-folder"), ("inference.json", "model.part-of-folder"),
    ],
)  # fmt: skip
def test_what_people_take_for_a_model_is_told_as_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: str) -> None:  # fmt: skip
    (tmp_path / name).write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    for typed in (str(tmp_path / name), f"./{name}", name):
        with pytest.raises(OcrwebError) as caught:
            resolve(typed)
        assert caught.value.code == code
        assert typed in caught.value.message("zh")


def test_weights_are_found_without_their_suffix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pdparams({"conv.weight": np.zeros((2, 2))}, tmp_path / "best_accuracy.pdparams")
    monkeypatch.chdir(tmp_path)
    for typed in (str(tmp_path / "best_accuracy"), "best_accuracy"):
        assert resolve(typed).files["weights"].name == "best_accuracy.pdparams"
    with pytest.raises(OcrwebError, match=r"usage\.unknown-name"):
        resolve("best")


def test_a_path_of_this_folder_comes_before_the_same_one_of_the_data_root(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = save_brightness(home / "nets" / "a.onnx", card=OWN)
    here = tmp_path / "elsewhere" / "nets" / "a.onnx"
    here.parent.mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert resolve("nets/a.onnx").files["onnx"] == there
    save_brightness(here)
    assert resolve("nets/a.onnx").files["onnx"].resolve() == here
    save_brightness(tmp_path / "elsewhere" / "nets" / "b.onnx")
    assert resolve("nets/b.onnx").files["onnx"].resolve() == here.with_name("b.onnx")
    for gone in ("nets/c.onnx", "c.onnx"):
        with pytest.raises(OcrwebError) as refused:
            resolve(gone)
        assert str(home) not in refused.value.message("en")


def test_a_folder_of_weights_alone_names_the_file_to_give(tmp_path: Path) -> None:
    for name in ("latest.pdparams", "best_accuracy.pdparams"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(OcrwebError) as caught:
        resolve(str(tmp_path))
    assert caught.value.code == "model.folder-of-weights"
    assert caught.value.params["likely"] == str(tmp_path / "best_accuracy.pdparams")


def test_the_list_starts_with_the_default_and_survives_a_broken_run_and_export(home: Path) -> None:
    folder = make_run(home, "20250101_000000_a")
    (folder / CARD_FILE).write_text("name: [", encoding="utf-8")
    (home / "exports" / "empty").mkdir(parents=True)
    entries = {entry.name: entry for entry in list_models()}
    assert next(iter(entries)) == DEFAULT
    assert not entries[folder.name].available
    assert not entries["empty"].available
    assert entries["PP-OCRv5_server_det"].available


def test_a_stamp_changes_with_the_file(tmp_path: Path) -> None:
    path = save_brightness(tmp_path / "net.onnx")
    before = resolve(str(path)).stamp()
    assert resolve(str(path)).stamp() == before
    save_brightness(path, card=OWN)
    assert resolve(str(path)).stamp() != before


def test_a_name_alone_never_leads_to_a_file(home: Path, tmp_path: Path) -> None:
    file = save_brightness(tmp_path / "mine.onnx")
    assert resolve(str(file)).name
    assert resolve_name(DEFAULT).name == DEFAULT
    with pytest.raises(OcrwebError) as caught:
        resolve_name(str(file))
    assert caught.value.code == "usage.unknown-name"


def test_a_card_that_is_handed_on_names_no_pictures(tmp_path: Path) -> None:
    worst = {
        "pictures": 3,
        "by": {"height": [{"group": "< 12", "labels": 1, "matched": 0, "worst": ["anna-passport.jpg"]}]},
    }
    card = ModelCard(name="mine", metrics={"validation": {"hmean": 0.9}, "groups": worst})
    assert "anna" not in card.embedded()
    assert ModelCard.model_validate_json(card.embedded()) == card.handed_on()
    assert card.handed_on().metrics == {"validation": {"hmean": 0.9}}
    network = save_brightness(tmp_path / "mine.onnx")
    embed_card(card, network)
    assert b"anna" not in network.read_bytes()


@pytest.mark.parametrize("weights", [False, True])
@pytest.mark.parametrize("trains", [False, True])
def test_an_imported_model_has_its_network_and_its_weights_where_there_are_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weights: bool, trains: bool
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    folder = tmp_path / "models" / "mine"
    folder.mkdir(parents=True)
    save_brightness(folder / "model.onnx")
    card = ModelCard(name="mine", source="m.onnx", metrics={catalogue.IMPORTED: {"trains": trains}})
    write_card(card, folder / CARD_FILE)
    if weights:
        (folder / "weights.pdparams").write_bytes(b"w")
    entry = resolve_name("mine")
    assert (entry.kind, entry.source, entry.trains, entry.available) == ("imported", "m.onnx", trains, True)
    assert set(entry.files) == ({"onnx", "weights"} if weights else {"onnx"})
    write_card(card.model_copy(update={"metrics": {}}), folder / CARD_FILE)
    with pytest.raises(OcrwebError, match=r"model\.damaged"):
        resolve_name("mine")
    assert is_named("mine"), "known, and damaged"
    (entry,) = [entry for entry in list_models() if entry.name == "mine"]
    assert (entry.available, entry.kind) == (False, "imported")


def test_published_weights_are_a_model_of_their_own_name_once_they_are_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    detector, backbone = (published.name for published in PUBLISHED_WEIGHTS)
    for name in (detector, backbone):
        assert not is_named(name)
        with pytest.raises(OcrwebError, match=r"usage\.unknown-name"):
            resolve_name(name)
    for published in PUBLISHED_WEIGHTS:
        kept_at(published).parent.mkdir(parents=True, exist_ok=True)
        kept_at(published).write_bytes(b"w")
    found = [resolve_name(name) for name in (detector, backbone)]
    assert [(entry.name, entry.kind, entry.detects, entry.trains) for entry in found] == [
        (detector, "published", True, True), (backbone, "published", False, True),
    ]  # fmt: skip
    assert found[0].card.limit_side == 960
    assert {entry.name for entry in list_models()} >= {detector, backbone}
    assert resolve_name(HOUSE).kind == "house"


def test_a_program_that_came_without_its_model_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for found in (None, SimpleNamespace(origin=None), SimpleNamespace(origin=str(tmp_path / "__init__.py"))):
        monkeypatch.setattr("importlib.util.find_spec", lambda name, found=found: found)
        entry = resolve(DEFAULT)
        assert (entry.kind, entry.files, entry.trains, entry.available) == ("embedded", {}, True, False)
        assert entry.missing is not None
        assert (entry.missing.code, entry.missing.params["package"]) == ("model.not-shipped", "rapidocr")
    network = tmp_path / "models" / "PP-OCRv6_det_small.onnx"
    save_brightness(network)
    assert resolve(DEFAULT).files == {"onnx": network}


def test_what_is_in_use_is_the_last_one_and_one_that_is_gone_is_told() -> None:
    assert resolve_name("in-use").name == DEFAULT
    for name, used in ((HOUSE, [DEFAULT, HOUSE]), (DEFAULT, [HOUSE, DEFAULT])):
        in_use(*used)
        assert resolve_name("in-use").name == name
    for name in ("20260101_000000_gone", "in-use"):
        in_use(HOUSE, name)
        with pytest.raises(OcrwebError) as refused:
            resolve("in-use")
        assert (refused.value.code, refused.value.params["name"]) == ("registry.gone", name)
        assert is_named("in-use"), "it is known, and there is something wrong with it"


def test_a_name_of_ones_own_leads_to_its_model_and_in_use_has_none() -> None:
    in_use(HOUSE, titles={HOUSE: "mine", "in-use": "loop"})
    assert resolve_name("mine").name == HOUSE
    assert not is_named("loop")


def in_use(*models: str, titles: dict[str, str] | None = None) -> None:
    file = paths.models_dir() / "registry.json"
    file.parent.mkdir(exist_ok=True)
    used = [{"model": model, "since": float(since)} for since, model in enumerate(models)]
    file.unlink(missing_ok=True)
    file.write_text(json.dumps({"schema": 1, "titles": titles or {}, "notes": {}, "used": used}))
