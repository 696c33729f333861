"""Who may open the console: a given login, a generated one, or nobody asked."""

from __future__ import annotations

import ipaddress
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from ocrweb.config import paths
from ocrweb.errors import OcrwebError


@dataclass(frozen=True)
class Access:
    """login: (user, password), or None when the page asks for none. generated: made here and kept in the data root."""

    login: tuple[str, str] | None
    generated: bool = False

    @property
    def open_to_all(self) -> bool:
        return self.login is None


def is_local(host: str) -> bool:
    """Whether an address is reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def decide_access(host: str, auth: str | None, no_auth: bool) -> Access:
    """The rule: a given login wins; a local address needs none; any other gets a random one unless waived aloud.

    auth: ``user:password``. Raises `access.bad-auth` when it has no colon or an empty part.
    """
    if auth:
        user, colon, password = auth.partition(":")
        if not (colon and user and password):
            raise OcrwebError("access.bad-auth")
        return Access((user, password))
    if no_auth or is_local(host):
        return Access(None)
    return Access(_kept_login(paths.private_dir() / "login.json"), generated=True)


def _kept_login(file: Path) -> tuple[str, str]:
    """The login of this data root, made at the first need; the file is readable by its owner only."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return str(kept["user"]), str(kept["password"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # none yet, or damaged: make a new one
    login = ("ocrweb", secrets.token_urlsafe(12))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump({"user": login[0], "password": login[1]}, stream)
    return login
