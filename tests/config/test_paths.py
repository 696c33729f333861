"""Visitors see places by their name below the data root."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.config import paths


def test_a_path_is_shown_from_the_data_root_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "root"))
    assert paths.shown(paths.outputs_dir() / "outputs_1") == "outputs/outputs_1"
    assert paths.shown(tmp_path / "root-elsewhere") == str(tmp_path / "root-elsewhere")


def test_each_kind_has_its_folder_below_the_data_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    folders = (
        paths.datasets_dir,
        paths.workdirs_dir,
        paths.outputs_dir,
        paths.exports_dir,
        paths.models_dir,
        paths.private_dir,
    )
    assert [folder() for folder in folders] == [
        tmp_path / name for name in ("datasets", "workdirs", "outputs", "exports", "models", ".ocrweb")
    ]
    assert list(tmp_path.iterdir()) == [], "none is made by asking"


@pytest.mark.parametrize("given", [None, "", "below"])
def test_the_data_root_is_absolute_and_the_working_folder_by_default(
    given: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OCRWEB_HOME", raising=False)
    if given is not None:
        monkeypatch.setenv("OCRWEB_HOME", given)
    assert paths.home() == tmp_path / (given or "")


def test_the_package_lies_in_its_checkout_with_its_assets() -> None:
    assert Path(paths.__file__).parent.parent == paths.PACKAGE
    assert paths.CHECKOUT / "ocrweb" == paths.PACKAGE
    assert (paths.ASSETS / "golden").is_dir() or any(paths.ASSETS.iterdir())
