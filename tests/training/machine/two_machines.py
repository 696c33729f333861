"""A run on a cluster of two machines of which one is lost on the way: `python -m … RUN CHECKPOINTED`.

Prints one JSON document when the run has ended.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

FAST = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 300, "health_check_failure_threshold": 3}
SMALL = {"object_store_memory": 80_000_000, "include_dashboard": False}


def main(run: Path, steps: int) -> dict[str, Any]:
    from ray.cluster_utils import Cluster

    from ocrweb.rundir import names
    from ocrweb.rundir.events import EventReader
    from ocrweb.training import worker

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "_system_config": FAST, **SMALL})
    reader, over = EventReader(run / names.EVENTS), threading.Event()
    lost = []

    def lose(node: Any) -> None:
        while not over.wait(0.2):
            if not lost and any(event["kind"] == "step" and event["step"] >= steps for event in reader.read()):
                lost.append(True)
                cluster.remove_node(node, allow_graceful=False)

    try:
        nodes = [cluster.add_node(num_cpus=1, **SMALL) for _ in range(2)]
        watching = threading.Thread(target=lose, args=(nodes[0],))
        watching.start()
        code = worker.main([str(run), "--cluster", cluster.address])
        over.set()
        watching.join()
        return {"code": code, "lost": len(lost)}
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    place = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # short: Ray's sockets lie below
    os.makedirs(f"{place}/ray")
    os.environ |= {"RAY_TMPDIR": place, "RAY_USAGE_STATS_ENABLED": "0"}
    try:
        said = json.dumps(main(Path(sys.argv[1]), int(sys.argv[2])))
    finally:
        shutil.rmtree(place, ignore_errors=True)
    print(said)
