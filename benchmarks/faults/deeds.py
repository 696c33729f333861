"""What visitors do while things go wrong. A deed notes what was acknowledged, and ends when the console has answered.

Each takes the stage and its own dice. `Violation`: the console answered in a way that it never may.
"""

from __future__ import annotations

import http.client
import random
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks._home import data_root
from benchmarks._visitor import Failed, Refused, Visitor, codes_in, value_of
from benchmarks.faults import material
from benchmarks.faults.stage import Stage
from ocrweb.errors import OcrwebError
from ocrweb.rundir.status import read_status
from ocrweb.services.batch import past as batch_past
from ocrweb.services.datasets import store as dataset_store

GONE = (OSError, http.client.HTTPException)  # the console was killed, or the campaign cut the line
PATIENCE = 150.0
Deed = Callable[[Stage, random.Random], None]


class Violation(Exception):
    """Something happened that never may."""


def detect(stage: Stage, dice: random.Random) -> None:
    """One picture over the API: boxes, or a coded answer."""
    visitor = stage.visitor()
    name, data = material.picture(dice)
    answer = visitor.press(visitor.named("detect"), {0: visitor.upload(name, data)})
    document = value_of(answer[0])
    _no_failure(answer)
    if document.get("error") is None and not 0 < len(document["boxes"]) == len(document["scores"]):
        raise Violation(f"a page of text gave {len(document['boxes'])} boxes, {len(document['scores'])} scores")


def look_around(stage: Stage, dice: random.Random) -> None:
    """Open the page: everything that it asks for when it opens has an answer."""
    visitor = _opened(stage)
    for name in ("models", "status"):
        _no_failure(visitor.press(visitor.named(name)))


def batch(stage: Stage, dice: random.Random) -> None:
    """Files or a zip; followed to its end, sometimes stopped and gone on with."""
    visitor = stage.visitor()
    if dice.random() < 0.5:
        given = [visitor.upload("pages.zip", material.zip_of_pictures(dice))]
    else:
        given = [visitor.upload(*material.picture(dice)) for _ in range(dice.randint(2, 6))]
    answer = visitor.press(visitor.event("batch-start"), {"batch-files": given})
    _no_failure(answer)
    job = value_of(answer[0])
    if not isinstance(job, str) or not job:
        return _refused("batch", answer)
    stage.ledger.told_batch(job, 0)
    if dice.random() < 0.3:
        time.sleep(dice.uniform(0, 0.5))
        _no_failure(visitor.press(visitor.event("batch-stop"), {"batch-job": job}))
    _follow_batch(stage, visitor, job)
    return None


def resume(stage: Stage, dice: random.Random) -> None:
    """Go on with a batch that was interrupted."""
    with data_root(stage.home):
        waiting = [each.id for each in batch_past.list_batches() if each.interrupted]
    if not waiting:
        return
    visitor, job = stage.visitor(), dice.choice(waiting)
    answer = visitor.press(visitor.event("batch-resume"), {"batch-job": job})
    _no_failure(answer)
    _follow_batch(stage, visitor, job)


def upload(stage: Stage, dice: random.Random) -> None:
    """A dataset as a zip, sometimes one with faults; followed until it is unpacked and checked."""
    visitor = stage.visitor()
    name = f"data{dice.randrange(10**6)}"
    sent = visitor.upload(f"{name}.zip", material.dataset_zip(dice))
    answer = visitor.press(visitor.event("dataset-zip", "upload"), {"dataset-zip": sent})
    _no_failure(answer)
    made = _follow_dataset(stage, visitor, value_of(answer[0]))
    if made:
        _note_dataset(stage, made)


def repair(stage: Stage, dice: random.Random) -> None:
    """Choose a dataset, check it, mend it in place or as a copy."""
    name = _some_dataset(stage, dice)
    if name is None:
        return
    visitor = _opened(stage)
    chosen = visitor.press(visitor.event("dataset-chosen", "input"), {"dataset-chosen": name})
    _no_failure(chosen)
    _follow_dataset(stage, visitor, value_of(chosen[2]))
    answer = visitor.press(visitor.event(dice.choice(["dataset-apply", "dataset-apply-copy", "dataset-again"])))
    _no_failure(answer)
    made = _follow_dataset(stage, visitor, value_of(answer[0]))
    if made:
        _note_dataset(stage, made)


def validate(stage: Stage, dice: random.Random) -> None:
    """Check a dataset over the API."""
    name = _some_dataset(stage, dice)
    if name is not None:
        visitor = stage.visitor()
        _no_failure(visitor.press(visitor.named("validate"), {0: name}))


def train(stage: Stage, dice: random.Random) -> None:
    """Start a run, or let one that was lost or stopped go on, or stop one. Two are kept."""
    visitor = stage.visitor()
    with data_root(stage.home):
        known = {name: read_status(stage.home / "workdirs" / name) for name in stage.ledger.copy().runs}
    for name, status in known.items():
        stage.ledger.told_run(name, status.step)
    active = [name for name, status in known.items() if status.active]
    ended = [name for name, status in known.items() if status.state in ("lost", "stopped", "failed")]
    if active:
        if dice.random() < 0.3:
            _no_failure(visitor.press(visitor.event("training-stop"), {0: dice.choice(active)}))
            _no_failure(visitor.press(visitor.event("training-stop-yes")))
    elif ended and dice.random() < 0.6:
        _no_failure(visitor.press(visitor.event("training-resume"), {0: dice.choice(ended)}))
    else:
        for name in sorted(known)[:-1]:
            _delete_run(stage, visitor, name)
        _start_run(stage, visitor)


def export(stage: Stage, dice: random.Random) -> None:
    """Export the default model; followed to its end."""
    visitor = stage.visitor(timeout=60)
    height = dice.choice([320, 352, 384])
    values = {"export-size": "fixed", "export-height": height, "export-width": height}
    answer = visitor.press(visitor.event("export-start"), values)
    _no_failure(answer)
    job = value_of(answer[0])
    if not isinstance(job, str) or not job:
        return _refused("export", answer)
    tick = visitor.event("export-status", "tick", output=True)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        told = visitor.press(tick, {0: job})
        _no_failure(told)
        if not _runs_on(told[3]):
            if 'data-state="done"' in str(value_of(told[0])):
                where = re.search(r"<code>([^<]+)</code>", str(value_of(told[0])))
                if where:
                    stage.ledger.told_export(Path(where[1]).name)
            return None
        time.sleep(0.7)
    raise Violation(f"the export {job} does not end")


DEEDS: Mapping[str, Deed] = {
    "detect": detect, "look around": look_around, "batch": batch, "resume": resume, "upload": upload,
    "repair": repair, "validate": validate, "train": train, "export": export,
}  # fmt: skip


def attempt(deed: Deed, stage: Stage, dice: random.Random, *, cut: Callable[[], bool]) -> str:
    """Do it; what is wrong, or "". cut: whether the campaign killed the console or cut lines meanwhile."""
    try:
        deed(stage, dice)
    except Violation as found:
        return str(found)
    except Failed as found:
        return "" if codes_in(str(found)) else f"an error of the framework instead of a coded answer: {found}"
    except Refused as found:
        return (
            ""
            if found.status in (429, 503, 507) or codes_in(_document(found.body))
            else f"refused without a code: {found}"
        )
    except GONE as gone:
        return "" if cut() else f"no answer: {gone!r}"
    except OcrwebError as told:
        return f"a service says {told.code}: {told}"
    except Exception as failure:  # a fault of the campaign itself must not pass for a good round
        return f"the deed broke: {failure!r}"
    return ""


def _opened(stage: Stage) -> Visitor:
    """A window in which the page has opened: the console knows from then on what its lists offer."""
    visitor = stage.visitor()
    for event in visitor.loads():
        _no_failure(visitor.send(event, list(event.values)))
    return visitor


def _start_run(stage: Stage, visitor: Visitor) -> None:
    with data_root(stage.home):
        good = next((each.name for each in dataset_store.list_datasets() if each.name == material.TRAINING), None)
    if good is None:
        return
    values: dict[str | int, Any] = {
        "training-dataset": good, "training-model": "ppocrv6-small", "training-name": "campaign",
        "training-batch_size": 2, "training-epochs": 400, "training-crop_size": 128, "training-device": "cpu",
        "training-evaluation-limit_side": 320, "training-evaluation-every_steps": 6, "training-loader-workers": 2,
    }  # fmt: skip
    event = visitor.event("training-start")
    answer = visitor.press(event, {name: value for name, value in values.items() if name in event.names})
    _no_failure(answer)
    run = value_of(answer[0])
    if isinstance(run, str) and run:
        stage.ledger.told_run(run, 0)
    else:
        _refused("train", answer)


def _delete_run(stage: Stage, visitor: Visitor, name: str) -> None:
    _no_failure(visitor.press(visitor.event("training-delete"), {0: name}))
    answer = visitor.press(visitor.event("training-delete-yes"), {1: name})
    _no_failure(answer)
    if not codes_in(answer):
        stage.ledger.forget("run", name)


def _follow_batch(stage: Stage, visitor: Visitor, job: str) -> None:
    tick = visitor.event("batch-status", "tick", output=True)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        told = visitor.press(tick, {"batch-job": job})
        _no_failure(told)
        table = value_of(told[6])
        if isinstance(table, dict) and table.get("data"):
            stage.ledger.told_batch(job, len(table["data"]))
        if not _runs_on(told[9]):
            return
        time.sleep(0.3)
    raise Violation(f"the batch {job} does not end")


def _follow_dataset(stage: Stage, visitor: Visitor, job: Any) -> str | None:
    """Until the work is over; the dataset that it left, None when there is none or it was refused."""
    if not isinstance(job, str) or not job:
        return None
    tick = visitor.event("dataset-status", "tick", output=True)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        told = visitor.press(tick, {0: job})
        _no_failure(told)
        if not _runs_on(told[3]):
            made = value_of(told[4])
            return made if isinstance(made, str) and made and not codes_in(told[:1]) else None
        time.sleep(0.3)
    raise Violation(f"the work on a dataset {job} does not end")


def _note_dataset(stage: Stage, name: str) -> None:
    with data_root(stage.home):
        stored = dataset_store.get_dataset(name)
    stage.ledger.told_dataset(name, stored.train + stored.test)


def _some_dataset(stage: Stage, dice: random.Random) -> str | None:
    names = sorted(name for name in stage.ledger.copy().datasets if name != material.TRAINING)
    return dice.choice(names) if names else None


def _runs_on(timer: Any) -> bool:
    """Whether an answer lets the page's timer tick on."""
    return isinstance(timer, dict) and timer.get("active") is True


def _refused(what: str, answer: Any) -> None:
    if not codes_in(answer) and "ocrweb-warning" not in str(answer):
        raise Violation(f"{what}: neither an id nor a reason: {str(answer)[:300]}")


def _no_failure(answer: Any) -> None:
    """Nothing that nobody foresaw."""
    if "usage.internal" in codes_in(answer) or "Traceback (most recent" in str(answer):
        raise Violation(f"the console failed: {str(answer)[:600]}")


def _document(body: bytes) -> Any:
    return body.decode("utf-8", "replace")
