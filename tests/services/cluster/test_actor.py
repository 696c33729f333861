"""What runs on the machines, called without one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.runtime import paddle_env
from ocrweb.runtime.catalogue import resolve
from ocrweb.services.cluster import actor
from ocrweb.services.cluster.actor import ActorTask, ShardActor, _Tries
from ocrweb.services.cluster.inputs import plan
from ocrweb.services.cluster.ledger import Ledger
from tests.services.cluster.conftest import Unmarked, bright


@pytest.fixture
def task(network: Path, tmp_path: Path) -> ActorTask:
    (tmp_path / "1.png").write_bytes(bright(3))
    digest, out = resolve(str(network)).digest(), str(tmp_path / "out")
    return ActorTask(str(network), "onnx", "auto", "cpu", DecodeOptions(), None, digest, out, False, 1, str(tmp_path))


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Asked without Ray; and this process keeps its cores."""
    monkeypatch.setattr(actor, "_Tries", Unmarked)
    monkeypatch.setattr(paddle_env, "_granted", None)
    return Ledger()


def asked(task: ActorTask, ledger: Ledger, picture: Path) -> dict[str, Any]:
    (shard,) = plan([str(picture)], 10)
    (answer,) = ShardActor(task, ledger)({"shard": [json.dumps(shard.to_dict())]})["report"]
    return dict(json.loads(answer))


def test_a_part_is_answered_once(task: ActorTask, direct: Ledger, tmp_path: Path) -> None:
    expected = {"name": "part-000000", "pictures": 1, "failed": 0, "boxes": 3}
    assert asked(task, direct, tmp_path / "1.png") == expected
    assert paddle_env.usable_cores() == 1
    written = (tmp_path / "out" / "part-000000.parquet").stat().st_mtime_ns
    assert asked(task, direct, tmp_path / "1.png") == expected
    assert (tmp_path / "out" / "part-000000.parquet").stat().st_mtime_ns == written


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"weights": "other"}, "cluster.other-weights"), ({"model": "nowhere-model"}, "usage.unknown-name")],
)
def test_what_ends_the_job_is_an_answer_in_the_words_of_an_error(
    task: ActorTask, direct: Ledger, tmp_path: Path, changed: dict[str, str], code: str
) -> None:
    from dataclasses import replace

    assert asked(replace(task, **changed), direct, tmp_path / "1.png")["error"]["code"] == code  # type: ignore[arg-type]


def test_what_a_worker_had_begun_is_in_the_ledger_of_the_next_one(
    direct: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[Any] = []
    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace(get=lambda answer: waited.append(answer) or answer))
    calls = {name: SimpleNamespace(remote=getattr(direct, name)) for name in ("start", "begin", "end", "finish")}
    ledger = SimpleNamespace(**calls)
    lost = _Tries(ledger, "part-1")
    assert (lost.before(3), waited) == (0, [{}])
    for place in (3, 5):
        lost.begin(place)
    assert len(waited) == 3, "nothing is looked at before the ledger has it"
    lost.end(5)
    later = _Tries(ledger, "part-1")
    assert [later.before(place) for place in (3, 5)] == [1, 0]
    assert _Tries(ledger, "part-2").before(3) == 0
    later.begin(4)
    later.finish()
    assert _Tries(ledger, "part-1").before(4) == 0
