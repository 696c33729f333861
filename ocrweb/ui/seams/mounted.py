"""Gradio's own application inside of ours, and the logins that it keeps."""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Any

from fastapi import FastAPI
from starlette.routing import Mount
from starlette.types import Scope


def mounted_in(served: FastAPI) -> FastAPI:
    """Gradio's application, which `gr.mount_gradio_app` puts below ours."""
    return next(route.app for route in served.routes if isinstance(route, Mount) and isinstance(route.app, FastAPI))


class Sessions:
    """The logins that Gradio's application keeps by cookie. One of them is for those who send the password each time."""

    def __init__(self) -> None:
        self._gradio: Any = None
        self._user = ""
        self._token = secrets.token_urlsafe(32)

    def keep(self, served: FastAPI, user: str) -> None:
        self._gradio, self._user = mounted_in(served), user

    def has(self, scope: Scope) -> bool:
        """Whether a request comes with the cookie of somebody who has logged in on the page."""
        if self._gradio is None:
            return False
        cookies = _cookies(scope)
        return any(name in cookies and cookies[name].value in self._gradio.tokens for name in self._names())

    def given(self, scope: Scope) -> Scope:
        """The request with the cookie of the session, in place of all that it came with."""
        self._gradio.tokens[self._token] = self._user  # once more: leaving on the page ends all sessions of a user
        headers = [pair for pair in scope["headers"] if pair[0] != b"cookie"]
        return {**scope, "headers": [*headers, (b"cookie", f"{self._names()[1]}={self._token}".encode())]}

    def _names(self) -> tuple[str, str]:
        return f"access-token-{self._gradio.cookie_id}", f"access-token-unsecure-{self._gradio.cookie_id}"


def _cookies(scope: Scope) -> SimpleCookie:
    cookies = SimpleCookie()
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                cookies.load(value.decode("latin-1"))
            except CookieError:
                continue
    return cookies
