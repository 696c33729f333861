"""`ocrweb models`: what can be detected with or trained from."""

from __future__ import annotations

import time
import unicodedata
from pathlib import Path
from typing import Annotated

import typer

from ocrweb.cli.frame import GOOD, PROBLEMS, command, emit, say, text
from ocrweb.cli.parameters import JsonOption
from ocrweb.errors import OcrwebError


def models(
    context: typer.Context,
    download: Annotated[
        str | None, typer.Option(metavar="WHAT", help="official: get PaddleOCR's ResNet18 weights to train from.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="DIR", help="Take the files from a folder, not from the network.")
    ] = None,
    import_file: Annotated[
        Path | None,
        typer.Option(
            "--import",
            metavar="FILE",
            help="Make a model of an .onnx or .pdparams file, a .zip of one, or a Paddle folder.",
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="What the imported model is to be called.")] = None,
    int8: Annotated[
        str | None,
        typer.Option("--int8", metavar="MODEL", help="Make a model's copy in int8 and measure it on this machine."),
    ] = None,
    data: Annotated[
        str | None, typer.Option(metavar="DATASET", help="Labelled pictures for --int8; rendered pages without.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """What can be detected with or trained from, and which of it is in use."""
    if context.invoked_subcommand is None:
        listed(download=download, source=source, import_file=import_file, name=name, int8=int8, data=data, json=json)


@command
def listed(
    *,
    download: str | None = None,
    source: Path | None = None,
    import_file: Path | None = None,
    name: str | None = None,
    int8: str | None = None,
    data: str | None = None,
    json: bool = False,
) -> int:
    """The list, unless an option asks for something else."""
    if download is not None:
        return _download(download, source, as_json=json)
    if import_file is not None:
        return _import(import_file, name or "", as_json=json)
    if name is not None:
        raise OcrwebError("imports.name-without-file")
    if int8 is not None:
        return _int8(int8, data or "", as_json=json)
    if data is not None:
        raise OcrwebError("quantised.data-without-model")
    if source is not None:
        raise OcrwebError("download.from-without-download")
    from ocrweb.services.models import listing as service

    if json:
        emit(service.models_document())
        return GOOD
    rows_of_all = service.models()
    head = [text(f"model.{name}") for name in ("name", "detects", "trains", "available", "source")]
    mark = {True: text("model.can"), False: text("model.cannot")}
    rows = [[row.name, mark[row.detects], mark[row.trains], mark[row.available], row.source] for row in rows_of_all]
    widths = [max(_width(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        print("  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip())
    for note in (f"{row.name}: {row.note}" for row in rows_of_all if not row.available):
        print(note)
    if used := service.used_since():
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(used[1]))
        print(text("model.in-use", name=used[0], when=when))
    return GOOD


def _download(what: str, source: Path | None, *, as_json: bool) -> int:
    from ocrweb.services.models.downloads import download

    told: dict[str, int] = {}

    def tell(name: str, done: int, total: int | None) -> None:
        percent = 100 * done // total if total else 0
        if percent >= told.get(name, 0) + 10:
            told[name] = percent
            say(text("download.progress", name=name, percent=percent))

    found = download(what, source=source, on_progress=tell)
    if as_json:
        emit({"downloads": [item.to_dict() for item in found]})
        return GOOD
    for item in found:
        print(text("download.fresh" if item.fresh else "download.kept", **item.to_dict()))
    return GOOD


def _import(file: Path, name: str, *, as_json: bool) -> int:
    from ocrweb.services.models.importing import ImportRequest, import_model

    report = import_model(ImportRequest(file, name), lambda stage, share: say(text(f"imports.stage-{stage}")))
    if as_json:
        emit({"imported": report.to_dict()})
    else:
        print(text("imports.done", **{**report.to_dict()["proof"], "name": report.name}))
    return GOOD


def _int8(model: str, data: str, *, as_json: bool) -> int:
    from ocrweb.services.models.int8_copy import make_int8_copy

    told: set[str] = set()

    def tell(stage: str, share: float) -> None:
        if stage not in told:
            told.add(stage)
            say(text(f"quantised.stage-{stage}"))

    copy = make_int8_copy(model, data, tell)
    if as_json:
        emit({"int8": copy.facts()})
    else:
        print(text("quantised.times", times=", ".join(f"{name} {ms:.0f} ms" for name, ms in copy.times.items())))
        shown = ", ".join(f"{name} {hmean:.4f}" for name, hmean in copy.hmean.items())
        print(text("quantised.hmean", hmean=shown, pictures=copy.pictures))
        print(text("quantised.good" if copy.good else "quantised.loses", name=model))
    return GOOD if copy.good else PROBLEMS


def _width(cell: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in cell)
