"""What a reverse proxy says about a visitor: believed from the proxies that the owner named, removed from all others."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from ocrweb.ui.guard.addresses import Address, Network, parsed, peer

# Read by Gradio or by us, or like those that are; a page in a browser may set each of them.
TOLD = {b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-gradio-server"}
BELIEVED = {b"x-forwarded-proto", b"x-forwarded-host"}


class Forwarded:
    """Address, scheme and host as the nearest proxy tells them, when it is one of `proxies`.

    ``X-Forwarded-For``: the rightmost address that is no proxy of ours. ``X-Forwarded-Proto`` and ``X-Forwarded-Host``:
    the rightmost value, left for those further in. Everything else of the kind is taken off the request.
    """

    def __init__(self, application: ASGIApp, proxies: Sequence[Network]) -> None:
        self._application, self._proxies = application, tuple(proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._application(self._told(scope) if scope["type"] in ("http", "websocket") else scope, receive, send)

    def _told(self, scope: Scope) -> Scope:
        kept = [(name, value) for name, value in scope["headers"] if name not in TOLD]
        near = peer(scope)
        if near is None or not self._ours(near):
            return {**scope, "headers": kept}
        told = {name: _values(scope, name) for name in TOLD}
        changed: Scope = {**scope}
        for name in BELIEVED:
            if told[name]:
                kept.append((name, told[name][-1].encode("latin-1")))
        if told[b"x-forwarded-proto"][-1:] == ["https"]:
            changed["scheme"] = "wss" if scope["type"] == "websocket" else "https"
        changed["client"] = (str(self._visitor(near, told[b"x-forwarded-for"])), 0)
        return {**changed, "headers": kept}

    def _ours(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)

    def _visitor(self, near: Address, hops: Sequence[str]) -> Address:
        visitor = near
        for hop in reversed(hops):
            found = parsed(hop)
            if found is None:
                break
            visitor = found
            if not self._ours(found):
                break
        return visitor


def _values(scope: Scope, wanted: bytes) -> list[str]:
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]
    return [value.strip() for line in lines for value in line.split(",") if value.strip()]
