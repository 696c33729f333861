"""`--cluster`: what the commands that take it have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocrweb.cli.frame import GOOD, PROBLEMS, USAGE, emit, say, text
from ocrweb.disk.address import address_of
from ocrweb.errors import OcrwebError

if TYPE_CHECKING:
    from ocrweb.services.cluster.job import ClusterReport, ClusterRequest
    from ocrweb.services.cluster.shard import ShardReport
    from ocrweb.services.detect.request import DetectRequest

ClusterOption = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="Work on a Ray cluster: auto, local (this machine alone), host:port or ray://host:port."
    ),
]
ShardSizeOption = Annotated[
    int | None,
    typer.Option(min=1, help="With --cluster: pictures of one result file; done again when a worker is lost."),
]
ActorCoresOption = Annotated[int | None, typer.Option(min=1, help="With --cluster: cores of one worker.")]


@dataclass(frozen=True, slots=True)
class Spread:
    """The options of `--cluster` as given."""

    address: str | None
    shard_size: int | None = None
    actor_cores: int | None = None

    def asked(self, overlays: bool = False) -> bool:
        """Whether the work goes to a cluster. Raises `cluster.without` for an option that means nothing here."""
        if self.address is None:
            given = {
                "--overlays": overlays,
                "--shard-size": self.shard_size is not None,
                "--actor-cores": self.actor_cores is not None,
            }
            for option in (option for option, there in given.items() if there):
                raise OcrwebError("cluster.without", option=option)
        return self.address is not None

    def request(
        self, inputs: Sequence[Path], out: Path | None, detect: DetectRequest, *, overlays: bool = False
    ) -> ClusterRequest:
        """The job. Raises `cluster.out-missing`."""
        from ocrweb.services.cluster.job import SIZE, ClusterRequest

        if out is None:
            raise OcrwebError("cluster.out-missing")
        return ClusterRequest(
            tuple(map(address_of, inputs)),
            address_of(out),
            self.address or "auto",
            detect,
            overlays,
            self.shard_size or SIZE,
            self.actor_cores,
        )


def detect_on_cluster(
    spread: Spread,
    inputs: Sequence[Path],
    out: Path | None,
    detect: DetectRequest,
    *,
    overlays: bool,
    as_json: bool,
) -> int:
    """Run the job of ``ocrweb detect`` and tell what became of it; the exit code."""
    from ocrweb.services.cluster.job import run_cluster

    report = run_cluster(spread.request(inputs, out, detect, overlays=overlays), told)
    if as_json:
        emit({"results": [], "summary": report.to_dict()})
    else:
        if report.resumed:
            say(text("cluster.resumed", count=report.resumed))
        numbers = {name: value for name, value in report.to_dict().items() if name not in ("resumed", "seconds")}
        print(text("cluster.summary", **numbers, seconds=f"{report.seconds:.1f}"))
    return _code(report)


def told(part: ShardReport, done: int, total: int) -> None:
    """A line for every part that is written."""
    say(text("cluster.part", name=part.name, done=done, total=total, pictures=part.pictures, failed=part.failed))


def _code(report: ClusterReport) -> int:
    return USAGE if report.failed == report.pictures else PROBLEMS if report.failed else GOOD
