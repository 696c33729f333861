"""The names under which the console answers: a page of another name, made to lead here, gets nothing."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from ocrweb.errors import OcrwebError
from ocrweb.services.access.logins import is_local
from ocrweb.ui.guard.refusal import refuse

MISDIRECTED = 421
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Hosts:
    """names: in lower case; ``*.example.org`` stands for every name below it.

    any_address: numeric addresses are welcome too. A name can be made to lead anywhere by whoever owns it, a number
    cannot, so that the check loses nothing; and a container does not know the address that it is reached under.
    """

    names: frozenset[str]
    any_address: bool = False

    def allow(self, host: str) -> bool:
        """Whether a ``Host`` header (name or address, perhaps with a port) is one of ours."""
        name = name_of(host)
        if name in self.names or any(name.endswith(each[1:]) for each in self.names if each.startswith("*.")):
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return self.any_address


def own_hosts(host: str, more: Iterable[str] = ()) -> Hosts:
    """Loopback names, where it listens, and `more`; when it listens to the network also this machine's names."""
    names = {*LOOPBACK_NAMES, name_of(host), *(name_of(each) for each in more)}
    if is_local(host):
        return Hosts(frozenset(names))
    machine = socket.gethostname().lower()
    return Hosts(frozenset({*names, machine, machine.partition(".")[0] + ".local"} - {""}), any_address=True)


def name_of(host: str) -> str:
    """A ``Host`` header, or an address as typed, without port, brackets and final dot, in lower case."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return (host if host.count(":") > 1 else host.partition(":")[0]).rstrip(".")


class HostCheck:
    """Refuse what was sent to another name: 421 `access.wrong-host`. A believed ``X-Forwarded-Host`` is checked as well."""

    def __init__(self, application: ASGIApp, hosts: Hosts) -> None:
        self._application, self._hosts = application, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            said = [
                value.decode("latin-1") for name, value in scope["headers"] if name in (b"host", b"x-forwarded-host")
            ]
            strange = [host for host in said if not self._hosts.allow(host)]
            if strange or not said:
                error = OcrwebError("access.wrong-host", host=(strange or [""])[0][:80])
                await refuse(scope, receive, send, MISDIRECTED, error)
                return
        await self._application(scope, receive, send)
