"""`ocrweb choose`: which pictures of a pile to label next."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ocrweb.cli.frame import GOOD, PROBLEMS, command, emit, say, text
from ocrweb.cli.parameters import DeviceOption, EngineOption, JsonOption, PrecisionOption
from ocrweb.config.model_names import IN_USE

EVERY = 20  # pictures between two progress lines


@command
def choose(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help="Pictures without labels, a .zip of them, or an uploaded dataset's name."
        ),
    ],
    count: Annotated[int, typer.Option(min=1, help="How many to choose.")] = 20,
    model: Annotated[
        str, typer.Option("--model", help="The model that shall learn: a name from `ocrweb models`, or a run.")
    ] = IN_USE,
    engine: EngineOption = "auto",
    precision: PrecisionOption = "auto",
    device: DeviceOption = "auto",
    json: JsonOption = False,
) -> int:
    """Choose the pictures whose labels teach a model most, and say of each why."""
    from ocrweb.services.detect.request import DetectRequest
    from ocrweb.services.labels import choose as service

    request = service.ChooseRequest(folder, count, DetectRequest(model, engine, precision, device))
    report = service.choose(request, _progress)
    for name, error in report.failed:
        say(f"{name}: {error.message()}")
    if json:
        emit(report.to_dict())
    else:
        for one in report.chosen:
            print(f"{one.pick.score:.2f}  {one.picture}  {one.why()}")
        print(text("choose.total", count=len(report.chosen), pictures=report.pictures))
    return PROBLEMS if report.failed else GOOD


def _progress(done: int, total: int) -> None:
    if done % EVERY == 0 and done < total:
        say(text("evaluation.progress", done=done, total=total))
