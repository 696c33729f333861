"""Every document that the console keeps may be damaged: its readers go on, and what is named in it is told, not guessed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.rundir.status import RunStatus, write_status
from ocrweb.services.batch import jobs as batch_jobs
from ocrweb.services.batch import past as batch_past
from ocrweb.services.batch.record import BatchRecord, write_record
from ocrweb.services.batch.resume import read_finished, settle_run
from ocrweb.services.batch.rows import read_rows
from ocrweb.services.datasets import store as dataset_store
from ocrweb.services.exporting import jobs as export_jobs
from ocrweb.services.exporting import run as export
from ocrweb.services.files.outputs import open_output_folder
from ocrweb.services.training import (
    jobs as training_jobs,
)
from ocrweb.services.training import (
    keeper as training_keeper,
)
from ocrweb.services.training import (
    proof,
)
from ocrweb.services.training import (
    queue as training_queue,
)
from ocrweb.services.training import (
    runs as training,
)
from ocrweb.services.training.view import run_view
from ocrweb.services.work.jobs import Jobs
from tests.data.corpus import make_good

JOB, RUN = "0" * 32, "20260101_000000_demo"
FOLDER = "outputs_20260101000000"
WHOLE: dict[str, Any] = {
    "image_path": "a.png",
    "success": True,
    "boxes": [],
    "scores": [],
    "width": 1,
    "height": 1,
    "inference_time": 0.1,
    "error": None,
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with one of each document."""
    home = tmp_path_factory.mktemp("sound") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OCRWEB_HOME", str(home))
        make_good(home / "datasets" / "good")
        results = open_output_folder(home / "outputs" / FOLDER)
        settle_run(results, {"model": "m"})
        (results.json / "a.json").write_text(json.dumps(WHOLE))
        (results.path / "summary.csv").write_text(
            "image_path,json,success,boxes,inference_time,error\na.png,a.json,false,1,0.1,x\n"
        )
        write_record(BatchRecord(JOB, "a", 1.0, {"paths": ["/nowhere"]}, "running", str(results.path), 1))
        run = home / "workdirs" / RUN
        run.mkdir(parents=True)
        write_status(
            run,
            RunStatus(
                state="stopped",
                step=4,
                best={"hmean": 0.5},
                cause={"code": "usage.disk-full", "where": None, "params": {}},
            ),
        )
        (run / "config.yml").write_text("dataset: good\n")
        (run / "dataset.json").write_text('{"schema": 1, "name": "good", "mark": "abc"}')
        (run / "proof.json").write_text('{"schema": 1}')
        (run / "metrics.csv").write_text("time,step\n1,2\n")
        (run / "events.jsonl").write_text('{"time": 1, "kind": "step", "step": 1, "loss": 0.5}\n')
        (home / "exports" / "small").mkdir(parents=True)
        (home / "exports" / "small" / "report.json").write_text('{"parity": {}}')
        private = home / ".ocrweb"
        (private / "datasets").mkdir(parents=True, exist_ok=True)
        (private / "datasets" / "good.json").write_text(
            '{"schema": 1, "source": "a.zip", "added": 1.0, "formats": [], "validation": {"ok": true, "time": 1, "decoded": true, "counts": {}}}'
        )
        (private / "queue.json").write_text('{"schema": 1, "waiting": [{"run": "x", "added": 1.0, "seen": 0.0}]}')
        (private / "watched.json").write_text("[]")
    return home


@pytest.fixture
def home(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = Path(shutil.copytree(sound, tmp_path / "home"))
    monkeypatch.setenv("OCRWEB_HOME", str(root))
    record = root / ".ocrweb" / "batches" / f"{JOB}.json"
    record.write_text(record.read_text().replace(str(sound), str(root)))
    monkeypatch.setattr(batch_jobs, "_jobs", Jobs("batch"))
    return root


def looked_at(home: Path) -> None:
    """All that a page or a command shows of them."""
    batch_past.list_batches()
    batch_past.past_batch(JOB)
    batch_past.past_batch(FOLDER)
    read_rows(home / "outputs" / FOLDER)
    results = open_output_folder(home / "outputs" / FOLDER)
    read_finished(results)
    settle_run(results, {"model": "m"})
    dataset_store.list_datasets()
    [stored.to_dict() for stored in dataset_store.list_datasets()]
    export_jobs.list_exports()
    export.read_report(home / "exports" / "small")
    [info.to_dict("en") for info in training.list_runs()]
    training_jobs.rows()
    run_view(RUN)
    training_queue.waiting()
    training_queue.start_due()
    training_keeper.keep_once()
    proof.read_proof(RUN)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda whole: b"",
    "half": lambda whole: whole[: len(whole) // 2],
    "no text": lambda whole: b"\xff\xfe\x00\x80",
    "a list": lambda whole: b"[1, 2, 3]",
    "null": lambda whole: b"null",
    "a word": lambda whole: b'"word"',
    "an empty object": lambda whole: b"{}",
    "too deep": lambda whole: b"[" * 1_200,
    "zeros": lambda whole: b"\0" * len(whole),
}
NAMES = (
    f".ocrweb/batches/{JOB}.json", ".ocrweb/datasets/good.json", ".ocrweb/queue.json", ".ocrweb/watched.json", "exports/small/report.json",
    *(f"workdirs/{RUN}/{name}" for name in ("status.json", "config.yml", "dataset.json", "proof.json", "metrics.csv", "events.jsonl")),
    *(f"outputs/{FOLDER}/{name}" for name in (".ocrweb-run.json", "json/a.json", "summary.csv")),
)  # fmt: skip


def test_sound_documents_are_read(home: Path) -> None:
    looked_at(home)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_document_stops_nobody(home: Path, name: str, damage: Callable[[bytes], bytes]) -> None:
    path = home / name
    path.write_bytes(damage(path.read_bytes()))
    looked_at(home)


ODD = (None, 5, -1.5, "word", [], {}, [1], {"a": [1]}, True, 10**400)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith((".json", ".jsonl"))])
def test_a_value_of_another_kind_stops_nobody(home: Path, name: str) -> None:
    path = home / name
    whole = json.loads(path.read_bytes())
    if not isinstance(whole, dict):
        return
    for key in whole:
        for value in ODD:
            path.write_text(json.dumps(whole | {key: value}) + "\n")
            try:
                looked_at(home)
            except OcrwebError:  # told with a code
                pass
            except Exception as failure:
                raise AssertionError(f"{key} = {value!r}") from failure
