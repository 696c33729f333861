"""A job over a cluster, whatever is lost on the way."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from ocrweb.disk.child import end_group, start_module
from ocrweb.errors import OcrwebError
from ocrweb.services.cluster import job
from ocrweb.services.cluster.inputs import Shard
from ocrweb.services.cluster.shard import ShardReport
from ocrweb.services.detect.request import DetectRequest
from tests.services.cluster.conftest import bright


@pytest.mark.parametrize(
    ("requested", "resources", "share"),
    [("auto", {"CPU": 8, "GPU": 2}, (1, "auto")), ("auto", {"CPU": 8}, (0, "cpu")), ("cpu", {"GPU": 2}, (0, "cpu"))],
)
def test_each_actor_asks_for_a_gpu_where_the_cluster_has_some(
    requested: str,
    resources: dict[str, float],
    share: tuple[int, str],
    tmp_path: Path,
    network: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cluster = SimpleNamespace(cluster_resources=lambda: resources, nodes=list)
    asked: list[tuple[int, str]] = []
    monkeypatch.setattr(job, "connected", lambda address: contextlib.nullcontext(cluster))
    monkeypatch.setattr(job, "_answers", lambda ray, shards, task, gpus: asked.append((gpus, task.device)) or iter(()))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.png").write_bytes(bright(1))
    detect = DetectRequest(str(network), device=requested)
    job.run_cluster(job.ClusterRequest((str(tmp_path / "in"),), str(tmp_path / "out"), detect=detect))
    assert asked == [share]


@pytest.mark.parametrize("refusing", ["check_libraries", "knock"])
def test_what_is_missing_is_told_before_anything_is_begun(
    refusing: str, tmp_path: Path, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OcrwebError("cluster.not-installed", names=refusing)

    monkeypatch.setattr(job, "connected", lambda address: pytest.fail("it was joined"))
    monkeypatch.setattr(job, refusing, refuse)
    (tmp_path / "in").mkdir()
    asked = job.ClusterRequest((str(tmp_path / "in"),), str(tmp_path / "out"), detect=DetectRequest(str(network)))
    with pytest.raises(OcrwebError, match=r"cluster\.not-installed"):
        job.run_cluster(asked)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_picture_is_a_row_exactly_once_although_a_worker_a_node_and_the_job_are_lost(
    tmp_path: Path, network: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(10):
        (folder / f"{number}.png").write_bytes(bright(1 + number % 5))
    (folder / "4.png").write_bytes(b"broken")
    (folder / "7-poison.png").write_bytes(bright(1))
    child = start_module(
        "tests.services.cluster.two_nodes",
        folder,
        network,
        tmp_path / "out",
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        said = child.communicate(timeout=850)[0].decode()
    finally:
        end_group(child)
    document = json.loads(said.splitlines()[-1])
    assert document["lost"] == ["worker", "node", "job"]
    rows = dict(document["rows"])
    assert len(document["rows"]) == len(rows) == 11
    assert rows == {
        **{f"{number}.png": None for number in range(10)},
        "4.png": "image.is-text",
        "7-poison.png": "cluster.poisonous",
    }
    report = document["report"]
    assert (report["pictures"], report["failed"], report["parts"]) == (11, 2, 6)
    assert report["resumed"] >= 3


@pytest.mark.parametrize(
    ("counts", "cores"), [([8, 2], 2), ([8], 4), ([0, 3], 3), ([0], 4), ([], 4), ([1, 16], 1), ([4.0, 5.0], 4)]
)
def test_an_actor_has_the_cores_of_the_smallest_machine_that_has_any(counts: list[float], cores: int) -> None:
    alive = [{"Alive": True, "Resources": {"CPU": count} if count else {}} for count in counts]
    ray: Any = SimpleNamespace(nodes=lambda: [*alive, {"Alive": False, "Resources": {"CPU": 1}}])
    assert job._cores(ray) == cores


def test_a_job_whose_parts_are_all_written_is_summed_up_without_a_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = {
        f"part-{number:06d}": ShardReport(f"part-{number:06d}", 10 + number, number, 100 * number)
        for number in range(3)
    }
    clock = iter((5.0, 7.12345))
    monkeypatch.setattr(job, "check_libraries", lambda: None)
    monkeypatch.setattr(job, "knock", lambda address: None)
    monkeypatch.setattr(job.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(job, "connected", lambda address: pytest.fail("a cluster was asked for"))
    monkeypatch.setattr(job, "settle", lambda *given: [Shard(name, "files", ("a",)) for name in parts])
    monkeypatch.setattr(job, "finished", lambda out: set(parts))
    monkeypatch.setattr(job, "report_of", lambda out, name: parts[name])
    heard: list[Any] = []
    report = job.run_cluster(job.ClusterRequest(("in",), str(tmp_path / "out")), lambda *part: heard.append(part))
    assert report.to_dict() == {
        "folder": str(tmp_path / "out"), "parts": 3, "resumed": 3, "pictures": 33, "failed": 3, "boxes": 300, "seconds": 2.123,
    }  # fmt: skip
    assert json.loads((tmp_path / "out" / "_summary.json").read_text()) == report.to_dict()
    assert heard == []


@pytest.fixture
def given_to_ray(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Ray Data whose one actor works here; what it was given."""
    given: dict[str, Any] = {"context": SimpleNamespace(enable_progress_bars=True, print_on_execution_start=True)}

    class Rows:
        def __init__(self, items: list[dict[str, Any]], override_num_blocks: int) -> None:
            self.items = items
            given["blocks"] = override_num_blocks

        def map_batches(self, actor: Any, **how: Any) -> Rows:
            given.update(how)
            self.work = actor(*how["fn_constructor_args"])
            return self

        def iter_rows(self) -> Any:
            for item in self.items:
                (report,) = self.work({"shard": [item["shard"]]})["report"]
                yield {"report": report}

    modules = {name: ModuleType(name) for name in ("ray", "ray.data", "ray.util", "ray.util.scheduling_strategies")}
    data = modules["ray"].data = modules["ray.data"]  # type: ignore[attr-defined]
    data.from_items, data.ActorPoolStrategy = Rows, dict  # type: ignore[attr-defined]
    data.DataContext = SimpleNamespace(get_current=lambda: given["context"])  # type: ignore[attr-defined]
    modules["ray.util.scheduling_strategies"].NodeAffinitySchedulingStrategy = lambda node, soft: (node, soft)  # type: ignore[attr-defined]
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    return given


def answers_of(resources: dict[str, float], gpus: int, cores: int = 3, count: int = 3) -> Any:
    ray = SimpleNamespace(
        cluster_resources=lambda: resources, get_runtime_context=lambda: SimpleNamespace(get_node_id=lambda: "here"),
        remote=lambda **how: lambda kind: SimpleNamespace(remote=lambda: (kind.__name__, how)),
    )  # fmt: skip
    task: Any = SimpleNamespace(cores=cores)
    return job._answers(ray, [Shard(f"part-{number}", "files", ("a",)) for number in range(count)], task, gpus)


class Answering:
    """An actor that cannot do the third part."""

    def __init__(self, *given: object) -> None: ...

    def __call__(self, batch: dict[str, list[str]]) -> dict[str, list[str]]:
        name = json.loads(batch["shard"][0])["name"]
        error = OcrwebError("image.bomb", where="b.png").to_record()
        answer = {"error": error} if name == "part-2" else {"name": name, "pictures": 1, "failed": 0, "boxes": 2}
        return {"report": [json.dumps(answer)]}


def test_parts_are_answered_one_after_the_other_until_one_ends_the_job_in_its_own_words(
    given_to_ray: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "ShardActor", Answering)
    coming = answers_of({"CPU": 8}, 0)
    assert [next(coming) for _ in range(2)] == [ShardReport(f"part-{number}", 1, 0, 2) for number in range(2)]
    with pytest.raises(OcrwebError) as caught:
        next(coming)
    assert (caught.value.code, caught.value.where) == ("image.bomb", "b.png")
    task, ledger = given_to_ray["fn_constructor_args"]
    assert (task.cores, ledger) == (3, ("Ledger", {"num_cpus": 0, "scheduling_strategy": ("here", False)}))
    assert given_to_ray["context"] == SimpleNamespace(enable_progress_bars=False, print_on_execution_start=False)


@pytest.mark.parametrize(
    ("resources", "gpus", "most"),
    [({"CPU": 8.0, "GPU": 2.0}, 0, 2), ({"CPU": 3.0}, 0, 1), ({"CPU": 2.0}, 0, 1), ({}, 0, 1), ({"CPU": 30.0}, 0, 10), ({"CPU": 8.0, "GPU": 5.0}, 2, 2)],
)  # fmt: skip
def test_a_cluster_has_as_many_actors_as_fit_and_each_begins_one_part_at_a_time(
    resources: dict[str, float], gpus: int, most: int, given_to_ray: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "ShardActor", Answering)
    monkeypatch.setattr(job, "MOST_BLOCKS", 2)
    next(answers_of(resources, gpus))
    assert given_to_ray["compute"] == {
        "min_size": 1, "max_size": most, "initial_size": min(most, 3), "max_tasks_in_flight_per_actor": 1
    }  # fmt: skip
    told = {name: given_to_ray[name] for name in ("batch_size", "num_cpus", "num_gpus", "blocks")}
    assert told == {"batch_size": 1, "num_cpus": 3, "num_gpus": gpus or None, "blocks": 2}
