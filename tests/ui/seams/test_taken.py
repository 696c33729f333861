"""What is taken over of Gradio by name is still there and asked in the same way, and nowhere but in `ui/seams`."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from gradio import component_meta, processing_utils, route_utils, routes
from gradio.blocks import Blocks
from gradio.mcp import GradioMCPServer
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from ocrweb.config.paths import CHECKOUT
from ocrweb.ui.page import theme
from ocrweb.ui.seams import taken
from ocrweb.ui.seams.mounted import mounted_in

FRONTEND = Path(gr.__file__).parent / "templates" / "frontend" / "assets"


@pytest.mark.parametrize(
    ("owner", "name", "parameters"),
    [
        (gr.Number, "preprocess", ["self", "payload"]),
        (gr.Slider, "preprocess", ["self", "payload"]),
        (gr.Number, "round_to_precision", ["num", "precision"]),
        (gr.Image, "preprocess", ["self", "payload"]),
        (gr.File, "preprocess", ["self", "payload"]),
        (gr.File, "api_info", ["self"]),
        (processing_utils, "save_base64_to_cache", ["base64_encoding", "cache_dir", "file_name"]),
        (processing_utils, "ssrf_protected_download", ["url", "cache_dir"]),
        (GradioMCPServer, "postprocess_output_data", ["self", "data", "root_url"]),
        (GradioMCPServer, "_get_or_create_client", ["self"]),
    ],
    ids=lambda value: getattr(value, "__name__", value) if not isinstance(value, list) else "",
)
def test_it_is_called_with_the_same_parameters(owner: Any, name: str, parameters: list[str]) -> None:
    assert list(inspect.signature(getattr(owner, name)).parameters) == parameters


def test_a_class_of_a_number_field_goes_past_the_file_that_gradio_writes_beside_it() -> None:
    assert "create_or_modify_pyi(component_class, name, events)" in inspect.getsource(
        component_meta.ComponentMeta.__new__
    )


def test_a_field_of_files_says_by_its_model_what_it_takes() -> None:
    assert gr.File(file_count="multiple", render=False).data_model.__name__ == "ListFiles"


def test_the_tools_ask_for_their_client_and_their_answers_by_these_names() -> None:
    source = inspect.getsource(GradioMCPServer)
    assert "self._client_instance: Client | None = None" in source
    assert "run_sync(self._get_or_create_client)" in source
    assert "self.postprocess_output_data(output_data, root_url)" in source


def test_the_words_of_a_refused_event_are_those_that_the_page_translates() -> None:
    said = "This application is currently busy. Please try again."
    assert any(said in script.read_text(encoding="utf-8") for script in FRONTEND.glob("*.js"))
    words = Path(inspect.getsourcefile(theme) or "").with_name("words.js").read_text(encoding="utf-8")
    assert said.replace(".", r"\.") in words


NAMES = (
    "has_launched", "user_middleware", "upload_file_set", ".upload_fn", "GradioMultiPartParser", "api_open", "max_threads",
    "async_ssrf_protected_download", "postprocess_output_data", "_client_instance", "_get_or_create_client",
    "request_handlers", "ComponentMeta", "state_holder =", "._queue", ".tokens", "cookie_id", "isinstance(route, Mount)",
    ".preprocess = ", ".data_model = ", ".api_info = ", ".postprocess_data =", "by_gradio", "queueing.asyncio",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_gradio_is_taken_over_in_one_room_alone(name: str) -> None:
    ui = CHECKOUT / "ocrweb" / "ui"
    found = {path.relative_to(ui).as_posix() for path in ui.rglob("*.py") if name in path.read_text(encoding="utf-8")}
    assert found, "nothing is taken over by this name any more: strike it out here"
    # `Unread` is a part of the queue and is told which one.
    assert {place for place in found if not place.startswith("seams/")} <= {"line/unread.py", "line/expired.py"}


@pytest.fixture
def served() -> tuple[FastAPI, gr.Blocks]:
    with gr.Blocks() as page:
        box = gr.Textbox()
        gr.Button().click(lambda: "said", None, box, api_name="say")
    application = FastAPI()
    return gr.mount_gradio_app(application, page, path="/"), page


def test_a_launched_page_looks_at_posted_paths(served: tuple[FastAPI, gr.Blocks]) -> None:
    _, page = served
    assert page.has_launched is False
    taken.mark_launched(page)
    assert page.has_launched is True
    assert "blocks.has_launched" in inspect.getsource(processing_utils._check_allowed)


def test_a_wrapper_inside_sees_every_request(served: tuple[FastAPI, gr.Blocks]) -> None:
    application, _ = served
    seen = []

    class Watching:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            seen.append(scope.get("path"))
            await self.inner(scope, receive, send)

    taken.stand_inside(application, Middleware(Watching))
    with TestClient(application) as client:
        client.get("/config")
    assert "/config" in seen


def test_the_queue_and_the_states_of_a_page_are_asked_by_these_names(served: tuple[FastAPI, gr.Blocks]) -> None:
    application, page = served
    queue, sessions = gr.queueing.Queue(True, 1, 1, None, page), page.state_holder
    taken.put_queue(application, page, queue, sessions, 3)
    assert (page._queue, page.state_holder, page.api_open, page.max_threads) == (queue, sessions, False, 3)
    assert mounted_in(application).state_holder is sessions  # type: ignore[attr-defined]
    assert page.app is mounted_in(application)
    assert "app=self.blocks.app" in inspect.getsource(gr.queueing)
    source = inspect.getsource(routes.App.create_app)
    assert "blocks._queue.push(" in source
    assert "app.state_holder" in source
    assert "app.get_blocks().api_open" in source


def test_no_application_is_made_for_a_page_before_it_is_mounted(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[gr.Blocks] = []
    by_gradio = routes.App.create_app

    def create_app(page: gr.Blocks, **wishes: Any) -> routes.App:
        made.append(page)
        return by_gradio(page, **wishes)

    monkeypatch.setattr(routes.App, "create_app", create_app)
    with taken.built_alone(), gr.Blocks() as page:
        gr.Textbox("as it is")
    assert made == []
    gr.mount_gradio_app(FastAPI(), page, path="/")
    assert made == [page]
    with gr.Blocks() as other:
        pass
    assert set(made[1:]) == {other}, "Gradio's own way is back"


def test_uploads_are_stored_and_read_by_what_was_put_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "upload_fn", routes.upload_fn)
    monkeypatch.setattr(route_utils, "GradioMultiPartParser", taken.FormParser)

    class Parser(taken.FormParser):  # type: ignore[misc,valid-type]
        pass

    taken.store_uploads_by(print, Parser)
    assert routes.upload_fn is print
    assert route_utils.GradioMultiPartParser is Parser
    assert "await upload_fn(" in inspect.getsource(routes.App.create_app)
    assert "GradioMultiPartParser(" in inspect.getsource(taken.store_uploads)


def test_adopted_uploads_are_among_those_that_the_page_removes(served: tuple[FastAPI, gr.Blocks]) -> None:
    _, page = served
    taken.adopt_uploads(page, ["/a/b.png"])
    assert "/a/b.png" in page.upload_file_set


def test_files_are_fetched_by_what_was_put_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processing_utils, "async_ssrf_protected_download", None)

    async def fetch(url: str, cache_dir: str) -> str:
        return f"{cache_dir}/{url}"

    taken.fetch_files_by(fetch)
    assert processing_utils.ssrf_protected_download("a", "/cache") == "/cache/a"


def test_answers_go_through_a_change(served: tuple[FastAPI, gr.Blocks]) -> None:
    _, page = served
    taken.change_answers(page, lambda answer: [*answer, "more"])
    assert "await self.postprocess_data(" in inspect.getsource(Blocks.process_api)


def test_a_field_is_read_and_described_by_what_was_put_there() -> None:
    field = gr.Textbox(render=False)
    taken.read_by(field, lambda payload: f"<{payload}>", described={"type": "string"})
    assert (field.preprocess("a"), field.api_info()) == ("<a>", {"type": "string"})


def test_a_class_of_a_field_writes_no_file() -> None:
    before = set(Path(__file__).parent.iterdir())
    made = taken.class_read_by(gr.Number, lambda self, payload: payload, __name__)
    assert made(render=False).preprocess("x") == "x"
    assert set(Path(__file__).parent.iterdir()) == before
