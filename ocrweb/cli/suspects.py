"""`ocrweb suspects`: labels that are probably wrong, the surest first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ocrweb.cli.frame import GOOD, command, emit, say, text
from ocrweb.cli.parameters import DatasetArgument, DeviceOption, EngineOption, JsonOption, PrecisionOption
from ocrweb.config.model_names import DEFAULT

EVERY = 20  # pictures between two progress lines


@command
def suspects(
    dataset: DatasetArgument,
    model: Annotated[
        str, typer.Option("--model", help="A model that was not trained on these labels: it would believe them.")
    ] = DEFAULT,
    least: Annotated[float, typer.Option(min=0, max=1, help="Leave out what is less probable, 0–1.")] = 0.2,
    count: Annotated[int, typer.Option(min=1, help="Lines printed at most; --json gives all.")] = 50,
    dismiss: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Suspects that are none, as --json lists them: they never come back."),
    ] = None,
    engine: EngineOption = "auto",
    precision: PrecisionOption = "auto",
    device: DeviceOption = "auto",
    json: JsonOption = False,
) -> int:
    """Labels that are probably wrong: missing, on nothing, joined, cut, shifted, wrongly ignored, and duplicates."""
    from ocrweb.services.datasets.opened import opened
    from ocrweb.services.datasets.suspects import SuspectsRequest, find_suspects
    from ocrweb.services.detect.request import DetectRequest

    if dismiss is not None:
        return _dismiss(dataset, dismiss, as_json=json)
    with opened(dataset) as folder:
        request = SuspectsRequest(folder, DetectRequest(model, engine, precision, device), least=least)
        report = find_suspects(request, _progress)
    if json:
        emit(report.to_dict())
        return GOOD
    for entry in report.entries[:count]:
        what = text(f"suspects.{entry.kind}", of=entry.of or "")
        where = f":{entry.label_line}" if entry.label_line else ""
        print(f"{entry.score:.2f}  {entry.picture}{where}  {what}")
    print(text("suspects.total", count=len(report.entries), boxes=report.boxes, pictures=report.pictures))
    if len(report.entries) > count:
        print(text("suspects.more", shown=count))
    return GOOD


def _dismiss(dataset: Path, file: Path, *, as_json: bool) -> int:
    from ocrweb.services.labels.entries import named_set
    from ocrweb.services.labels.suspects import dismiss, read_suspects

    count = dismiss(named_set(dataset), read_suspects(file))
    if as_json:
        emit({"dismissed": count})
    else:
        print(text("suspects.dismissed", count=count))
    return GOOD


def _progress(done: int, total: int) -> None:
    if done % EVERY == 0 and done < total:
        say(text("evaluation.progress", done=done, total=total))
