"""A job over a cluster, whatever is lost on the way."""

from __future__ import annotations

import contextlib
import json
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from ocrweb.disk.child import end_group, start_module
from ocrweb.errors import OcrwebError
from ocrweb.services.cluster import job
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
