"""`ocrweb runs`: list, show and stop training runs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocrweb.cli.frame import GOOD, PROBLEMS, command, emit, text
from ocrweb.cli.parameters import JsonOption

if TYPE_CHECKING:
    from ocrweb.services.training.jobs import RunRow
    from ocrweb.services.training.runs import RunInfo

Json = JsonOption
Run = Annotated[str, typer.Argument(metavar="RUN", help="Folder name, given name, path, or `latest`.")]


def runs(context: typer.Context, json: Json = False) -> None:
    """List, show and stop training runs."""
    if context.invoked_subcommand is None:
        list_all(json=json)


@command
def list_all(json: bool = False) -> int:
    """One line a run, the newest first."""
    from ocrweb.services.training.jobs import row_of
    from ocrweb.services.training.runs import list_runs

    found = [(info, row_of(info)) for info in list_runs()]
    if json:
        emit({"runs": [_document(info, row) for info, row in found]})
    elif not found:
        print(text("train.no-runs"))
    else:
        for _, row in found:
            print(_line(row))
    return GOOD


@command
def show(run: Run, json: Json = False) -> int:
    """One run: state, progress, best score, and why it ended early."""
    from ocrweb.services.files.retelling import retold
    from ocrweb.services.training.by_group import card_groups, groups_document, groups_told
    from ocrweb.services.training.jobs import row_of
    from ocrweb.services.training.labels_used import labels_used
    from ocrweb.services.training.runs import run_info, typed_run

    info = run_info(typed_run(run))
    row = row_of(info)
    if json:
        emit({**_document(info, row), "groups": groups_document(info.folder)})
        return GOOD
    print(_line(row))
    print(text("train.folder", folder=info.folder))
    status = info.status
    if status.device:
        began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(status.started))
        print(text("train.device", device=status.device, began=began))
    if used := labels_used(info.folder):
        print(text("train.labels", **used))
    if status.best:
        figures = {name: f"{status.best[name]:.4f}" for name in ("hmean", "precision", "recall")}
        key = "train.best" if status.best["step"] else "train.best-is-base"  # at its start a run has learnt nothing
        print(text(key, epoch=status.best["epoch"], step=status.best["step"], **figures))
    if groups := card_groups(info.folder):
        print(text("train.groups", pictures=groups.pictures))
        for heading, lines in groups_told(groups):
            print("\n".join([heading, *lines]))
    if status.cause:
        message, hint = retold(status.cause)
        print(f"{message}\n  → {hint}")
    return GOOD


@command
def stop(run: Run, json: Json = False) -> int:
    """Ask a run to save a checkpoint and end; a waiting one leaves the queue."""
    from ocrweb.services.training.jobs import row_of, withdraw
    from ocrweb.services.training.runs import run_info, stop_run, typed_run

    info = run_info(typed_run(run))
    if withdraw(info):
        emit({**info.to_dict(), "state": "withdrawn"}) if json else print(text("train.withdrawn", name=info.name))
        return GOOD
    info = stop_run(info.folder)
    if json:
        emit(info.to_dict())
    else:
        print(_line(row_of(info)))
    return PROBLEMS if info.status.active else GOOD


def _document(info: RunInfo, row: RunRow) -> dict[str, Any]:
    """The run's files say nothing of the queue."""
    return {**info.to_dict(), "state": row.state, "place": row.place}


def _line(row: RunRow) -> str:
    from ocrweb.services.training.told import outcome_told

    hmean = "–" if row.hmean is None else f"{row.hmean:.4f}"
    epochs = f"{row.epoch}/{row.epochs}" if row.epochs else "–"
    state = text(f"train.state-{row.state}", place=row.place)
    line = text("train.line", name=row.name, state=state, epochs=epochs, hmean=hmean)
    told = outcome_told(row.outcome, row.doubt)
    return f"{line}  {told}" if told else line
