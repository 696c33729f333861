"""`ocrweb golden`: is it the machine, or the model?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocrweb.cli.frame import GOOD, PROBLEMS, command, emit, text
from ocrweb.cli.parameters import DeviceOption, EngineOption, JsonOption, PrecisionOption
from ocrweb.config.model_names import IN_USE
from ocrweb.errors import OcrwebError

if TYPE_CHECKING:
    from ocrweb.services.detect.golden import GoldenPicture


@command
def golden(
    model: Annotated[
        str, typer.Option(help="A name from `ocrweb models`, a run, `latest`, `in-use`, or a file.")
    ] = IN_USE,
    images: Annotated[
        tuple[Path, Path, Path] | None,
        typer.Option(metavar="A B C", help="Three pictures instead of the shipped ones."),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="With --images: make these the golden test set from now on.")
    ] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Go back to the shipped pictures.")] = False,
    engine: EngineOption = "auto",
    precision: PrecisionOption = "auto",
    device: DeviceOption = "auto",
    json: JsonOption = False,
) -> int:
    """Detect on three known pictures and say whether the machine, the model or neither is at fault."""
    from ocrweb.services.detect.golden import forget_own_pictures, keep_own_pictures, run_golden
    from ocrweb.services.detect.request import DetectRequest

    if keep and not images:
        raise OcrwebError("golden.keep-without-images")
    if reset:
        forget_own_pictures()
        _tell(text("golden.forgotten"), quiet=json)
    if keep and images:
        keep_own_pictures(images)
        _tell(text("golden.kept"), quiet=json)
    request = DetectRequest(model, engine, precision, device)
    report = run_golden(request, images, lambda picture: _tell(_line(picture), quiet=json))
    if json:
        emit(report.to_dict())
    else:
        print(text("golden.on-device", model=report.model, device=report.device))
        print(text(f"golden.verdict-{report.verdict}"))
        print(report.next_step())
    return GOOD if report.verdict == "ok" else PROBLEMS


def _tell(line: str, *, quiet: bool) -> None:
    if not quiet:
        print(line, flush=True)


def _line(picture: GoldenPicture) -> str:
    mark = "✓" if picture.ok else "✗"
    if picture.result.error is not None:
        return text("golden.picture-failed", mark=mark, name=picture.name, message=picture.result.error.message())
    seconds = f"{picture.result.timing.total:.2f}"
    common = {"mark": mark, "name": picture.name, "boxes": picture.boxes, "seconds": seconds}
    if picture.recall is None:
        return text("golden.picture-own", **common)
    return text("golden.picture-truth", **common, recall=f"{picture.recall:.2f}")
