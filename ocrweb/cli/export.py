"""`ocrweb export`: a model as a folder and a zip that others can run, proven equal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ocrweb.cli.frame import GOOD, PROBLEMS, command, emit, say, text
from ocrweb.cli.parameters import JsonOption
from ocrweb.config.model_names import IN_USE

if TYPE_CHECKING:
    from ocrweb.services.exporting.run import ExportReport


@command
def export(
    model: Annotated[
        str, typer.Option(help="A name from `ocrweb models`, a run, `latest`, `in-use`, or a file.")
    ] = IN_USE,
    size: Annotated[
        str,
        typer.Option(help="dynamic, or HEIGHTxWIDTH, multiples of 32 from 320 to 1536."),
    ] = "dynamic",
    precision: Annotated[Literal["fp32", "fp16", "int8"], typer.Option(help="int8 is calibrated, on --data.")] = "fp32",
    out: Annotated[Path | None, typer.Option(help="Folder to write; default: one in exports/.")] = None,
    data: Annotated[
        str | None, typer.Option(help="Dataset for the hmean and the calibration; default: rendered pages, no hmean.")
    ] = None,
    opset: Annotated[int, typer.Option(min=11, max=19, help="Of the ONNX file, where the network leaves a choice.")] = (
        17
    ),
    json: JsonOption = False,
) -> int:
    """ONNX, OpenVINO, OpenCV and Paddle forms of a model, compared with Paddle and measured; exit 1 when they differ."""
    from ocrweb.services.exporting.plan import ExportRequest
    from ocrweb.services.exporting.run import run_export

    stages: list[str] = []

    def told(stage: str, share: float) -> None:
        if stage not in stages:
            stages.append(stage)
            say(f"{share:4.0%}  {text(f'export.stage-{stage}')}")

    report = run_export(ExportRequest(model, size, precision, out, data, opset), told)
    if json:
        emit(report.to_dict())
    else:
        _print(report)
    return GOOD if report.passed else PROBLEMS


def _print(report: ExportReport) -> None:
    from ocrweb.services.exporting.words import report_lines

    for line in report_lines(report.to_dict()):
        print(line)
