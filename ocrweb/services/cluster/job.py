"""A job over a cluster: parts handed out by Ray Data, each written where it was answered."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.runtime.catalogue import is_named, resolve
from ocrweb.runtime.cluster.connection import AUTO, connected, knock
from ocrweb.runtime.cluster.needed import check_libraries
from ocrweb.runtime.detector import default_decode
from ocrweb.runtime.device import of_worker
from ocrweb.services.cluster.actor import ActorTask, ShardActor
from ocrweb.services.cluster.inputs import Shard
from ocrweb.services.cluster.ledger import Ledger
from ocrweb.services.cluster.manifest import SUMMARY, finished, report_of, settle
from ocrweb.services.cluster.shard import ShardReport
from ocrweb.services.cluster.store import Store, opened
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.files.outputs import to_json

SIZE = 200  # pictures of a part: what is done again when a worker is lost
MOST_BLOCKS = 2_000  # that Ray Data is given: it keeps count of each
CORES = 4  # of an actor at most: more pictures in work at a time gain nothing, and each holds memory


@dataclass(frozen=True, slots=True)
class ClusterRequest:
    """inputs: paths and addresses of folders, lists, archives, Parquet files, pictures, documents. out: a folder, to begin or
    to go on with. address: as of `connected`. size: pictures of a part. cores: of an actor; None fits the machines.
    """

    inputs: tuple[str, ...]
    out: str
    address: str = AUTO
    detect: DetectRequest = field(default_factory=DetectRequest)
    overlays: bool = False
    size: int = SIZE
    cores: int | None = None


@dataclass(frozen=True, slots=True)
class ClusterReport:
    """What became of a job. resumed: parts that an earlier run had written; pictures, failed, boxes are of all parts."""

    folder: str
    parts: int
    resumed: int
    pictures: int
    failed: int
    boxes: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def run_cluster(
    request: ClusterRequest, on_part: Callable[[ShardReport, int, int], None] = lambda part, done, total: None
) -> ClusterReport:
    """Look at all pictures; every one is a row of exactly one Parquet file, whatever worker or machine is lost.

    on_part: hears of each part that is written, how many are, and of how many. Begun again with the same ``out``, what is
    written is kept. Raises coded errors for what stops everything.
    """
    check_libraries()
    knock(request.address)
    began = time.monotonic()
    entry = resolve(request.detect.model)
    if entry.missing is not None:
        raise entry.missing
    decode = request.detect.decode or default_decode(entry.card)
    resize = request.detect.resize.model_dump() if request.detect.resize else None
    settings = {"model": entry.name, "weights": entry.digest(), **decode.model_dump(), "resize": resize}
    out = opened(request.out)
    inputs = [opened(given).address for given in request.inputs]
    shards = settle(out, inputs, {**settings, "overlays": request.overlays}, request.size)
    done = finished(out)
    reports = [report_of(out, shard.name) for shard in shards if shard.name in done]
    resumed = len(reports)
    todo = [shard for shard in shards if shard.name not in done]
    if todo:
        detect = request.detect
        with connected(request.address) as ray:
            gpus, device = of_worker(detect.device, ray.cluster_resources().get("GPU", 0))
            cores = request.cores or _cores(ray)
            model = entry.name if is_named(detect.model) else os.path.abspath(detect.model)  # whichever is in use there
            task = ActorTask(
                model, detect.engine, detect.precision, device, decode, detect.resize, entry.digest(),
                out.whole, request.overlays, cores, os.environ.get("OCRWEB_HOME") or str(paths.home()),
            )  # fmt: skip
            for part in _answers(ray, todo, task, gpus):
                reports.append(part)
                on_part(part, len(reports), len(shards))
    total = {name: sum(getattr(part, name) for part in reports) for name in ("pictures", "failed", "boxes")}
    report = ClusterReport(out.address, len(shards), resumed, **total, seconds=round(time.monotonic() - began, 3))
    out.at(SUMMARY).write(to_json(report.to_dict()))
    return report


def rows_of(folder: Store) -> Iterator[dict[str, Any]]:
    """The rows of all written parts, in the order of the plan; one part in memory at a time."""
    from ocrweb.services.cluster.rows import from_parquet

    for name in sorted(finished(folder)):
        yield from from_parquet(folder.at(f"{name}.parquet").read())


def _cores(ray: Any) -> int:
    """Cores of an actor: of the smallest machine that has any, a few at most."""
    counts = [int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"]]
    return max(1, min([CORES, *(count for count in counts if count)]))


def _answers(ray: Any, shards: Sequence[Shard], task: ActorTask, gpus: int) -> Iterator[ShardReport]:
    """As they are done. Ray Data starts lost actors anew, as often as it takes, and repeats what they had begun."""
    from ray import data
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    _quiet(data.DataContext.get_current())
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    ledger = ray.remote(num_cpus=0, scheduling_strategy=here)(Ledger).remote()
    most = max(1, int(ray.cluster_resources().get("GPU" if gpus else "CPU", 1) // (gpus or task.cores)))
    work = data.from_items(
        [{"shard": json.dumps(shard.to_dict())} for shard in shards], override_num_blocks=min(len(shards), MOST_BLOCKS)
    ).map_batches(
        ShardActor,
        fn_constructor_args=(task, ledger),
        batch_size=1,
        compute=data.ActorPoolStrategy(
            min_size=1, max_size=most, initial_size=min(most, len(shards)), max_tasks_in_flight_per_actor=1
        ),
        num_cpus=task.cores,
        num_gpus=gpus or None,
    )
    for row in work.iter_rows():
        document = json.loads(row["report"])
        if error := document.get("error"):
            raise OcrwebError(error["code"], where=error["where"], **error["params"])
        yield ShardReport(**document)


def _quiet(context: Any) -> None:
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    for name in ("ray.data", "ray.data._internal", "ray"):
        logging.getLogger(name).setLevel(logging.ERROR)
