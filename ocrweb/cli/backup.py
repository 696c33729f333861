"""`ocrweb backup` and `ocrweb restore`: the data root as one file, and back."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocrweb.cli.frame import GOOD, PROBLEMS, command, emit, text
from ocrweb.cli.parameters import JsonOption
from ocrweb.errors import OcrwebError

if TYPE_CHECKING:
    from ocrweb.services.root.backup.manifest import Manifest

Json = JsonOption
MEGABYTE = 1 << 20
SHOWN = 5


@command
def backup(
    out: Annotated[Path, typer.Option(help="A new file, *.tar.gz or *.tar, outside of the data root's folders.")],
    without: Annotated[
        list[str] | None,
        typer.Option(
            help="Leave out datasets, workdirs, outputs, exports, models or settings (repeatable).", metavar="KIND"
        ),
    ] = None,
    json: Json = False,
) -> int:
    """Pack the data root into one file with the digest of every file in it; the console may go on meanwhile."""
    from ocrweb.services.root.backup.pack import back_up

    report = back_up(out, without or (), None if json or not sys.stderr.isatty() else _progress)
    if json:
        emit(report.to_dict())
        return GOOD
    print(text("backup.packed", path=report.path, **_numbers(report.manifest)))
    _tell(report.manifest)
    return GOOD


@command
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `ocrweb backup` wrote.")],
    out: Annotated[Path | None, typer.Option(help="The new data root: a new or empty folder.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only compare every digest; exit 1 when it is damaged.")
    ] = False,
    json: Json = False,
) -> int:
    """Make a data root of a backup; it appears only when every file is as it was backed up."""
    from ocrweb.services.root.backup import unpack

    if (out is None) != check:
        raise OcrwebError("formats.exactly-one", names="--out, --check")
    if out is not None:
        report = unpack.restore(file, out)
        if json:
            emit(report.to_dict())
            return GOOD
        print(text("backup.restored", path=report.path, **_numbers(report.manifest)))
        _tell(report.manifest)
        print(text("backup.next", path=report.path))
        return GOOD
    try:
        report = unpack.check_backup(file)
    except OcrwebError as error:
        if error.code not in {"backup.damaged", "backup.unsafe"}:
            raise
        if json:
            emit({"ok": False, "error": error.to_dict()})
        else:
            print(f"{error.message()}\n  → {error.hint()}")
        return PROBLEMS
    if json:
        emit(report.to_dict())
        return GOOD
    made = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(report.manifest.made))
    print(text("backup.good", made=made, version=report.manifest.version, **_numbers(report.manifest)))
    _tell(report.manifest)
    return GOOD


def _numbers(about: Manifest) -> dict[str, object]:
    return {"files": len(about.files), "megabytes": round(about.bytes / MEGABYTE, 1)}


def _tell(about: Manifest) -> None:
    """What a person may miss later."""
    if about.running:
        print(text("backup.running", count=len(about.running), names=_some(about.running)))
    if about.linked:
        print(text("backup.linked", names=_some([f"{name} → {folder}" for name, folder in about.linked.items()])))
    if about.skipped:
        print(text("backup.skipped", names=_some(about.skipped)))


def _some(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")


def _progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    line = text("backup.packing", done=done // MEGABYTE, total=total // MEGABYTE)
    print(f"\r{line}", end=end, file=sys.stderr, flush=True)
