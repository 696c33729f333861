"""`ocrweb eval`: precision, recall and hmean of a model on a labelled dataset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ocrweb.cli.cluster import ActorCoresOption, ClusterOption, ShardSizeOption, Spread, told
from ocrweb.cli.detection_options import NONE_GIVEN, Settings, with_detection
from ocrweb.cli.frame import GOOD, command, emit, say, text
from ocrweb.cli.parameters import DeviceOption, EngineOption, JsonOption, PrecisionOption
from ocrweb.config.editor_address import address_of
from ocrweb.config.model_names import IN_USE

if TYPE_CHECKING:
    from ocrweb.services.detect.evaluation import EvaluationReport

EVERY = 20  # pictures between two progress lines
SHOWN = 5  # of the worst pictures


@command
@with_detection("threshold", "box_threshold", "unclip_ratio", "min_size", "shape", "limit_side", "limit_type")
def evaluate(
    data: Annotated[str, typer.Option("--data", help="Dataset folder, or the name of an uploaded one.")],
    model: Annotated[
        str, typer.Option("--model", help="A name from `ocrweb models`, a run, `latest`, `in-use`, or a file.")
    ] = (IN_USE),
    split: Annotated[Literal["train", "test"], typer.Option(help="Which list.")] = "test",
    settings: Settings = NONE_GIVEN,
    sweep: Annotated[
        bool,
        typer.Option("--sweep", help="Also try all thresholds; choose them on validation pictures, not on a test."),
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the worst pictures, pictures.csv and sweep.csv.")] = None,
    worst: Annotated[int, typer.Option(min=0, help="Worst pictures at most.")] = 20,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            help="Also score apart by looks of the text: height, angle, crowding, darkness, script, length; commas between.",
        ),
    ] = "",
    engine: EngineOption = "auto",
    precision: PrecisionOption = "auto",
    device: DeviceOption = "auto",
    cluster: ClusterOption = None,
    shard_size: ShardSizeOption = None,
    actor_cores: ActorCoresOption = None,
    json: JsonOption = False,
) -> int:
    """Precision, recall and hmean (IoU 0.5, one to one, ignored boxes left out) at stated thresholds."""
    from ocrweb.services.detect.evaluation import EvaluationRequest, evaluate_model, looks_named
    from ocrweb.services.detect.request import DetectRequest
    from ocrweb.services.detect.settings import chosen_options

    looks = looks_named([name.strip() for name in by.split(",") if name.strip()])
    decode, resize = chosen_options(model, settings)
    detect = DetectRequest(model, engine, precision, device, decode, resize)
    request = EvaluationRequest(detect, data, split, sweep, out, worst, looks)
    spread = Spread(cluster, shard_size, actor_cores)
    if spread.asked():
        from ocrweb.services.cluster.evaluation import evaluate_on_cluster

        boxes = out / "detections" if out else None
        report = evaluate_on_cluster(request, spread.request((), boxes, detect), told)
    else:
        report = evaluate_model(request, _progress)
    if json:
        emit(report.to_dict())
    else:
        _print(report, min(SHOWN, worst))
    return GOOD


def _progress(done: int, total: int) -> None:
    if done % EVERY == 0 and done < total:
        say(text("evaluation.progress", done=done, total=total))


def _print(report: EvaluationReport, worst: int) -> None:
    document = report.to_dict()
    figures = {name: f"{document[name]:.4f}" for name in ("hmean", "precision", "recall")}
    print(text("evaluation.score", pictures=document["pictures"], **figures))
    print(text("evaluation.settings", **document["thresholds"], **document["resize"], device=report.device))
    if report.misplaced is not None:
        print(f"{report.misplaced.error.message()}\n{report.misplaced.error.hint()}")
    for look, groups in report.groups.items():
        print(text(f"evaluation.by-{look}"))
        for group in (group for group in groups if group.labels or group.detections):
            counts = {"matched": group.matched, "labels": group.labels}
            print(
                text(
                    "evaluation.group",
                    name=group.name,
                    hmean=_figure(group.hmean),
                    recall=_figure(group.recall),
                    **counts,
                )
            )
    if report.best is not None:
        best = {**report.best.thresholds(), "hmean": f"{report.best.score.hmean:.4f}"}
        print(text("evaluation.best", **best))
    for item in report.worst[:worst]:
        counts = {"missed": item.missed, "alarms": item.false_alarms}
        print(text("evaluation.worst", image=item.sample.image.name, **counts))
        if address := address_of(item.sample.image):
            print(text("evaluation.edit", address=address))
    for path in report.files[:2]:
        print(path)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
