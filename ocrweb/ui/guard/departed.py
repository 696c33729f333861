"""Visitors who leave before their answer: nobody is left to tell, and the owner's log is not for that."""

from __future__ import annotations

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Departed:
    """End a request quietly whose visitor has gone; every other failure goes on."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        gone = False

        async def listening() -> Message:
            nonlocal gone
            message = await receive()
            gone = gone or message["type"] == "http.disconnect"
            return message

        try:
            await self._application(scope, listening, send)
        except Exception as failure:
            if not gone and not isinstance(failure, ClientDisconnect):
                raise
