"""`ocrweb runs`: list, show and stop training runs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from ocrweb.cli.frame import GOOD, PROBLEMS, command, emit, text

if TYPE_CHECKING:
    from ocrweb.services.training import RunInfo

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Run = Annotated[str, typer.Argument(metavar="RUN", help="Folder name, given name, path, or `latest`.")]


def runs(context: typer.Context, json: Json = False) -> None:
    """List, show and stop training runs."""
    if context.invoked_subcommand is None:
        list_all(json=json)


@command
def list_all(json: bool = False) -> int:
    """One line a run, the newest first."""
    from ocrweb.services.training import list_runs

    found = list_runs()
    if json:
        emit({"runs": [info.to_dict() for info in found]})
    elif not found:
        print(text("train.no-runs"))
    else:
        for info in found:
            print(_line(info))
    return GOOD


@command
def show(run: Run, json: Json = False) -> int:
    """One run: state, progress, best score, and why it ended early."""
    from ocrweb.services.training import run_info

    info = run_info(run)
    if json:
        emit(info.to_dict())
        return GOOD
    print(_line(info))
    print(text("train.folder", folder=info.folder))
    status = info.status
    if status.device:
        began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(status.started))
        print(text("train.device", device=status.device, began=began))
    if status.best:
        figures = {name: f"{status.best[name]:.4f}" for name in ("hmean", "precision", "recall")}
        print(text("train.best", epoch=status.best["epoch"], step=status.best["step"], **figures))
    if status.cause:
        print(f"{status.cause['message']}\n  → {status.cause['hint']}")
    return GOOD


@command
def stop(run: Run, json: Json = False) -> int:
    """Ask a run to save a checkpoint and end."""
    from ocrweb.services.training import stop_run

    info = stop_run(run)
    if json:
        emit(info.to_dict())
    else:
        print(_line(info))
    return PROBLEMS if info.status.active else GOOD


def _line(info: RunInfo) -> str:
    status = info.status
    hmean = f"{status.best['hmean']:.4f}" if status.best else "–"
    epochs = f"{status.epoch}/{status.epochs}" if status.epochs else "–"
    return text("train.line", name=info.name, state=text(f"train.state-{status.state}"), epochs=epochs, hmean=hmean)
