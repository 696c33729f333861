"""Each address that the framework brings is open because the page needs it, or closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from ocrweb.services.access.logins import Access
from ocrweb.ui.guard.routes import OpenRoutes, is_open
from ocrweb.ui.page.server import ServeOptions, build_application, prepare_environment
from tests.ui.guard.conftest import Ask

OPEN = {
    "GET /", "HEAD /", "GET /healthz", "GET /config", "GET /theme.css", "GET /favicon.ico", "GET /robots.txt",
    "GET /manifest.json", "GET /pwa_icon", "GET /pwa_icon/{size}", "GET /static/{path}", "GET /assets/{path}", "GET /assets/{name}",
    "GET /svelte/{path}", "POST /login", "GET /logout",
    "GET /gradio_api/user", "GET /gradio_api/login_check", "GET /gradio_api/app_id",
    "GET /gradio_api/info", "GET /gradio_api/openapi.json", "GET /gradio_api/startup-events", "GET /gradio_api/theme.css",
    "GET /gradio_api/heartbeat/{session_hash}", "GET /gradio_api/file={path_or_url}", "HEAD /gradio_api/file={path_or_url}",
    "GET /gradio_api/call/{api_name}/{event_id}", "GET /gradio_api/call/v2/{api_name}/{event_id}", "GET /gradio_api/queue/data", "GET /gradio_api/queue/status",
    "GET /gradio_api/upload_progress", "POST /gradio_api/upload", "POST /gradio_api/queue/join", "POST /gradio_api/cancel",
    "POST /gradio_api/reset", "POST /gradio_api/run/{api_name}", "POST /gradio_api/api/{api_name}",
    "POST /gradio_api/call/{api_name}", "POST /gradio_api/call/v2/{api_name}",
    "GET /labels/api/pictures", "GET /labels/api/picture", "GET /labels/api/thumbnail", "GET /labels/edit",
    "GET /labels/api/labels", "PUT /labels/api/labels",
    "POST /v1/detect", "GET /v1/models", "GET /v1/line", "GET /v1/openapi.json", "GET /metrics",
    "GET /help/tutorial", "GET /help/troubleshooting", "GET /help/glossary", "GET /viewer/map", "GET /viewer/heat", "GET /viewer/seen",
    "GET /labels/api/map", "GET /labels/api/propose", "GET /labels/api/models", "POST /labels/api/words",
    "POST /labels/api/restore", "GET /labels/api/history", "POST /labels/api/accept",
    "POST /labels/api/at", "POST /labels/api/snap", "POST /labels/api/propose",
    "GET /labels/api/learn", "POST /labels/api/learn", "POST /labels/api/propose-anew",
    "GET /labels/api/choose", "GET /labels/api/suspects", "POST /labels/api/dismiss",
    "GET /labels/api/versions", "GET /labels/api/compare", "POST /labels/api/keep-version", "POST /labels/api/restore-version",
}  # fmt: skip
CLOSED = {
    # stored pages and runs of other visitors, what the framework measures
    "GET /gradio_api/deep_link", "GET /monitoring", "GET /monitoring/summary", "GET /monitoring/{key}", "GET /openapi.json",
    "HEAD /openapi.json", "GET /gradio_api/runs",
    # fetching for others, functions of widgets that the page has none of, an old form of file addresses
    "GET /gradio_api/proxy={url_path}", "HEAD /gradio_api/proxy={url_path}", "POST /gradio_api/component_server",
    "GET /gradio_api/custom_component/{id}/{environment}/{type}/{file_name}", "GET /gradio_api/file/{path}",
    "POST /gradio_api/process_recording", "GET /gradio_api/dev/reload",
    "POST /gradio_api/stream/{event_id}", "POST /gradio_api/stream/{event_id}/close",
    "GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8",
    "GET /gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}",
    "GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file",
    # the login's cookie, which no script needs to read
    "GET /gradio_api/token",
    # writing the program from a browser
    "POST /gradio_api/vibe-edit", "POST /gradio_api/undo-vibe-edit", "GET /gradio_api/vibe-code",
    "POST /gradio_api/vibe-code", "POST /gradio_api/vibe-starter-queries",
}  # fmt: skip


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[set[str]]:
    """Method and path of every route of the console as it is mounted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OCRWEB_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("uploads")))
        patch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
        prepare_environment()
        application = build_application(ServeOptions(), Access(("anna", "a right password")))
        yield set(_walk(application.routes, ""))


def _walk(found: Any, prefix: str) -> Iterator[str]:
    for route in found:
        inner = getattr(route, "original_router", None) or getattr(route, "app", None)
        if not getattr(route, "methods", None):
            if inner is not None and hasattr(inner, "routes"):
                yield from _walk(inner.routes, prefix + (getattr(route, "path", "") or "").rstrip("/"))
            continue
        path = prefix + re.sub(r":path\}", "}", route.path)
        for method in route.methods - {"OPTIONS"}:
            yield f"{method} {path.rstrip('/') or '/'}"


def test_every_route_of_the_framework_has_a_decision(routes: set[str]) -> None:
    assert routes - OPEN - CLOSED == set(), "new in the framework: open it in guard/routes.py if the page needs it"
    assert OPEN - routes == set(), "gone from the framework: close it"


@pytest.mark.parametrize("route", sorted(OPEN))
def test_what_the_page_needs_is_open(route: str) -> None:
    method, path = route.split(" ")
    assert is_open(method, re.sub(r"\{\w+\}", "x1", path))


@pytest.mark.parametrize("route", sorted(CLOSED))
def test_the_rest_is_closed(route: str, behind: Ask) -> None:
    method, path = route.split(" ")
    answer = behind(OpenRoutes).request(method, re.sub(r"\{\w+\}", "x1", path))
    assert answer.status_code == 404
    assert method == "HEAD" or answer.json()["error"]["code"] == "access.closed"


def test_a_stored_page_is_shown_to_nobody(behind: Ask) -> None:
    client = behind(OpenRoutes)
    for address in ("/config?deep_link=x", "/?lang=en&deep%5Flink=../x", "/?deep_link"):
        assert client.get(address).status_code == 404, address
    assert client.get("/config?lang=en").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "POST"])
def test_the_page_cannot_be_written_to(method: str, behind: Ask) -> None:
    assert behind(OpenRoutes).request(method, "/").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "takes"),
    [("GET", "/v1/detect", "POST"), ("PUT", "/v1/detect", "POST"), ("POST", "/v1/models", "GET")],
)
def test_a_program_is_told_which_method_its_address_takes(method: str, path: str, takes: str, behind: Ask) -> None:
    answer = behind(OpenRoutes).request(method, path, headers={"Accept-Language": "zh"})
    assert (answer.status_code, answer.headers["allow"]) == (405, takes)
    told = answer.json()["error"]
    assert told["code"] == "access.other-method"
    assert f"只接受 {takes} 请求" in told["message"]


@pytest.mark.parametrize("path", ["/v1/", "/v1/detct", "/v1"])
def test_an_address_of_no_program_is_closed(path: str, behind: Ask) -> None:
    assert behind(OpenRoutes).get(path).status_code == 404
