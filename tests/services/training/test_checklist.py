"""The checklist before a start: computed ticks, remembered while nothing changes."""

from __future__ import annotations

import shutil
import time
import types
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from ocrweb.config.training import TrainingConfig
from ocrweb.data.checks import examine
from ocrweb.runtime import device as devices
from ocrweb.runtime.device import GIB, Gpu, Sighting
from ocrweb.services.datasets import reports
from ocrweb.services.datasets import work as dataset_work
from ocrweb.services.datasets.jobs import dataset_job, report_of
from ocrweb.services.datasets.validation import validate
from ocrweb.services.datasets.view import page_of
from ocrweb.services.detect import golden_memory
from ocrweb.services.labels.editing import put_state
from ocrweb.services.labels.entries import labelled_set
from ocrweb.services.training import checklist, probe
from ocrweb.services.training import device as training_device
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training.checklist import CheckItem, check_config, check_dataset, check_parameters
from ocrweb.services.training.probe import estimate
from tests.data.corpus import make_good
from tests.services.conftest import draw_page


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Three training pictures, a test list without any."""
    root = tmp_path / "data"
    (root / "train_images").mkdir(parents=True)
    for name in ("train_gts", "test_images", "test_gts"):
        (root / name).mkdir()
    for number in (1, 2, 3):
        cv2.imwrite(str(root / "train_images" / f"{number}.png"), draw_page())
        (root / "train_gts" / f"{number}.txt").write_text("30,20,300,20,300,50,30,50,Line\n")
    rows = [f"train_images/{number}.png train_gts/{number}.txt\n" for number in (1, 2, 3)]
    (root / "train_list.txt").write_text("".join(rows))
    (root / "test_list.txt").write_text("")
    return root


def test_a_good_dataset_of_three_pictures_is_a_warning(dataset: Path) -> None:
    item = check_dataset(str(dataset))
    assert item.state == "warning"
    assert "3" in item.message("en")


@pytest.mark.parametrize(
    ("pictures", "warnings", "said"),
    [
        (checklist.FEW_PICTURES, 0, ("ok", "dataset-good")),
        (checklist.FEW_PICTURES - 1, 0, ("warning", "dataset-small")),
        (checklist.FEW_PICTURES - 1, 2, ("warning", "dataset-small")),
        (checklist.FEW_PICTURES, 2, ("warning", "dataset-warnings")),
    ],
    ids=["good", "small", "small and more", "warnings"],
)
def test_what_is_said_of_a_dataset_without_errors(
    dataset: Path, monkeypatch: pytest.MonkeyPatch, pictures: int, warnings: int, said: tuple[str, str]
) -> None:
    counts = {"train_pictures": pictures, "test_pictures": 1, "boxes": 9, "warning": warnings, "error": 0}
    monkeypatch.setattr(checklist, "checked", lambda folder: types.SimpleNamespace(ok=True, counts=counts))
    item = check_dataset(str(dataset))
    assert (item.state, item.detail) == said
    assert str(warnings if said[1] == "dataset-warnings" else pictures) in item.message("en")


def test_labels_of_a_model_that_nobody_has_checked_are_a_warning(dataset: Path) -> None:
    (dataset / "review.csv").write_text("picture,box,score,unsure\n1.png,1,0.9,\n2.png,1,0.4,yes\n")
    item = check_dataset(str(dataset))
    assert (item.state, item.detail) == ("warning", "dataset-unreviewed")
    assert "2" in item.message("en")
    put_state(labelled_set(dataset), ["train_images/1.png", "train_images/2.png"], "checked")
    assert check_dataset(str(dataset)).detail == "dataset-small"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_label_that_is_broken_after_the_first_look_is_an_error_with_its_place(dataset: Path, lang: str) -> None:
    assert check_dataset(str(dataset)).state == "warning"
    (dataset / "train_gts" / "2.txt").write_text("30,20,300\n")
    item = check_dataset(str(dataset))
    assert item.state == "error"
    assert "2.txt:1" in item.message(lang)


def test_an_upload_is_decoded_once_on_its_way_to_the_start_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[str] = []
    read = examine.read_pixels
    monkeypatch.setattr(
        examine, "read_pixels", lambda data, header, name: decoded.append(name) or read(data, header, name)
    )
    monkeypatch.setattr(checklist, "check_hardware", lambda wanted: CheckItem("hardware", "ok", "hardware-cpu"))
    monkeypatch.setattr(checklist, "check_golden", lambda model: CheckItem("golden", "ok", "golden-ok"))
    monkeypatch.setattr(training_queue, "start_due", list)
    root = make_good(tmp_path / "mine")

    job = dataset_work.start_upload(Path(shutil.make_archive(str(root), "zip", root.parent, root.name)))
    wait_for(lambda: not dataset_job(job).active)  # type: ignore[union-attr]
    report = dataset_job(job).report  # type: ignore[union-attr]
    assert report is not None
    page_of("mine", filter_rule="image.tiny", report=report_of("mine"))
    page_of("mine", filter_rule="image.tiny")  # of a page that was opened before the check
    validate("mine")  # as the API does
    config = TrainingConfig(dataset="mine")
    check_config(config)
    monkeypatch.setattr(probe, "_measured", lambda config, timeout: MEASURED)
    assert estimate(config).pictures == 10
    reports._kept.clear()  # another console, or another worker
    assert training_jobs.start(config)
    assert len(decoded) == 12
    assert len(set(decoded)) == 12


MEASURED = {
    "seconds_a_step": 1.0, "seconds_to_start": 1.0, "seconds_an_evaluation": 1.0, "peak_gib": 1.0, "device": "cpu"
}  # fmt: skip


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("settings", "state"),
    [
        ({}, "ok"),
        ({"learning_rate": 0.05}, "warning"),
        ({"learning_rate": 0.007}, "warning"),
        ({"learning_rate": 0.007, "model": "db-resnet18"}, "ok"),
        ({"batch_size": 32, "device": "cpu"}, "warning"),
        ({"crop_size": 1280}, "warning"),
    ],
    ids=["safe", "nan rate", "rate for pretrained", "rate from scratch", "large batch", "large crop"],
)
def test_parameters(settings: dict[str, object], state: str) -> None:
    assert check_parameters(TrainingConfig.model_validate(settings)).state == state


def test_a_folder_without_pictures_to_learn_from_is_an_error_before_the_start(tmp_path: Path) -> None:
    for folder, code in ((tmp_path, "train.unlabelled-none"), (tmp_path / "nowhere", "usage.missing-path")):
        item = check_parameters(TrainingConfig.model_validate({"unlabelled": {"folder": str(folder)}}))
        assert item.state == "error"
        assert item.error is not None
        assert item.error.code == code


def test_a_gpu_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checklist, "installed_version", lambda name: "3.2.2" if name == "paddlepaddle" else None)
    assert checklist.check_hardware("gpu:0").state == "error"
    assert checklist.check_hardware("cpu").state in {"ok", "warning"}


@pytest.mark.parametrize(
    ("gib", "state", "said"), [(0.99, "error", "hardware-memory"), (1, "warning", "hardware-memory"), (2.99, "warning", "hardware-memory"), (3, "ok", "hardware-cpu")]
)  # fmt: skip
def test_memory_to_train_has_a_least_and_a_good_amount(
    gib: float, state: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = types.SimpleNamespace(available=int(gib * GIB))
    monkeypatch.setattr(checklist.psutil, "virtual_memory", lambda: free)
    item = checklist.check_hardware("cpu")
    assert (item.id, item.state, item.detail, item.params) == ("hardware", state, said, {"memory": f"{gib:.1f}"})


def test_without_paddle_nothing_is_trained_and_either_build_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for there, detail in (
        ("", "hardware-no-paddle"),
        ("paddlepaddle", "hardware-cpu"),
        ("paddlepaddle-gpu", "hardware-cpu"),
    ):
        monkeypatch.setattr(checklist, "installed_version", lambda name, there=there: "3" if name == there else None)
        monkeypatch.setattr(checklist.psutil, "virtual_memory", lambda: types.SimpleNamespace(available=9 * GIB))
        item = checklist.check_hardware("cpu")
        assert (item.id, item.state, item.detail) == ("hardware", "ok" if there else "error", detail)


@pytest.mark.parametrize(
    ("wanted", "seen", "state", "detail"),
    [("auto", 0, "ok", "hardware-cpu"), ("auto", 1, "warning", "hardware-cpu-build"), ("cpu", 1, "ok", "hardware-cpu")],
)
def test_a_gpu_that_the_cpu_build_leaves_idle_is_a_warning(
    wanted: str, seen: int, state: str, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checklist.psutil, "virtual_memory", lambda: types.SimpleNamespace(available=9 * GIB))
    monkeypatch.setattr(checklist, "usable_gpus", lambda: ())
    gpus = (Gpu(0, "Idle", 8 * GIB, 8 * GIB),) * seen
    monkeypatch.setattr(checklist, "see_gpus", lambda: Sighting("there", gpus))
    item = checklist.check_hardware(wanted)
    assert (item.state, item.detail) == (state, detail)


@pytest.mark.parametrize(("wanted", "count", "fits"), [("gpu", 0, False), ("gpu", 1, True), ("gpu:1", 1, False), ("gpu:1", 2, True), ("gpu:2", 2, False)])  # fmt: skip
def test_a_gpu_is_wanted_by_its_number(wanted: str, count: int, fits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    gpus = tuple(Gpu(number, f"Card {number}", 8 * GIB, 8 * GIB) for number in range(count))
    monkeypatch.setattr(checklist.psutil, "virtual_memory", lambda: types.SimpleNamespace(available=9 * GIB))
    monkeypatch.setattr(checklist, "usable_gpus", lambda: gpus)
    monkeypatch.setattr(checklist, "device_of", lambda wanted: wanted if ":" in wanted else "gpu:0")
    item = checklist.check_hardware(wanted)
    if fits:
        assert (item.id, item.state, item.params["gpu"]) == ("hardware", "ok", f"Card {int(wanted == 'gpu:1')}")
    else:
        assert (item.state, item.detail, item.params) == (
            "error",
            "hardware-no-gpu",
            {"wanted": wanted, "count": count},
        )


@pytest.mark.parametrize(("gib", "state"), [(0.99, "error"), (1, "warning"), (4.99, "warning"), (5, "ok")])
def test_a_run_needs_room_on_the_disk(gib: float, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checklist.shutil, "disk_usage", lambda root: types.SimpleNamespace(free=int(gib * GIB)))
    item = checklist.check_log()
    assert (item.id, item.state, item.params["free"]) == ("log", state, f"{gib:.1f}")
    assert item.detail == ("log-disk-full" if state == "error" else "log-good")
    assert not any(path.name.startswith(".probe") for path in checklist.paths.workdirs_dir().iterdir())


def test_a_folder_of_runs_that_cannot_be_written_is_said(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "workdirs").touch()
    item = checklist.check_log()
    assert (item.id, item.state, item.detail) == ("log", "error", "log-not-writable")
    assert "exists" in item.params["reason"]


@pytest.mark.parametrize(("verdict", "state"), [("ok", "ok"), ("weak", "warning"), ("environment", "error")])
def test_the_golden_set_of_the_base_model_is_told(verdict: str, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(checklist, "remembered_golden", lambda model: asked.append(model) or verdict)
    item = checklist.check_golden("db-resnet18")
    assert (item.id, item.state, item.detail, item.params) == (
        "golden",
        state,
        f"golden-{verdict}",
        {"model": "db-resnet18"},
    )
    monkeypatch.setattr(checklist, "resolve", lambda name: types.SimpleNamespace(available=False))
    assert checklist.check_golden("not yet").params == {"model": "ppocrv6-small"}
    assert asked == ["db-resnet18", "ppocrv6-small"]


def test_a_base_model_that_is_unknown_is_an_error() -> None:
    broken = checklist.check_golden("no-such-model")
    assert (broken.id, broken.state, broken.error and broken.error.code) == ("golden", "error", "usage.unknown-name")


def test_the_gpu_that_training_takes_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    gpus = (Gpu(0, "Full", 8 * GIB, GIB), Gpu(1, "Free", 8 * GIB, 7 * GIB))
    for module in (devices, training_device):
        monkeypatch.setattr(module, "see_gpus", lambda: Sighting("ok", gpus))
    monkeypatch.setattr(training_device, "installed_version", lambda name: "3.2.2")
    assert "Free" in checklist.check_hardware("auto").message("en")
    assert "Full" in checklist.check_hardware("gpu:0").message("en")
    assert check_parameters(TrainingConfig.model_validate({"batch_size": 32})).state == "ok"


def test_all_five_lines_are_there_and_none_is_an_error(dataset: Path) -> None:
    items = check_config(TrainingConfig(dataset=str(dataset)))
    assert [item.id for item in items] == ["dataset", "log", "parameters", "hardware", "golden"]
    assert all(item.state != "error" for item in items), [item.message("en") for item in items]


def test_the_golden_set_is_checked_once_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    assert golden_memory.remembered_golden("ppocrv6-small") == "ok"
    monkeypatch.setattr(golden_memory, "run_golden", lambda request: pytest.fail("checked again"))
    assert golden_memory.remembered_golden("ppocrv6-small") == "ok"
