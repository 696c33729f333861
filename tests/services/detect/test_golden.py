from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.detector import Detector
from ocrweb.runtime.result import Timing
from ocrweb.services.detect import golden
from ocrweb.services.detect.golden import (
    check_one,
    forget_own_pictures,
    judge,
    keep_own_pictures,
    own_pictures,
    run_golden,
)
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.detect.settings import decode_options
from ocrweb.services.files.temporary import temporary_root

pytestmark = pytest.mark.usefixtures("detector")


@pytest.fixture
def own(pictures: Path) -> list[Path]:
    return [pictures / "p4.png", pictures / "p5.png", pictures / "p6.png"]


def replace_network(monkeypatch: pytest.MonkeyPatch, network: Any) -> None:
    """Let every loaded model answer a map of ``network``'s making, whatever the picture."""

    def fake(self: Detector, blob: np.ndarray) -> np.ndarray:
        height, width = blob.shape[2:]
        return np.ascontiguousarray(network(np.zeros((height, width), np.float32))[:height, :width])

    monkeypatch.setattr(Detector, "_run", fake)


def speckles(like: np.ndarray) -> np.ndarray:
    return np.random.default_rng(1).random(like.shape, np.float32)


def clouds(like: np.ndarray) -> np.ndarray:
    """Noise as smooth as text lines are."""
    noise = np.random.default_rng(1).random((like.shape[0] // 16 + 1, like.shape[1] // 48 + 1), np.float32)
    return cv2.resize((noise > 0.6).astype(np.float32), like.shape[::-1], interpolation=cv2.INTER_NEAREST)


DEAD = {"empty": np.zeros_like, "everything": np.ones_like, "speckles": speckles, "clouds": clouds}


def test_a_healthy_machine_passes_the_shipped_set() -> None:
    seen: list[str] = []
    report = run_golden(on_picture=lambda picture: seen.append(picture.name))
    assert report.verdict == "ok"
    assert seen == ["invoice.jpg", "menu.png", "handwritten.jpg"]
    document = report.to_dict("en")
    assert set(document) == {"verdict", "pictures", "device", "next"}
    assert all(set(entry) == {"name", "boxes", "recall", "ok", "inference_time"} for entry in document["pictures"])
    assert all(entry["recall"] >= 0.5 and entry["boxes"] > 0 for entry in document["pictures"])
    assert document["device"].startswith("CPU")


@pytest.mark.parametrize("network", DEAD.values(), ids=DEAD)
def test_a_dead_model_is_a_broken_environment_on_the_shipped_set(monkeypatch: pytest.MonkeyPatch, network: Any) -> None:
    replace_network(monkeypatch, network)
    report = run_golden()
    assert report.verdict == "environment"
    assert "doctor" in report.next_step("en")
    assert "start_app.sh" in report.next_step("zh")


@pytest.mark.parametrize("network", DEAD.values(), ids=DEAD)
def test_a_dead_model_is_a_broken_environment_on_own_pictures(
    monkeypatch: pytest.MonkeyPatch, network: Any, own: list[Path]
) -> None:
    replace_network(monkeypatch, network)
    assert run_golden(images=own).verdict == "environment"


def test_own_pictures_pass_without_known_boxes(own: list[Path]) -> None:
    report = run_golden(images=own)
    assert report.verdict == "ok"
    assert [picture.recall for picture in report.pictures] == [None, None, None]
    assert [picture.boxes for picture in report.pictures] == [4, 5, 6]


def test_a_model_that_misses_one_picture_is_weak_and_the_picture_is_named(own: list[Path]) -> None:
    cv2.imwrite(str(own[1]), np.full((200, 200, 3), 255, np.uint8))
    report = run_golden(images=own)
    assert report.verdict == "weak"
    assert "p5.png" in report.next_step("en")
    assert "p4.png" not in report.next_step("en")


@pytest.mark.parametrize(
    ("oks", "verdict"),
    [
        ([True, True, True], "ok"),
        ([True, False, True], "weak"),
        ([False, False, True], "weak"),
        ([False] * 3, "environment"),
    ],
)
def test_the_verdict_rule(oks: list[bool], verdict: str) -> None:
    assert judge(oks) == verdict


def test_a_detector_that_does_not_load_is_a_broken_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ImportError("libGL.so.1: cannot open shared object file")

    monkeypatch.setattr(DetectRequest, "detector", broken)
    report = run_golden()
    assert report.verdict == "environment"
    assert [(picture.ok, picture.recall) for picture in report.pictures] == [(False, None)] * 3
    assert [picture.result.error.code for picture in report.pictures if picture.result.error] == ["usage.internal"] * 3


def test_a_missing_shipped_picture_is_a_broken_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(golden, "shipped_folder", lambda: tmp_path)
    report = run_golden()
    assert report.verdict == "environment"
    assert report.pictures[0].result.error is not None
    assert report.pictures[0].result.error.code == "golden.not-shipped"


def test_an_unknown_model_is_said_and_not_judged() -> None:
    with pytest.raises(OcrwebError) as caught:
        run_golden(DetectRequest(model="nonsense"))
    assert caught.value.code == "usage.unknown-name"


def test_a_damaged_model_file_is_said_and_not_judged(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"broken")
    with pytest.raises(OcrwebError) as caught:
        run_golden(DetectRequest(model=str(tmp_path / "m.onnx")))
    assert caught.value.code == "model.damaged"


def test_own_pictures_are_kept_used_and_forgotten(own: list[Path], home: Path) -> None:
    kept = keep_own_pictures(own)
    assert [path.name for path in kept] == ["1_p4.png", "2_p5.png", "3_p6.png"]
    assert kept[0].is_relative_to(home / ".ocrweb")
    assert [picture.name for picture in run_golden().pictures] == ["1_p4.png", "2_p5.png", "3_p6.png"]
    keep_own_pictures(list(reversed(own)))
    assert [path.name for path in own_pictures()] == ["1_p6.png", "2_p5.png", "3_p4.png"]
    forget_own_pictures()
    assert own_pictures() == ()


def test_keeping_and_forgetting_leave_the_users_own_folder_alone(own: list[Path], home: Path) -> None:
    theirs = home / "golden"
    theirs.mkdir(parents=True)
    for name, image in (("a.png", own[0]), ("1_b.png", own[1]), ("notes.txt", own[2])):
        theirs.joinpath(name).write_bytes(image.read_bytes())
    keep_own_pictures([theirs / "a.png", theirs / "1_b.png", own[0]])
    keep_own_pictures(own)
    forget_own_pictures()
    assert sorted(path.name for path in theirs.iterdir()) == ["1_b.png", "a.png", "notes.txt"]
    assert own_pictures() == ()


def test_pictures_kept_by_an_older_version_are_found_until_others_are_kept_or_forgotten(
    own: list[Path], home: Path
) -> None:
    (home / "golden").mkdir(parents=True)
    before = [home / "golden" / f"{number}_{image.name}" for number, image in enumerate(own, 1)]
    for path, image in zip(before, own, strict=True):
        path.write_bytes(image.read_bytes())
    assert own_pictures() == tuple(before)
    forget_own_pictures()
    assert own_pictures() == ()
    assert all(path.is_file() for path in before)


def test_visitors_who_keep_pictures_at_the_same_time_get_one_whole_set(own: list[Path]) -> None:
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda number: keep_own_pictures(own[number % 3 :] + own[: number % 3]), range(24)):
            assert len(found) == 3
    assert [path.name[0] for path in own_pictures()] == ["1", "2", "3"]
    assert list(temporary_root().iterdir()) == []


def test_one_picture_is_checked_with_the_settings_that_are_asked_for() -> None:
    assert check_one(DetectRequest(decode=decode_options(threshold=0.4))).result.threshold == 0.4
    assert check_one(DetectRequest()).result.threshold == golden.THRESHOLD


def test_a_set_that_cannot_be_used_changes_nothing(own: list[Path], tmp_path: Path) -> None:
    keep_own_pictures(own)
    (tmp_path / "bad.jpg").write_text("no picture")
    for images, code in ((own[:2], "golden.three"), ([*own[:2], tmp_path / "bad.jpg"], "image.is-text")):
        with pytest.raises(OcrwebError) as caught:
            keep_own_pictures(images)
        assert caught.value.code == code
    assert len(own_pictures()) == 3


def test_a_picture_that_cannot_be_kept_is_named_as_its_owner_named_it(own: list[Path], tmp_path: Path) -> None:
    broken = tmp_path / "uploads" / "defa5f" / "invoice.jpg"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"no picture")
    with pytest.raises(OcrwebError) as caught:
        keep_own_pictures([*own[:2], broken])
    assert caught.value.message("en").startswith("invoice.jpg: ")


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["1_a.png", "2_b.png", "3_c.png"], 3), (["1_a.png", "2_b.png"], 0), (["1_a.png", "2_b.png", "2_c.png"], 0),
        (["2_a.png", "3_b.png", "4_c.png"], 0), (["1_a.png", "2_b.png", "3_c.png", "4_d.png"], 0), (["1_a.png", "2_b.png", "3_c.png", "0_d.png"], 3),
    ],
)  # fmt: skip
def test_only_three_numbered_pictures_are_those_of_an_older_version(names: list[str], found: int, home: Path) -> None:
    (home / "golden").mkdir(parents=True)
    for name in names:
        (home / "golden" / name).touch()
    assert len(own_pictures()) == found


@pytest.mark.parametrize(
    ("kind", "failure", "raised"),
    [
        ("file", OcrwebError("model.damaged", path="m", reason="r"), True), ("file", OcrwebError("usage.missing-path", path="m"), True),
        ("file", OcrwebError("engine.silent", name="m"), False), ("file", RuntimeError("model.x"), False),
        ("embedded", OcrwebError("model.damaged", path="m", reason="r"), False),
    ],
    ids=["damaged", "missing", "silent", "odd", "the program's own"],
)  # fmt: skip
def test_a_persons_own_model_that_is_broken_is_said_and_a_machine_that_is_is_a_verdict(
    kind: str, failure: Exception, raised: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise failure

    entry = golden.resolve("ppocrv6-small")
    monkeypatch.setattr(golden, "resolve", lambda name: replace(entry, kind=kind))
    monkeypatch.setattr(DetectRequest, "detector", broken)
    told: list[str] = []
    if raised:
        with pytest.raises(OcrwebError) as caught:
            run_golden(on_picture=lambda picture: told.append(picture.name))
        assert caught.value is failure
        assert told == []
        return
    report = run_golden(DetectRequest(model="m", device="cpu"), on_picture=lambda picture: told.append(picture.name))
    assert (report.verdict, report.model, report.device) == ("environment", "m", "cpu")
    assert told == list(golden.SHIPPED)
    assert {picture.result.error.code for picture in report.pictures if picture.result.error} == {
        failure.code if isinstance(failure, OcrwebError) else "usage.internal"
    }


@pytest.mark.parametrize(("truth", "recall"), [([np.zeros((4, 2), np.float32)], 0.0), (None, None)])
def test_a_picture_on_which_the_detector_breaks_is_not_ok(truth: Any, recall: float | None) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("odd")

    detector: Any = SimpleNamespace(probability=broken, model="m", device="CPU")
    picture = golden._check(detector, decode_options(), Path("/a/p.png"), truth)
    assert (picture.name, picture.ok, picture.recall, picture.boxes) == ("p.png", False, recall, 0)
    assert picture.result.error is not None
    assert (picture.result.model, picture.result.device, picture.result.threshold) == ("m", "CPU", 0.1)


def test_figures_are_told_with_four_places() -> None:
    result = replace(golden._failed(Path("/a.png"), "m", "CPU", OcrwebError("image.empty")), timing=Timing(0.1, 0.02, 0.003456))  # fmt: skip
    picture = golden.GoldenPicture("a.png", Path("/a.png"), 2 / 3, True, result)
    assert picture.to_dict() == {"name": "a.png", "boxes": 0, "recall": 0.6667, "ok": True, "inference_time": 0.1235}
    assert replace(picture, recall=None).to_dict()["recall"] is None


def test_the_empty_page_is_as_large_as_the_picture_and_light() -> None:
    asked: list[np.ndarray] = []
    quad = np.array([[0, 0], [50, 0], [50, 20], [0, 20]], np.float32)
    seen = [SimpleNamespace(quad=quad), SimpleNamespace(quad=quad / 100)]
    detector: Any = SimpleNamespace(
        probability=lambda pixels: asked.append(pixels) or pixels, regions=lambda page, decode: SimpleNamespace(regions=seen)
    )  # fmt: skip
    assert golden._on_blank(detector, decode_options(), np.zeros((60, 100, 3), np.uint8)) == 1
    assert (asked[0].shape, asked[0].min(), asked[0].max()) == ((60, 100, 3), 245, 245)
