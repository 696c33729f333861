"""The list of models says of each what it can do, and of a missing one why and what to do."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path

import pytest

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.store import add_zip
from ocrweb.services.models.listing import check_model, models, models_document, usable_models
from tests.runtime.networks import save_brightness


def test_the_document_has_the_agreed_keys_and_starts_with_the_default() -> None:
    listed = models_document()["models"]
    assert listed[0]["name"] == "ppocrv6-small"
    assert (listed[0]["detects"], listed[0]["trains"], listed[0]["available"]) == (True, True, True)
    for entry in listed:
        assert {"name", "detects", "trains", "source", "available"} <= set(entry)
    assert len({entry["name"] for entry in listed}) == len(listed)


def test_official_models_detect_but_do_not_train() -> None:
    official = [row for row in models() if row.kind == "official"]
    assert len(official) >= 9
    assert all(row.detects and not row.trains for row in official)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_model_that_is_not_available_says_why_and_what_to_do(lang: str) -> None:
    for row in models(lang):
        assert row.available or len(row.note) > 20


@pytest.mark.parametrize("name", ["20250101_000000_gone", "gone", "x" * 6000, "", None], ids=str)
def test_a_chosen_model_that_is_gone_is_said_to_be(name: str | None) -> None:
    with pytest.raises(OcrwebError) as caught:
        check_model(name)
    assert caught.value.code == "model.unknown"
    assert "ppocrv6-small" in caught.value.hint("zh")


@pytest.mark.parametrize("there", [True, False], ids=["there", "not there"])
@pytest.mark.parametrize(
    "name", ["/etc/passwd", "..", ".", "~", "datasets/a/m.onnx", "m.onnx", "m.pdparams", "a\\b", "a\0b"]
)
def test_a_visitor_names_no_file_and_hears_how_to_import_one(
    name: str, there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = paths.home() / "datasets" / "a"
    folder.mkdir(parents=True)
    monkeypatch.chdir(paths.home())
    if there:
        for file in (folder / "m.onnx", paths.home() / "m.onnx", paths.home() / "m.pdparams"):
            save_brightness(file)
    with pytest.raises(OcrwebError) as caught:
        check_model(name)
    assert caught.value.code == "model.by-name"
    assert "--import" in caught.value.hint("en")
    assert "--import" in caught.value.hint("zh")


def test_an_export_may_be_named_like_a_file() -> None:
    save_brightness(paths.exports_dir() / "v1.onnx" / "model.onnx")
    assert check_model("v1.onnx") == "v1.onnx"


@pytest.mark.parametrize("up", ["", "../../", "/"], ids=["inside", "upwards", "absolute"])
def test_nothing_that_a_zip_brings_is_a_model(up: str, tmp_path: Path) -> None:
    """Whatever names are in it, it is unpacked in its own folder under ``datasets/``, which holds no model."""
    network = save_brightness(tmp_path / "m.onnx").read_bytes()
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        for place in ("", "workdirs/20250101_000000_x/", "exports/x/", "models/x/"):
            for name in ("model.onnx", "model.yml", "best.pdparams"):
                archive.writestr(f"{up}{place}{name}", network)
        archive.writestr("train_list.txt", "")
    before = [row.name for row in models()]
    with contextlib.suppress(OcrwebError):
        add_zip(tmp_path / "mine.zip")
    assert [row.name for row in models()] == before


def test_a_model_that_is_there_is_its_name() -> None:
    assert check_model(usable_models()[0]) == "ppocrv6-small"
