"""`ocrweb autolabel`: pictures → a dataset labelled by a model, to be corrected by hand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ocrweb.cli.cluster import ActorCoresOption, ClusterOption, ShardSizeOption, Spread, told
from ocrweb.cli.detection_options import NONE_GIVEN, Settings, with_detection
from ocrweb.cli.frame import GOOD, PROBLEMS, command, emit, say, text
from ocrweb.cli.parameters import DeviceOption, EngineOption, JsonOption
from ocrweb.config.model_names import IN_USE
from ocrweb.disk.pattern import expanded


@command
@with_detection("threshold", "box_threshold", "unclip_ratio", "min_size", "limit_side", "limit_type")
def autolabel(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGES...", help="Pictures, folders and zips.")],
    out: Annotated[Path, typer.Option(help="A new or empty folder for the dataset.")],
    model: Annotated[
        str, typer.Option(help="A name from `ocrweb models`, a run, `latest`, `in-use`, or a file.")
    ] = IN_USE,
    margin: Annotated[
        float, typer.Option(help="Boxes that beat the box threshold by less are marked as unsure.")
    ] = 0.25,
    settings: Settings = NONE_GIVEN,
    engine: EngineOption = "auto",
    device: DeviceOption = "auto",
    cluster: ClusterOption = None,
    shard_size: ShardSizeOption = None,
    actor_cores: ActorCoresOption = None,
    json: JsonOption = False,
) -> int:
    """Label pictures with a model; exit 1: some pictures could not be used. Correct in PPOCRLabel or Label Studio."""
    from ocrweb.services.datasets.autolabel import AutoLabelRequest, auto_label
    from ocrweb.services.detect.request import DetectRequest
    from ocrweb.services.detect.settings import chosen_options

    images = expanded(images)
    decode, resize = chosen_options(model, settings)
    detect = DetectRequest(model, engine=engine, device=device, decode=decode, resize=resize)
    spread = Spread(cluster, shard_size, actor_cores)
    if spread.asked():
        from ocrweb.services.datasets.autolabel_cluster import auto_label_on_cluster

        boxes = out.with_name(f"{out.name}_detections")
        report = auto_label_on_cluster(spread.request(images, boxes, detect), out, margin, told)
    else:
        request = AutoLabelRequest(tuple(images), detect, margin)
        report = auto_label(request, out, None if json or not sys.stderr.isatty() else _progress)
    if json:
        emit(report.to_dict())
    else:
        numbers = {name: value for name, value in report.to_dict().items() if name not in ("failed", "cancelled")}
        print(text("dataset_tools.autolabelled", **numbers))
        for name, error in report.failed:
            say(f"! {error.message() if error.where else f'{name}: {error.message()}'}")
        print(_on_the_page(report.out))
        print(text("dataset_tools.correct", folder=report.out / "train_images", review=report.out / "review.csv"))
    return PROBLEMS if report.failed else GOOD


def _on_the_page(out: Path) -> str:
    """Where the console shows the new dataset's labels."""
    from ocrweb.config import paths
    from ocrweb.config.editor_address import editor_address

    if out.absolute().parent == paths.datasets_dir().absolute():
        return text("dataset_tools.correct-here", address=editor_address(out.name))
    return text("dataset_tools.correct-page", folder=out)


def _progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\r{text('dataset_tools.importing', done=done, total=total)}", end=end, file=sys.stderr, flush=True)
