"""Streams that keep a window alive end with their client and leave nothing behind, also those of nobody's window."""

from __future__ import annotations

import asyncio
import socket

import gradio as gr
import pytest
import uvicorn
from fastapi import FastAPI
from gradio import utils

from ocrweb.ui.guard.departed import Departed
from ocrweb.ui.guard.stopping import Drain, RefuseWhileStopping
from ocrweb.ui.guard.unreadable import refuse_unreadable
from ocrweb.ui.line.install import bound
from tests.own_loop import run_async

WINDOWS = 30


@pytest.fixture
def page() -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as page:
        gr.Button().click(lambda: None)
    return page


def test_the_heartbeats_of_unknown_windows_end_with_them(page: gr.Blocks) -> None:
    served = gr.mount_gradio_app(FastAPI(), page, path="/")
    queue = bound(served, page)
    refuse_unreadable(served)
    served.add_middleware(RefuseWhileStopping, drain=Drain())
    served.add_middleware(Departed)

    async def opened_and_closed() -> int:
        with socket.create_server(("127.0.0.1", 0)) as door:
            server = uvicorn.Server(uvicorn.Config(served, log_level="error"))
            running = asyncio.ensure_future(server.serve([door]))
            while not server.started:
                await asyncio.sleep(0.01)
            before = len(asyncio.all_tasks())
            lines = []
            for number in range(WINDOWS):
                reader, writer = await asyncio.open_connection(*door.getsockname())
                writer.write(f"GET /gradio_api/heartbeat/nobody{number} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
                await reader.readuntil(b"ALIVE")
                lines.append(writer)
            during = len(asyncio.all_tasks())
            for line in lines:
                line.close()
            while len(asyncio.all_tasks()) > before:  # one that stayed is waited for until the test's time is up
                await asyncio.sleep(0.01)
            server.should_exit = True
            await running
        return during - before

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(utils, "get_heartbeat_rate", lambda: 0.2)
        assert run_async(opened_and_closed) >= WINDOWS
    assert len(queue.sessions.session_data) == 0
    assert not page.pending_streams
