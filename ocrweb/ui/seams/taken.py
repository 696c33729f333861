"""The names at which Gradio is taken over, each in one function. Whoever raises Gradio's pin reads this file.

What is put in their places lies in the rooms that it belongs to, and knows nothing of these names. Subclasses of Gradio's
queue, sessions and page are in `ui/line` and `ui/guard/values.py`. What a mounted page lacks beside that: docs/gradio_mounted.md.
"""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
from fastapi import FastAPI
from gradio import blocks, processing_utils, route_utils, routes
from gradio.component_meta import ComponentMeta
from starlette.middleware import Middleware

from ocrweb.ui.seams.mounted import mounted_in

FormParser = route_utils.GradioMultiPartParser
store_uploads = route_utils.upload_fn


@contextmanager
def built_alone() -> Iterator[None]:
    """A page without the applications that Gradio makes while it is built, two of them, each with the whole page once more.

    Nobody serves those. `put_queue` gives the page the one that it is mounted as.
    """
    by_gradio = blocks.App
    blocks.App = _NoApplication  # type: ignore[assignment, misc]
    try:
        yield
    finally:
        blocks.App = by_gradio  # type: ignore[misc]


class _NoApplication:
    @staticmethod
    def create_app(page: gr.Blocks, mcp_server: bool) -> None:
        return None


def mark_launched(page: gr.Blocks) -> None:
    """Only `launch()` says so by itself, and without it Gradio takes every posted path for an upload."""
    page.has_launched = True


def stand_inside(served: FastAPI, middleware: Middleware) -> None:
    """Put a wrapper into Gradio's application, inside its compression and its own handler of errors."""
    mounted_in(served).user_middleware.append(middleware)


def put_queue(served: FastAPI, page: gr.Blocks, queue: Any, sessions: Any, threads: int) -> None:
    """Events go through this queue alone, states into these sessions, handlers into so many threads."""
    mounted: Any = mounted_in(served)
    queue.set_server_app(mounted)
    page.app = mounted
    page._queue = queue
    page.api_open = False
    page.max_threads = threads
    mounted.state_holder = page.state_holder = sessions


def store_uploads_by(store: Callable[..., Any], parser: type[Any]) -> None:
    """store: in place of `store_uploads`. parser: of `FormParser`."""
    route_utils.GradioMultiPartParser = parser  # type: ignore[misc]
    routes.upload_fn = store


def adopt_uploads(page: gr.Blocks, files: list[str]) -> None:
    """These count as uploads of this page, which go after a day and when the console is stopped."""
    page.upload_file_set.update(files)


def fetch_files_by(fetch: Callable[[str, str], Awaitable[str]]) -> None:
    """fetch: from the address of a file and the cache's folder to the path in it."""
    processing_utils.async_ssrf_protected_download = fetch  # type: ignore[assignment]


def change_answers(page: gr.Blocks, change: Callable[[list[Any]], list[Any]]) -> None:
    """change: of what the page answers with, when Gradio has made it ready to be sent."""
    by_gradio = page.postprocess_data

    async def postprocess_data(*args: Any, **kwargs: Any) -> list[Any]:
        return change(await by_gradio(*args, **kwargs))

    page.postprocess_data = postprocess_data  # type: ignore[method-assign]


def read_by(
    field: Any,
    preprocess: Callable[[Any], Any],
    *,
    model: type[Any] | None = None,
    described: dict[str, Any] | None = None,
) -> None:
    """What a handler gets of a field's value. model: what values may be. described: the same for the page of the API."""
    field.preprocess = preprocess
    if model is not None:
        field.data_model = model
    if described is not None:
        field.api_info = lambda: described


def class_read_by(kind: type[Any], preprocess: Callable[[Any, Any], Any], module: str) -> type[Any]:
    """A kind of field that hands its value over so. Made past Gradio's metaclass, which would write a file beside ours."""
    body = {"is_template": True, "preprocess": preprocess, "__module__": module}
    return ABCMeta.__new__(ComponentMeta, kind.__name__, (kind,), body)


def change_tools(
    tools: Any, written: Callable[[Any], str], client: Callable[[], Any], failed: Callable[[str], str]
) -> None:
    """MCP. written: an output as text. client: who calls the endpoints. failed: the text of an error, of what was said."""
    by_gradio = tools.postprocess_output_data
    handlers, request = tools.mcp_server.request_handlers, tools.types.CallToolRequest
    called = handlers[request]

    def get_client() -> Any:
        if tools._client_instance is None:
            tools._client_instance = client()
        return tools._client_instance

    async def call(asked: Any) -> Any:
        answer = await called(asked)
        if answer.root.isError:
            content = answer.root.content[0]
            content.text = failed(content.text)
        return answer

    tools.postprocess_output_data = lambda data, root_url: by_gradio([written(output) for output in data], root_url)
    tools._get_or_create_client = get_client
    handlers[request] = call
