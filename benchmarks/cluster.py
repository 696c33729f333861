"""`ocrweb detect --cluster` with one worker a core against the batch command over the same pictures, and what a lost node costs.

    ocrweb bench cluster [--data FOLDER] [--count 2000] [--shard-size 50] [--nodes 2]

A Ray cluster of nodes of one core each is started on this machine for the measurement. Rates are from the first answer to the
last, without starting; the seconds of all are told beside them. Then a node is killed when a third of the work is done, and the
rows are counted.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks._measure import finish, machine, say, table
from benchmarks._pictures import pictures
from ocrweb.disk.atomic import link_or_copy
from ocrweb.services.batch.run import BatchRequest, run_batch
from ocrweb.services.cluster.job import ClusterRequest, rows_of, run_cluster
from ocrweb.services.cluster.store import opened
from ocrweb.services.detect.request import DetectRequest

SMALL = {"object_store_memory": 100_000_000, "include_dashboard": False}
WATCHED = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 1000, "health_check_failure_threshold": 5}


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    with tempfile.TemporaryDirectory(prefix="ocrweb-bench-") as place:
        folder = many(Path(place), given)
        say(f"batch command: {given.count} pictures …")
        batch = batch_command(folder, Path(place) / "batch")
        with cluster(given.nodes) as (address, nodes, lose):
            say(f"{nodes} workers …")
            spread = on_cluster(folder, Path(place) / "whole", address, given)
            say("a node is lost …")
            lossy = on_cluster(folder, Path(place) / "lossy", address, given, lose)
        lost = counted(folder, Path(place) / "lossy")
    ratio = round(spread["rate"] / batch["rate"], 3)
    document = {
        "benchmark": "cluster",
        "machine": machine(),
        "pictures": given.count,
        "workers": nodes,
        "batch": batch,
        "cluster": spread,
        "node_lost": {**lossy, **lost},
        "ratio": ratio,
    }
    head = ["", "pictures a second", "seconds in all"]
    rows = [
        ["batch command", f"{batch['rate']:.2f}", f"{batch['seconds']:.1f}"],
        [f"cluster, {nodes} workers", f"{spread['rate']:.2f}  ({ratio:.2f})", f"{spread['seconds']:.1f}"],
        ["… a node lost", f"lost {lost['lost']}, doubled {lost['doubled']}", f"{lossy['seconds']:.1f}"],
    ]
    finish("cluster", document, table(head, rows), as_json=given.json, out=given.out)
    return 0 if lost == {"lost": 0, "doubled": 0} else 1


def many(place: Path, given: argparse.Namespace) -> Path:
    """A folder of so many files; pictures come again under other names where there are fewer."""
    files = pictures(given.data, min(given.count, 24) if given.data is None else None).files
    folder = place / "in"
    folder.mkdir()
    for number in range(given.count):
        file = files[number % len(files)]
        link_or_copy(file.resolve(), folder / f"{number:06d}{file.suffix.lower()}")
    return folder


def batch_command(folder: Path, out: Path) -> dict[str, float]:
    """What `ocrweb detect FOLDER` does, in this process."""
    answered: list[float] = []
    start = time.perf_counter()
    run_batch(
        BatchRequest((folder,), DetectRequest(device="cpu"), out), lambda row: answered.append(time.perf_counter())
    )
    return figures([1] * len(answered), answered, start)


def on_cluster(folder: Path, out: Path, address: str, given: argparse.Namespace, lose: Any = None) -> dict[str, float]:
    sizes: list[int] = []
    answered: list[float] = []

    def told(part: Any, done: int, total: int) -> None:
        sizes.append(part.pictures)
        answered.append(time.perf_counter())
        if lose is not None and done == max(1, total // 3):
            lose()

    start = time.perf_counter()
    detect = DetectRequest(device="cpu")
    run_cluster(
        ClusterRequest((str(folder),), str(out), address, detect, overlays=True, size=given.shard_size, cores=1), told
    )
    return figures(sizes, answered, start)


def figures(sizes: list[int], answered: list[float], start: float) -> dict[str, float]:
    """rate: pictures a second after the first answer. seconds: from the start on."""
    later, last = sum(sizes[1:]), max(answered)
    return {"rate": round(later / max(last - answered[0], 1e-9), 3), "seconds": round(last - start, 2)}


def counted(folder: Path, out: Path) -> dict[str, int]:
    """Pictures without a row, and rows too many."""
    rows = Counter(os.path.basename(row["image_path"]) for row in rows_of(opened(str(out))))
    names = {path.name for path in folder.iterdir()}
    return {"lost": len(names - rows.keys()), "doubled": sum(rows.values()) - len(rows)}


@contextlib.contextmanager
def cluster(count: int) -> Iterator[tuple[str, int, Any]]:
    """Its address, how many nodes of one core it has, and what kills the last of them."""
    place = tempfile.mkdtemp(prefix="ocrweb-ray-", dir="/tmp")  # short: Ray's sockets lie below
    os.makedirs(f"{place}/ray")
    os.environ |= {"RAY_TMPDIR": place, "RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}
    from ray.cluster_utils import Cluster

    started = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "_system_config": WATCHED, **SMALL})
    try:
        nodes = [started.add_node(num_cpus=1, **SMALL) for _ in range(count)]
        yield started.address, count, lambda: started.remove_node(nodes[-1], allow_graceful=False)
    finally:
        started.shutdown()
        shutil.rmtree(place, ignore_errors=True)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ocrweb bench cluster", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="a dataset or a folder; default: rendered receipts")
    parser.add_argument("--count", type=int, default=2000, help="files; pictures are used again when there are fewer")
    parser.add_argument("--shard-size", type=int, default=50)
    parser.add_argument("--nodes", type=int, default=2, help="of one core each")
    parser.add_argument("--out", type=Path, help="JSON file; default: outputs/benchmarks/cluster.json")
    parser.add_argument("--json", action="store_true", help="print the JSON document")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
