"""The plan of a job, kept in its output folder: whoever begins it again does what is left of the same plan."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ocrweb.errors import OcrwebError
from ocrweb.services.cluster.inputs import MARK, Shard, plan
from ocrweb.services.cluster.rows import about_of
from ocrweb.services.cluster.shard import ShardReport
from ocrweb.services.cluster.store import Store
from ocrweb.services.files.outputs import to_json

SHARDS, SUMMARY = "_shards.jsonl", "_summary.json"
PART = ".parquet"


def settle(out: Store, inputs: Sequence[str], settings: dict[str, Any], size: int) -> list[Shard]:
    """The parts of the job in this folder: as planned by the run that began it, else planned and kept now.

    Raises `batch.other-settings` for a folder of another job, `cluster.not-empty` for one with Parquet files of another
    origin, `cluster.damaged-plan`, and what `plan` raises.
    """
    wanted = json.loads(json.dumps({"inputs": list(inputs), **settings}))
    mark = out.at(MARK)
    if mark.exists():
        kept = _kept(mark)
        if changed := sorted(name for name in wanted if kept["settings"].get(name) != wanted[name]):
            raise OcrwebError("batch.other-settings", path=out.address, changed=", ".join(changed))
        return planned(out, kept["shards"])
    if any(name.endswith(PART) for name in out.names()):
        raise OcrwebError("cluster.not-empty", path=out.address)
    shards = plan(inputs, size)
    out.at(SHARDS).write("".join(f"{json.dumps(shard.to_dict())}\n" for shard in shards).encode())
    mark.write(
        to_json({"schema": 1, "settings": wanted, "shards": len(shards)})
    )  # last: it says that the plan is whole
    return shards


def finished(out: Store) -> set[str]:
    """Names of the parts that are written."""
    return {name.removesuffix(PART) for name in out.names() if name.endswith(PART)}


def report_of(out: Store, name: str) -> ShardReport:
    """What became of a written part."""
    part = out.at(f"{name}{PART}")
    with part.files.open(part.path, "rb") as file:
        return ShardReport(**about_of(file))


def _kept(mark: Store) -> dict[str, Any]:
    try:
        kept = json.loads(mark.read())
        if isinstance(kept["settings"], dict) and isinstance(kept["shards"], int):
            return dict(kept)
    except (ValueError, KeyError, TypeError):
        pass
    raise OcrwebError("cluster.damaged-plan", path=mark.address)


def planned(out: Store, count: int | None = None) -> list[Shard]:
    """The parts as they were planned, so many of them. Raises `cluster.damaged-plan`."""
    try:
        lines = out.at(SHARDS).read().decode().splitlines()
        shards = [Shard.of(json.loads(line)) for line in lines]
    except (ValueError, KeyError, TypeError, OcrwebError) as failure:
        raise OcrwebError("cluster.damaged-plan", path=out.at(SHARDS).address) from failure
    if count not in (None, len(shards)):
        raise OcrwebError("cluster.damaged-plan", path=out.at(SHARDS).address)
    return shards
