"""Which wrappers stand around the page, and in which order."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.middleware import Middleware

from ocrweb.errors import OcrwebError
from ocrweb.services.access.brake import Brake
from ocrweb.services.access.logins import Access
from ocrweb.services.intake.limits import archive_limits
from ocrweb.ui.guard.addresses import Network
from ocrweb.ui.guard.basic_login import BasicLogin, OwnLogin
from ocrweb.ui.guard.cookies import Cookies
from ocrweb.ui.guard.counted import Count, Counted
from ocrweb.ui.guard.departed import Departed
from ocrweb.ui.guard.file_values import FileValues
from ocrweb.ui.guard.files import FileAddresses
from ocrweb.ui.guard.forwarded import Forwarded
from ocrweb.ui.guard.headers import SafeHeaders
from ocrweb.ui.guard.hosts import HostCheck, own_hosts
from ocrweb.ui.guard.login_brake import LoginBrake
from ocrweb.ui.guard.origin import OriginCheck
from ocrweb.ui.guard.routes import OpenRoutes
from ocrweb.ui.guard.stopping import Drain, RefuseWhileStopping
from ocrweb.ui.guard.subpath import SubPath
from ocrweb.ui.guard.uploads import UploadAnswers
from ocrweb.ui.seams.mounted import Sessions


def wrappers(
    access: Access,
    *,
    host: str,
    allow_hosts: Iterable[str] = (),
    allow_origins: Iterable[str] = (),
    trusted_proxies: Iterable[str] = (),
    root_path: str = "",
    sessions: Sessions | None = None,
    drain: Drain | None = None,
    count: Count = lambda kind, status: None,
) -> list[Middleware]:
    """All wrappers, outermost first. sessions: those of the page's login. drain: tells when the process ends.
    count: is told of every request.

    Raises `access.bad-proxy`, `access.bad-origin`, `access.bad-root-path`.
    """
    brake = Brake()
    path = checked_root_path(root_path)
    around: list[Any] = [
        Middleware(Departed),
        Middleware(SubPath, path=path),
        Middleware(Counted, count=count),
        Middleware(SafeHeaders),
        Middleware(Forwarded, proxies=[checked_proxy(text) for text in trusted_proxies]),
        Middleware(HostCheck, hosts=own_hosts(host, allow_hosts)),
        Middleware(OriginCheck, friends=[checked_origin(text) for text in allow_origins]),
        Middleware(RefuseWhileStopping, drain=drain or Drain()),
        Middleware(Cookies, path=path or "/"),
        Middleware(OpenRoutes),
        Middleware(FileAddresses),
    ]
    if access.login:
        sessions = sessions or Sessions()
        around.append(Middleware(LoginBrake, access=access, brake=brake))
        around.append(Middleware(BasicLogin, access=access, brake=brake, sessions=sessions))
        around.append(Middleware(OwnLogin, sessions=sessions))
    around.append(Middleware(UploadAnswers, limit=archive_limits().bytes))
    around.append(Middleware(FileValues))  # innermost: a stranger without the login has no document read
    return around


def put_around(application: FastAPI, around: list[Middleware]) -> None:
    """Wrap the application; the first of the list sees a request first."""
    for wrapper in reversed(around):
        application.add_middleware(wrapper.cls, *wrapper.args, **wrapper.kwargs)


def checked_proxy(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as failure:
        raise OcrwebError("access.bad-proxy", value=text) from failure


def checked_origin(text: str) -> str:
    address = urlsplit(text.rstrip("/"))
    if address.scheme not in ("http", "https") or not address.netloc or address.path or address.query:
        raise OcrwebError("access.bad-origin", value=text)
    return text.rstrip("/").lower()


def checked_root_path(text: str) -> str:
    """``/ocr`` from ``/ocr/`` or ``ocr``; empty for the root."""
    parts = [part for part in text.split("/") if part]
    if any(part in (".", "..") or not all(letter.isalnum() or letter in "-._~" for letter in part) for part in parts):
        raise OcrwebError("access.bad-root-path", value=text)
    return "".join(f"/{part}" for part in parts)
