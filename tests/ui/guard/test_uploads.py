"""An upload is kept whole or not at all; whoever is refused is told why, in their language."""

from __future__ import annotations

import errno
import inspect
import math
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from gradio import route_utils, routes
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse

from ocrweb.disk.passing import owner_of, passing_name
from ocrweb.disk.process import this_process
from ocrweb.ui.guard import uploads
from ocrweb.ui.guard.uploads import UploadAnswers, adopt_leftovers, store
from tests.own_loop import run_async

LIMIT = 1 << 20
FORM = {"content-type": "multipart/form-data; boundary=x"}
PART = b'--x\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\n'


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    monkeypatch.setattr(routes, "upload_fn", store)  # as `take_over` does, for this test
    monkeypatch.setattr(route_utils, "GradioMultiPartParser", uploads.NamedParts)
    monkeypatch.setattr(uploads, "_own_folder", [])
    return tmp_path / "uploads"


@pytest.fixture
def console(cache: Path) -> TestClient:
    """The upload route of Gradio, as its `routes` has it, behind the wrapper."""
    application = FastAPI()

    @application.post("/gradio_api/upload")
    async def upload(request: Request) -> Any:
        try:
            return (await routes.upload_fn(request, str(cache), LIMIT, None, force_move=False))[0]
        except route_utils.MultiPartException as failure:
            return PlainTextResponse(failure.message, 413 if "maximum allowed size" in failure.message else 400)

    return TestClient(UploadAnswers(application, LIMIT), raise_server_exceptions=False)


def files_in(cache: Path) -> list[Path]:
    return [path for path in cache.rglob("*") if path.is_file()]


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_an_upload_arrives_in_a_folder_that_names_this_process_and_ends_in_its_own(
    console: TestClient, cache: Path
) -> None:
    answer = console.post("/gradio_api/upload", files=[("files", ("a.png", b"abc")), ("files", ("b.png", b"d"))])
    assert [Path(path).read_bytes() for path in answer.json()] == [b"abc", b"d"]
    assert len(files_in(cache)) == 2
    assert [owner_of(path.name) for path in cache.iterdir() if path.name.startswith(".")] == [this_process()]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("place", ["the file", "its folder"])
def test_a_disk_without_room_is_told_and_nothing_stays(
    console: TestClient, cache: Path, number: int, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    make = os.mkdir

    def full_below(path: str, *rest: object, **more: object) -> None:
        if uploads.STORED.fullmatch(os.path.basename(path)):
            raise OSError(number, os.strerror(number))
        make(path, *rest, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        if place == "the file":
            patch.setattr(route_utils.GradioUploadFile, "write", full)
        else:
            patch.setattr(os, "mkdir", full_below)
        answer = console.post(
            "/gradio_api/upload", files={"files": ("a.png", b"abc")}, headers={"accept-language": "zh"}
        )
    assert code_of(answer) == (507, "access.upload-not-kept")
    assert "磁盘" in answer.json()["detail"]
    assert files_in(cache) == []


def test_a_file_beyond_the_limit_is_refused_in_words_and_nothing_stays(console: TestClient, cache: Path) -> None:
    answer = console.post("/gradio_api/upload", files={"files": ("a.png", b"a" * (LIMIT + 1))})
    assert code_of(answer) == (413, "access.upload-too-large")
    assert files_in(cache) == []


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"abc", {"content-type": "text/plain"}),
        (b"abc", {"content-type": "multipart/form-data"}),
        (b"abc", FORM),
        (
            PART % b"a.png" + b"abc\r\n--x--\r\nrubbish",
            {"content-type": "multipart/form-data; boundary=x; charset=no-such"},
        ),
        (b'--x\r\nContent-Disposition: form-data; name="files"\r\n\r\ntext\r\n--x--\r\n', FORM),
        (b'--x\r\nContent-Disposition: form-data; filename="a"\r\n\r\ntext\r\n--x--\r\n', FORM),
        (PART % (b"a" * 5000) + b"abc\r\n--x--\r\n", FORM),
        (PART % b"a\0.png" + b"abc\r\n--x--\r\n", FORM),
        (PART % b".." + b"abc\r\n--x--\r\n", FORM),
    ],
    ids=["empty", "no form", "no boundary", "no part", "charset", "a text", "no name", "long name", "NUL", "dots"],
)
def test_a_bad_form_is_refused_in_words_or_read_and_leaves_no_part(
    console: TestClient, cache: Path, body: bytes, headers: dict[str, str]
) -> None:
    answer = console.post("/gradio_api/upload", content=body, headers=headers)
    assert answer.status_code == 200 or code_of(answer)[1] in uploads.CODES.values()
    kept = answer.json() if answer.status_code == 200 else []
    assert sorted(map(str, files_in(cache))) == sorted(kept)


def test_a_file_under_another_name_of_the_form_is_not_kept(console: TestClient, cache: Path) -> None:
    assert console.post("/gradio_api/upload", files={"other": ("a.png", b"abc")}).json() == []
    assert files_in(cache) == []


def test_a_visitor_who_leaves_leaves_nothing(cache: Path) -> None:
    messages = iter([{"type": "http.request", "body": PART % b"a.png" + b"a" * 9000, "more_body": True}])

    async def receive() -> Any:
        return next(messages, {"type": "http.disconnect"})

    headers = [(name.encode(), value.encode()) for name, value in FORM.items()]
    request = Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)
    with pytest.raises(ClientDisconnect):
        run_async(store, request, str(cache), math.inf, None)
    assert files_in(cache) == []


def test_what_a_killed_console_left_goes_or_is_adopted(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: ended.pid)
        arriving = cache / passing_name("arriving", "")
    for left in (arriving / "tmpab", cache / "tmpab12cd_x", cache / ("a" * 64) / "a.png", cache / "scratch" / "b.jpg"):
        left.parent.mkdir(parents=True, exist_ok=True)
        left.write_bytes(b"left")
    (cache / ("b" * 64)).mkdir()
    mine = cache / passing_name("arriving", "")
    mine.mkdir()
    page: Any = SimpleNamespace(upload_file_set=set())
    adopt_leftovers(page)
    assert {path.name for path in cache.iterdir()} == {"a" * 64, "scratch", mine.name}
    assert page.upload_file_set == {str(cache / ("a" * 64) / "a.png")}


def test_the_seams_of_the_framework_are_as_they_are_expected() -> None:
    """Its reader makes files in `upload_dir` and lists them; its route takes `upload_fn` by that name of the module."""
    reader = inspect.getsource(uploads.NamedParts.__bases__[0])
    assert "NamedTemporaryFile(delete=False, dir=self.upload_dir)" in reader
    assert "self._files_to_close_on_error.append(tempfile)" in reader
    assert "GradioMultiPartParser(" in inspect.getsource(uploads._stores)
    assert "await upload_fn(" in inspect.getsource(routes.App.create_app)
    assert "temp_file_sets = [self.upload_file_set]" in inspect.getsource(gr.Blocks.__init__)


@pytest.mark.parametrize("fields", [1, 900], ids=["in one", "in many"])
def test_text_between_the_files_is_kept_up_to_a_bound(
    console: TestClient, cache: Path, fields: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gradio bounds files, which go to the disk, and keeps whatever has no file's name in memory."""
    kept: list[int] = []
    by_gradio = route_utils.GradioMultiPartParser.__mro__[1].on_part_data

    def counting(parser: Any, data: bytes, start: int, end: int) -> None:
        by_gradio(parser, data, start, end)
        kept.append(end - start)

    monkeypatch.setattr(route_utils.GradioMultiPartParser.__mro__[1], "on_part_data", counting)
    text = (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
        + b"t" * (3 * uploads.LONGEST_TEXT // fields)
        + b"\r\n"
    )
    answer = console.post("/gradio_api/upload", content=text * fields + b"--x--\r\n", headers=FORM)
    assert code_of(answer) == (400, "access.bad-upload")
    assert sum(kept) <= uploads.LONGEST_TEXT
    assert files_in(cache) == []
