"""`ocrweb resize`: pictures and labels scaled together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ocrweb.cli.frame import GOOD, command, emit, text
from ocrweb.cli.parameters import JsonOption
from ocrweb.errors import OcrwebError


@command
def resize(
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", help="A folder, or an uploaded dataset's name.")],
    max_side: Annotated[int, typer.Option(help="Longer side at most, in pixels; smaller pictures stay.")] = 640,
    out: Annotated[Path | None, typer.Option(help="A new or empty folder; DATASET stays as it is.")] = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Change DATASET itself; the old one is kept in it.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Put back what the newest --in-place replaced.")] = False,
    json: JsonOption = False,
) -> int:
    """Shrink large pictures and their labels by the same factors, and say what text gets too small to learn."""
    from ocrweb.services.datasets import tools as dataset_tools

    if sum((out is not None, in_place, undo)) != 1:
        raise OcrwebError("formats.exactly-one", names="--out, --in-place, --undo")
    if undo:
        root = dataset_tools.undo_resize(dataset)
        if json:
            emit({"undone": str(root)})
        else:
            print(text("dataset_tools.resize-undone", path=root))
        return GOOD
    report = dataset_tools.resize(dataset, max_side, out, None if json or not sys.stderr.isatty() else _progress)
    if json:
        emit(report.to_dict())
        return GOOD
    numbers = report.to_dict()
    print(text("dataset_tools.resized", path=report.root, side=max_side, **_picked(numbers, "pictures", "resized")))
    small = _picked(numbers, "boxes", "too_small_before", "too_small", "too_small_below")
    print(text("dataset_tools.too-small", **small))
    if report.worst and report.too_small > report.too_small_before:
        print(text("dataset_tools.worst", picture=report.worst))
    if report.dropped:
        print(text("dataset_tools.dropped-flat", count=len(report.dropped)))
    if report.backup:
        print(text("dataset_tools.resize-backup", path=report.backup))
    return GOOD


def _picked(numbers: dict[str, object], *names: str) -> dict[str, object]:
    return {name: numbers[name] for name in names}


def _progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\r{text('dataset_tools.importing', done=done, total=total)}", end=end, file=sys.stderr, flush=True)
