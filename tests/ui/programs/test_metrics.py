"""What a scraper reads is what the console did and how it is, in a form that the library's own parsers read."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as plain
from starlette.testclient import TestClient

from ocrweb.rundir.status import RUNNING, RunStatus, worked_by, write_status
from ocrweb.services.access.logins import Access
from ocrweb.services.line.waiting import Caller, WaitingLine
from ocrweb.ui.programs import metrics, routes

TOKEN = "a-token-of-24-characters"
OPEN_METRICS = "application/openmetrics-text; version=1.0.0"


def scraped(client: TestClient, parse: Callable[[str], object] = plain, accept: str = "text/plain") -> dict[str, float]:
    """Each series with its labels → its value."""
    answer = client.get("/metrics", headers={"Accept": accept})
    assert answer.status_code == 200
    return {
        sample.name + "".join(f"|{value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in parse(answer.text)  # type: ignore[attr-defined]
        for sample in family.samples
    }


def test_what_was_asked_is_counted_with_its_outcome(client: TestClient, page: bytes) -> None:
    before = scraped(client)
    assert client.post("/v1/detect", content=page).status_code == 200
    assert client.post("/v1/detect", content=b"\xff\xd8\xff" + bytes(99)).status_code == 400
    assert client.get("/nothing/here").status_code == 404
    after = scraped(client)

    def grown(name: str) -> float:
        return after.get(name, 0.0) - before.get(name, 0.0)

    assert grown("ocrweb_requests_total|v1|200") == 1
    assert grown("ocrweb_requests_total|v1|400") == 1
    assert grown("ocrweb_requests_total|other|404") == 1
    assert grown("ocrweb_requests_total|metrics|200") == 1
    assert grown("ocrweb_pictures_total|ok|single") == 1
    assert grown("ocrweb_regions_total|single") == 2
    assert grown("ocrweb_picture_seconds_count|single") == 2
    assert grown("ocrweb_picture_seconds_bucket|+Inf|single") == 2
    assert grown("ocrweb_picture_seconds_sum|single") > 0
    assert after["process_resident_memory_bytes"] > 1e6
    assert after["process_cpu_seconds_total"] >= before["process_cpu_seconds_total"] > 0
    assert after["ocrweb_workers"] == 0
    assert any(name.startswith("ocrweb_model_loaded|") and "|ppocrv6-small" in name for name in after)


def test_the_line_and_what_it_refused_are_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    line = WaitingLine(time.monotonic, at_once=1, longest=1)
    monkeypatch.setattr(metrics, "network_line", line)
    monkeypatch.setattr(routes, "network_line", line)
    line.join(Caller("anna"))
    line.join(Caller("anna"))
    assert client.post("/v1/detect", content=b"\x89PNG").status_code == 503
    told = scraped(client)
    assert (told["ocrweb_line_serving"], told["ocrweb_line_waiting"]) == (1, 1)
    assert told["ocrweb_line_refused_total"] == 1


def test_a_training_that_runs_is_told(client: TestClient, tmp_path: Path) -> None:
    assert scraped(client)["ocrweb_trainings_running"] == 0
    run = tmp_path / "workdirs" / "20260101_000000_anna"
    run.mkdir(parents=True)
    write_status(run, RunStatus(state=RUNNING, **worked_by(os.getpid())))
    assert scraped(client)["ocrweb_trainings_running"] == 1


def test_open_metrics_is_answered_where_it_is_asked_for(client: TestClient) -> None:
    assert scraped(client, open_metrics, OPEN_METRICS)["ocrweb_trainings_waiting"] == 0


def test_it_asks_for_the_login_or_the_token(client_of: Callable[..., TestClient], tmp_path: Path) -> None:
    client = client_of(Access(("anna", "a right password"), token=TOKEN))
    bare = client.get("/metrics")
    assert (bare.status_code, bare.json()["error"]["code"]) == (401, "access.login-needed")
    assert "Bearer" in bare.headers["www-authenticate"]
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert client.get("/metrics", auth=("anna", "a right password")).status_code == 200
    assert client.get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 401
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
