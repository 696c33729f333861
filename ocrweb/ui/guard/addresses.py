"""Network addresses as texts: the peer's, and those in a list that a person or a proxy wrote."""

from __future__ import annotations

import ipaddress

from starlette.types import Scope

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def parsed(text: str) -> Address | None:
    """The address in a text, with or without a port or brackets; an IPv4 address inside IPv6 is that IPv4 address."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def peer(scope: Scope) -> Address | None:
    """Where a request comes from, None for a peer without an address (a local socket)."""
    return parsed(scope["client"][0]) if scope.get("client") else None
