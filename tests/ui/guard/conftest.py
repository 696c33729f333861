"""A small application to stand behind a wrapper, and callers of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

Ask = Callable[..., TestClient]


async def _told(request: Request) -> JSONResponse:
    """What has come through: path, scheme, visitor and headers."""
    client = request.client
    return JSONResponse(
        {
            "path": request.scope["path"],
            "scheme": request.scope["scheme"],
            "visitor": client.host if client else None,
            "headers": dict(request.headers),
        }
    )


async def _talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


@pytest.fixture
def behind() -> Callable[..., TestClient]:
    """A client of the small application behind a wrapper: ``behind(Wrapper, peer="10.0.0.1", **settings)``."""

    def make(
        wrapper: Any, *, peer: str = "127.0.0.1", url: str = "http://127.0.0.1:7860", **settings: Any
    ) -> TestClient:
        everything = Route("/{path:path}", _told, methods=["GET", "POST", "OPTIONS"])
        inner = Starlette(routes=[WebSocketRoute("/socket", _talk), everything])
        return TestClient(wrapper(inner, **settings), base_url=url, client=(peer, 5000), follow_redirects=False)

    return make
