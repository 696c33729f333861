"""A job on a cluster of two nodes of which a worker, then a node, then the job itself are lost: `python -m … FOLDER NETWORK OUT`.

Prints one JSON document.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
from typing import Any

FAST = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 300, "health_check_failure_threshold": 3}
SMALL = {"object_store_memory": 80_000_000, "include_dashboard": False}


class Stopped(Exception):
    """The job's own end."""


def main(folder: str, network: str, out: str) -> dict[str, Any]:
    from ray.cluster_utils import Cluster

    from ocrweb.services.cluster import job
    from ocrweb.services.cluster.job import ClusterRequest, rows_of, run_cluster
    from ocrweb.services.cluster.store import opened
    from ocrweb.services.detect.request import DetectRequest
    from tests.services.cluster.poison import PoisonedActor

    job.ShardActor = PoisonedActor  # type: ignore[misc]
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "_system_config": FAST, **SMALL})
    try:
        nodes = [cluster.add_node(num_cpus=1, **SMALL) for _ in range(2)]
        detect = DetectRequest(network, engine="onnx", device="cpu")
        request = ClusterRequest((folder,), out, cluster.address, detect, size=2, cores=1)
        lost: list[str] = []

        def told(part: Any, done: int, total: int) -> None:
            if done == 1:
                lost.append(end_worker())
            elif done == 2:
                cluster.remove_node(nodes[1], allow_graceful=False)
                lost.append("node")
            elif done == 3:
                raise Stopped

        try:
            run_cluster(request, told)
        except Stopped:
            lost.append("job")
        report = run_cluster(request)
        rows = [(os.path.basename(row["image_path"]), (row["error"] or {}).get("code")) for row in rows_of(opened(out))]
        return {"lost": lost, "rows": rows, "report": report.to_dict()}
    finally:
        cluster.shutdown()


def end_worker() -> str:
    """Kill one of this program's workers that looks at pictures."""
    import psutil

    for process in psutil.Process().children(recursive=True):
        if process.name().startswith("ray::MapWorker") or "MapWorker" in "".join(process.cmdline()[:1]):
            process.send_signal(signal.SIGKILL)
            return "worker"
    return "no worker"


if __name__ == "__main__":
    place = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # short: Ray's sockets lie below
    os.makedirs(f"{place}/ray")
    os.environ |= {"RAY_TMPDIR": place, "RAY_USAGE_STATS_ENABLED": "0"}
    try:
        said = json.dumps(main(*sys.argv[1:]))
    finally:
        shutil.rmtree(place, ignore_errors=True)
    print(said)
