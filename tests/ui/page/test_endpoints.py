"""What the bodies of the endpoints do with the values that a program gave."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.ui.page import api, health
from ocrweb.ui.page.tuned import NAMES, tuned
from tests.data.corpus import make_good
from tests.own_loop import run_async

CHINESE: Any = SimpleNamespace(headers={"accept-language": "zh-CN"})


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    return tmp_path


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A TIFF of two pages: an empty one, then one with a word."""
    empty = np.full((96, 224, 3), 250, np.uint8)
    written = cv2.putText(empty.copy(), "Total 12", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.3, (20, 20, 20), 3)
    cv2.imwritemulti(str(tmp_path / "scan.tif"), [empty, written])
    return tmp_path / "scan.tif"


def test_a_page_of_a_document_is_detected_with_the_settings_that_were_given(page: Path) -> None:
    first, second = (api.detect(page, page=number) for number in (None, 2))
    assert (first["boxes"], len(second["boxes"])) == ([], 1)
    assert (first["image_path"], second["image_path"]) == ("scan.tif#1", "scan.tif#2")
    assert api.detect(page, "ppocrv6-small", {"threshold": 0.45}, 1)["threshold"] == 0.45
    with pytest.raises(OcrwebError, match=r"model\.by-name"):
        api.detect(page, "/etc/passwd")
    for nothing in ("", None):
        with pytest.raises(OcrwebError, match=r"batch\.no-pictures"):
            api.detect(nothing)  # type: ignore[arg-type]


def test_many_pictures_are_answered_one_by_one_with_a_summary(page: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    told = api.detect_batch([page, broken])
    assert [one["success"] for one in told["results"]] == [True, True, False]
    assert (told["summary"]["pictures"], told["summary"]["failed"]) == (3, 1)
    assert 0 < told["summary"]["seconds"] < 60
    assert str(tmp_path) not in json.dumps(told)
    with pytest.raises(OcrwebError, match=r"batch\.no-pictures"):
        api.detect_batch([])


def test_a_dataset_is_checked_by_its_name_its_folder_or_as_a_file_that_came(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_good(home / "datasets" / "shop")
    asked: list[tuple[Path, str]] = []

    def validate(given: Path, shown: str) -> Any:
        asked.append((given, shown))
        return SimpleNamespace(to_dict=lambda lang: {"lang": lang})

    monkeypatch.setattr(api.validation, "validate", validate)
    inside = str(home / "datasets" / "shop")
    for dataset, archive in (("shop", None), (inside, None), ("shop", "/x/sent.zip")):
        assert api.validate(dataset, archive, CHINESE) == {"lang": "zh"}
    assert asked == [(Path(inside), "shop"), (Path(inside), inside), (Path("/x/sent.zip"), "sent.zip")]
    for dataset, code in (("", "config.dataset-missing"), ("/etc", "batch.outside-root"), ("nobody", "store.")):
        with pytest.raises(OcrwebError) as refused:
            api.validate(dataset)
        assert refused.value.code.startswith(code)


@pytest.mark.parametrize(
    ("text", "path"),
    [("shop", False), ("a.b", False), ("a~", False), (f"a{os.sep}b", True), (".", True), ("..", True), ("~", True)],
)
def test_what_leads_somewhere_is_no_name(text: str, path: bool) -> None:
    assert api.is_path(text) is path


def test_models_machine_and_the_golden_check_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def run_golden(request: Any) -> Any:
        asked.append(request.model)
        return SimpleNamespace(to_dict=lambda lang: {"lang": lang})

    monkeypatch.setattr(api, "run_golden", run_golden)
    assert api.golden("db-resnet18", CHINESE) == {"lang": "zh"}
    assert asked == ["db-resnet18"]
    assert {"ppocrv6-small", "db-resnet18"} <= {model["name"] for model in api.models()["models"]}
    assert api.machine_status()["model"] == "ppocrv6-small"


def test_settings_are_given_by_name_or_in_their_order_and_empty_ones_are_left_to_the_model() -> None:
    def body(picture: str, model: str = "m", settings: Any = None, page: int = 1, request: Any = None) -> Any:
        """Body."""
        return picture, model, settings, page, request

    endpoint = tuned(body)
    assert endpoint("a", "b", 0.3) == ("a", "b", {"threshold": 0.3}, 1, None)
    empty = [None] * len(NAMES)
    assert endpoint("a", "b", *empty, 4, "r") == ("a", "b", {}, 4, "r")
    assert endpoint("a", "b", *["", 0, *empty[2:]], 4) == ("a", "b", {NAMES[1]: 0}, 4, None)


@pytest.mark.parametrize(("ready", "status"), [(True, 200), (False, 503)])
def test_health_is_told_by_the_status_too(monkeypatch: pytest.MonkeyPatch, ready: bool, status: int) -> None:
    state = SimpleNamespace(ready=ready, to_dict=lambda: {"ready": ready})
    monkeypatch.setattr(health.readiness, "state", lambda: state)
    answer = run_async(health.answer)
    assert (answer.status_code, json.loads(bytes(answer.body))) == (status, {"ready": ready})
