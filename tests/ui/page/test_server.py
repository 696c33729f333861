"""The server around the page: health, login, MCP."""

from __future__ import annotations

import base64
import errno
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from ocrweb.errors import OcrwebError
from ocrweb.ui.page.server import check_address
from tests.browser import ROOT, Console
from tests.runtime.networks import save_brightness
from tests.ui.page.conftest import LOGIN


@pytest.mark.slow
def test_health_says_ready_with_the_model(console: Console) -> None:
    state = json.load(urllib.request.urlopen(f"{console.url}/healthz", timeout=60))
    assert state["ready"] is True
    assert state["model"] == "ppocrv6-small"


@pytest.mark.slow
def test_the_api_names_its_endpoints(console: Console) -> None:
    endpoints = Client(console.url, verbose=False).view_api(return_format="dict", print_info=False)["named_endpoints"]
    known = {"/detect", "/detect_batch", "/golden", "/validate", "/models", "/status"}
    assert known <= set(endpoints)
    for readme in (ROOT / "README.md", ROOT / "README_zh.md"):
        assert not [name for name in known if f"`{name}`" not in readme.read_text(encoding="utf-8")], readme.name


@pytest.mark.slow
@pytest.mark.parametrize("place", ["elsewhere", "in the data root"])
def test_a_visitor_names_no_model_file(console: Console, picture: Path, place: str) -> None:
    file = (picture.parent if place == "elsewhere" else console.home / "datasets" / "d") / "m.onnx"
    save_brightness(file)
    with pytest.raises(AppError) as refused:
        Client(console.url, verbose=False).predict(handle_file(picture), model=str(file), api_name="/detect")
    assert refused.value.title == "model.by-name"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("endpoint", "words", "code"),
    [
        ("/detect", {"picture": None}, "batch.no-pictures"),
        ("/golden", {"model": ".."}, "model.by-name"),
        ("/validate", {"dataset": "nope"}, "store."),
        ("/validate", {}, "config.dataset-missing"),
        ("/validate", {"dataset": "/etc"}, "batch.outside-root"),
    ],
)
def test_a_script_that_asks_wrongly_gets_a_coded_failure(
    console: Console, endpoint: str, words: dict[str, str | None], code: str
) -> None:
    with pytest.raises(AppError, match=code) as failed:
        Client(console.url, verbose=False).predict(**words, api_name=endpoint)
    assert failed.value.title.startswith(code)


def test_a_data_root_that_cannot_be_made_is_told_in_one_line() -> None:
    environment = os.environ | {"OCRWEB_HOME": "/proc/nope", "OCRWEB_LANG": "en"}
    ran = subprocess.run(
        [sys.executable, "-m", "ocrweb", "serve"], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("/proc/nope cannot be written")


@pytest.mark.slow
def test_without_the_login_nothing_is_served(locked: Console) -> None:
    served = [locked.home / "console.log", locked.home / "outputs" / "outputs_1.zip"]
    served[1].parent.mkdir(exist_ok=True)
    served[1].write_bytes(b"zip")
    for path in ("/config", "/gradio_api/info", *(f"/gradio_api/file={path}" for path in served)):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{locked.url}{path}", timeout=60)
        assert refused.value.code in {401, 403}
    for path in ("/gradio_api/upload", "/gradio_api/queue/join", "/gradio_api/call/detect"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{locked.url}{path}", data=b"{}", timeout=60)
        assert refused.value.code in {401, 403}
    assert Client(locked.url, auth=LOGIN, verbose=False).predict(api_name="/models")["models"]


@pytest.mark.slow
def test_the_login_may_come_with_each_request(locked: Console) -> None:
    headers = {"Authorization": "Basic " + base64.b64encode(":".join(LOGIN).encode()).decode()}
    assert Client(locked.url, headers=headers, verbose=False).predict(api_name="/models")["models"]


@pytest.mark.slow
def test_files_of_the_data_root_are_not_served(console: Console) -> None:
    (console.home / "secret.txt").write_text("no")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{console.url}/gradio_api/file={console.home}/secret.txt", timeout=60)
    assert refused.value.code in {403, 404}


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, "access.port-forbidden"),
        (errno.EADDRINUSE, "access.port-in-use"),
        (errno.EADDRNOTAVAIL, "access.bad-host"),
    ],
    ids=["low port", "in use", "not here"],
)
def test_why_an_address_cannot_be_listened_on(monkeypatch: pytest.MonkeyPatch, number: int, code: str) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("socket.socket.bind", refuse)
    with pytest.raises(OcrwebError) as caught:
        check_address("127.0.0.1", 80)
    assert caught.value.code == code
