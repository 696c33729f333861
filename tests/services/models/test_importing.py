"""A file becomes a model only after a child process has proven it, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import psutil
import pytest
from onnx import helper

from ocrweb.config import paths
from ocrweb.disk.limits import Limits
from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard, read_card
from ocrweb.runtime.catalogue import list_models, resolve_name
from ocrweb.runtime.pool import DetectorPool
from ocrweb.services.models import import_jobs, importing
from ocrweb.services.models.importing import ImportRequest, delete_imported, import_model
from ocrweb.services.models.listing import check_model, usable_models
from ocrweb.services.work.jobs import Jobs
from tests.runtime.hostile import save_endless, save_network
from tests.runtime.networks import save_brightness
from tests.services.conftest import draw_page


def refused(file: Path, name: str = "") -> OcrwebError:
    with pytest.raises(OcrwebError) as caught:
        import_model(ImportRequest(file, name))
    left = list(paths.models_dir().iterdir()) if paths.models_dir().is_dir() else []
    assert left == []
    return caught.value


def test_a_good_file_becomes_a_model_with_its_origin_and_its_proof(tmp_path: Path) -> None:
    file = save_brightness(tmp_path / "Ihr Netz.onnx", card=ModelCard(name="x", limit_side=640, threshold=0.4))
    stages: list[str] = []
    report = import_model(ImportRequest(file), lambda stage, share: stages.append(stage))
    assert (report.name, report.form, report.texts > 10) == ("Ihr-Netz", "onnx", True)
    assert stages[0] == "read"
    assert "prove" in stages
    assert check_model(report.name) in usable_models()
    entry = resolve_name(report.name)
    assert entry.kind == "imported"
    assert entry.digest() == report.sha256
    card = read_card(report.path / "model.yml")
    assert (card.limit_side, card.threshold) == (640, 0.4)
    assert card.metrics["import"]["file"] == "Ihr Netz.onnx"
    assert card.metrics["import"]["proof"]["texts"] == report.texts
    assert [path.name for path in paths.models_dir().iterdir()] == [report.name]
    assert DetectorPool().get(report.name).detect(draw_page()).success
    delete_imported(report.name)
    assert [path.name for path in paths.models_dir().iterdir()] == [".bin"]  # from where it can come back


def test_an_endless_network_is_refused_by_its_loop(tmp_path: Path) -> None:
    error = refused(save_endless(tmp_path / "endless.onnx"))
    assert (error.code, error.params["operators"]) == ("imports.operator", "Loop")


def test_a_network_that_wants_all_memory_is_refused(tmp_path: Path) -> None:
    huge = onnx.numpy_helper.from_array(np.array([1, 1, 256, 256], np.float32), "huge")
    nodes = [helper.make_node("Resize", ["x", "", "huge"], ["map"], mode="nearest")]
    assert refused(save_network(tmp_path / "huge.onnx", nodes, [huge])).code in (
        "imports.memory",
        "imports.does-not-run",
    )


def test_a_map_that_is_no_probability_is_refused(tmp_path: Path) -> None:
    nodes = [helper.make_node("ReduceSum", ["x", "axis"], ["map"], keepdims=1)]
    axis = onnx.numpy_helper.from_array(np.array([1], np.int64), "axis")
    assert refused(save_network(tmp_path / "m.onnx", nodes, [axis])).code == "imports.bad-map"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ppocrv6-small", "imports.name-taken"),
        ("latest", "imports.name-taken"),
        ("PP-OCRv5_server_det", "imports.name-taken"),
        ("../x", "imports.bad-name"),
        ("a/b", "imports.bad-name"),
        (".hidden", "imports.bad-name"),
        ("x" * 300, "imports.bad-name"),
        ("a\u202eb", "imports.bad-name"),
    ],
    ids=["default", "latest", "official", "upwards", "folder", "hidden", "long", "turned round"],
)
def test_a_name_is_free_and_plain(name: str, code: str, tmp_path: Path) -> None:
    assert refused(save_brightness(tmp_path / "m.onnx"), name).code == code


def test_a_name_that_somebody_took_during_the_proof_is_told_and_another_failure_is_not_called_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.onnx"
    file.write_bytes(b"network")
    mine = paths.models_dir() / "mine"
    proof = {"seconds": 1.0, "boxes": 1, "found": 1, "texts": 1}

    def prove(spec: Any, *_: Any) -> dict[str, Any]:
        mine.mkdir(exist_ok=True)
        (mine / "model.onnx").write_bytes(b"theirs")
        return {"form": "onnx", "trains": False, "proof": proof, "card": {"name": "mine"}}

    monkeypatch.setattr(importing, "run_child", prove)
    with pytest.raises(OcrwebError, match=r"imports\.name-taken"):
        import_model(ImportRequest(file, "mine"))
    assert [path.name for path in paths.models_dir().iterdir()] == ["mine"]
    assert [path.name for path in mine.iterdir()] == ["model.onnx"]
    shutil.rmtree(mine)

    def unmade(spec: Any, *_: Any) -> dict[str, Any]:
        return {"form": "onnx", "trains": False, "proof": proof, "card": {"name": "mine"}}

    def fails(self: Path, target: Path) -> Path:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(importing, "run_child", unmade)
    monkeypatch.setattr(Path, "rename", fails)
    assert refused(file, "mine").code == "usage.not-writable"


def test_a_file_that_is_too_large_is_not_even_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_IMPORT_MIB", "1")
    (tmp_path / "large.onnx").write_bytes(bytes(1 << 20) + b"x")
    assert refused(tmp_path / "large.onnx").code == "imports.too-large"


@pytest.mark.parametrize("folder", [False, True])
def test_a_file_of_just_the_most_is_copied_and_a_byte_more_is_not(
    folder: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file of a folder may be so large; its other files do not count. Once a folder of this name was called unwritable."""
    monkeypatch.setenv("OCRWEB_IMPORT_MIB", "1")
    file = tmp_path / ("given" if folder else "Mine.ONNX")
    parts = [file / name for name in ("inference.json", "inference.pdiparams")] if folder else [file]
    if folder:
        file.mkdir()
        (file / "README.md").write_bytes(bytes(3 << 20))
    for part in parts:
        part.write_bytes(bytes(1 << 20))
    seen: list[Any] = []

    def prove(spec: Any, staging: Path, limits: Any, *_: Any) -> dict[str, Any]:
        source = Path(spec["source"])
        copied = sorted(path.name for path in source.iterdir()) if folder else [source.name]
        seen.append((copied, spec["shown"], limits.file))
        raise OcrwebError("imports.does-not-run", name="x", reason="y")

    monkeypatch.setattr(importing, "run_child", prove)
    assert refused(file).code == "imports.does-not-run"
    assert seen == [([part.name for part in parts] if folder else [".given.onnx"], file.name, 2 << 20)]
    with parts[-1].open("ab") as large:
        large.write(b"x")
    error = refused(file)
    assert (error.code, error.params["size"], error.params["most"]) == ("imports.too-large", "1", 1)
    assert len(seen) == 1


def test_what_an_import_may_use_is_said_in_mib_and_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECONDS", "MEMORY_MIB", "MIB"):
        monkeypatch.delenv(f"OCRWEB_IMPORT_{name}", raising=False)
    assert importing.import_limits() == Limits(300.0, 4096 << 20, 1024 << 20)  # a zip and what it holds
    assert importing.largest_file() == 512 << 20
    monkeypatch.setenv("OCRWEB_IMPORT_MIB", "0.5")
    assert importing.largest_file() == 1 << 19
    monkeypatch.setenv("OCRWEB_IMPORT_SECONDS", "soon")
    with pytest.raises(OcrwebError, match=r"usage\.bad-value"):
        importing.import_limits()


def test_the_page_refuses_what_is_no_import_before_it_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_IMPORT_MIB", "1")
    for name, size, wanted, code in (
        ("a.txt", 1, "", "imports.not-a-model-file"), ("a.onnx", (1 << 20) + 1, "", "imports.too-large"), ("b.ONNX", 1, "../x", "imports.bad-name"),
        ("b.onnx", 1, "latest", "imports.name-taken"),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(bytes(size))
        with pytest.raises(OcrwebError) as caught:
            import_jobs.start_import(tmp_path / name, wanted)
        assert caught.value.code == code
    assert not (paths.private_dir() / "inbox").exists()


def test_only_regular_files_of_known_kinds_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.onnx")
    (tmp_path / "zero.onnx").symlink_to("/dev/zero")
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    for name in ("pipe.onnx", "zero.onnx", "notes.txt"):
        assert refused(tmp_path / name).code == "imports.not-a-model-file"
    assert refused(tmp_path / "missing.onnx").code == "usage.missing-path"


def test_a_zip_holds_exactly_one_model(tmp_path: Path) -> None:
    network = save_brightness(tmp_path / "m.onnx").read_bytes()
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.onnx", network)
        archive.writestr("b.onnx", network)
    assert refused(tmp_path / "two.zip").code == "imports.no-model"


def test_a_card_with_absurd_settings_is_refused(tmp_path: Path) -> None:
    file = save_brightness(tmp_path / "m.onnx", card=ModelCard(name="m", limit_side=10**9))
    assert refused(file).code == "model.bad-card"


def test_a_folder_that_no_import_wrote_is_no_model(tmp_path: Path) -> None:
    save_brightness(paths.models_dir() / "smuggled" / "model.onnx", card=ModelCard(name="smuggled"))
    entries = {entry.name: entry for entry in list_models()}
    assert not entries["smuggled"].available


def test_a_kill_in_the_middle_leaves_nothing_visible_and_no_process(tmp_path: Path) -> None:
    file = save_brightness(tmp_path / "m.onnx")
    environment = {**os.environ, "OCRWEB_HOME": str(paths.home()), "OCRWEB_LANG": "en"}
    command = [sys.executable, "-m", "ocrweb", "models", "--import", str(file)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    process.stderr.readline()  # the child has begun
    children = psutil.Process(process.pid).children(recursive=True)
    assert children
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stderr.close()
    assert not [entry for entry in list_models() if entry.kind == "imported"]
    psutil.wait_procs(children, timeout=30)
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
    import_model(ImportRequest(file, "again"))
    assert [path.name for path in paths.models_dir().iterdir()] == ["again"]


def test_the_page_sees_a_job_from_its_start_to_its_end(tmp_path: Path) -> None:
    file = save_endless(tmp_path / "endless.onnx")
    identifier = import_jobs.start_import(file, "")
    deadline = time.monotonic() + 120
    while (job := import_jobs.import_job(identifier)) and job.active and time.monotonic() < deadline:
        time.sleep(0.05)
    assert job is not None
    assert (job.state, job.error.code if job.error else "") == ("failed", "imports.operator")
    with contextlib.suppress(FileNotFoundError):
        assert not list((paths.private_dir() / "inbox").iterdir())
    assert import_jobs.import_job("unknown") is None


def test_one_import_more_than_may_wait_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, over = threading.Semaphore(0), threading.Event()

    def importing(*_: object) -> None:
        at_work.release()
        over.wait(60)
        raise OcrwebError("imports.cancelled")

    monkeypatch.setattr(import_jobs, "_jobs", Jobs("import", stopped="imports.cancelled"))
    monkeypatch.setattr(import_jobs, "import_model", importing)
    file = save_brightness(tmp_path / "m.onnx")
    asked = [import_jobs.start_import(file, f"m{number}") for number in range(import_jobs.WAITING)]
    with pytest.raises(OcrwebError) as caught:
        import_jobs.start_import(file, "one-more")
    assert caught.value.code == "imports.busy"
    import_jobs.cancel_import(asked[-1])
    over.set()
    assert all(at_work.acquire(timeout=60) for _ in asked[1:])
    for thread in threading.enumerate():
        if thread.name.startswith("import-"):
            thread.join(60)
    assert import_jobs.import_job(asked[-1]).state == "cancelled"  # type: ignore[union-attr]
    assert not at_work.acquire(blocking=False), "what was cancelled while it waited is never begun"
