"""Who may open the console: a given login, a generated one, or nobody asked."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import os
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from ocrweb.config import paths
from ocrweb.config.documents import parse_json
from ocrweb.disk.address import missing_path
from ocrweb.errors import OcrwebError

SHORT = 12  # characters: a password below that is guessed from the network in months, not in ages
SHORT_TOKEN = 16


@dataclass(frozen=True)
class Access:
    """login: (user, password), or None when the page asks for none. generated: made here and kept in the data root.

    token: what programs may send in place of the login.
    """

    login: tuple[str, str] | None
    generated: bool = False
    token: str | None = None

    @property
    def open_to_all(self) -> bool:
        return self.login is None

    @property
    def weak(self) -> bool:
        """Whether a password that somebody thought of is too short for an address of the network."""
        return self.login is not None and not self.generated and len(self.login[1]) < SHORT

    def admits(self, user: str, password: str) -> bool:
        """Whether this is the login; takes the same time whatever is wrong with it. Never true where none is asked for."""
        if self.login is None:
            return False
        same = [
            hmac.compare_digest(_digest(given), _digest(wanted))
            for given, wanted in zip((user, password), self.login, strict=True)
        ]
        return all(same)

    def admits_token(self, token: str) -> bool:
        """Whether this is the token of programs. Never true where there is none."""
        return self.token is not None and hmac.compare_digest(_digest(token), _digest(self.token))


def is_local(host: str) -> bool:
    """Whether an address is reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def decide_access(host: str, auth: str | None, no_auth: bool, token: str | None = None) -> Access:
    """The rule: a given login wins; a local address needs none; any other gets a random one unless waived aloud.

    auth: ``user:password``. Raises `access.bad-auth` when it has no colon or an empty part, `access.contradiction` when
    it is given together with no_auth, `access.token-alone` for a token where no login is asked for, `access.bad-token` for
    one that is short or holds anything but visible ASCII characters, which no header could carry.
    """
    access = _decided(host, auth, no_auth)
    if token is None:
        return access
    if len(token) < SHORT_TOKEN or not (token.isascii() and token.isprintable() and " " not in token):
        raise OcrwebError("access.bad-token", least=SHORT_TOKEN)
    if access.login is None:
        raise OcrwebError("access.token-alone")
    return replace(access, token=token)


def _decided(host: str, auth: str | None, no_auth: bool) -> Access:
    if auth and no_auth:
        raise OcrwebError("access.contradiction")
    if auth:
        user, colon, password = auth.partition(":")
        if not (colon and user and password):
            raise OcrwebError("access.bad-auth")
        return Access((user, password))
    if no_auth or is_local(host):
        return Access(None)
    return Access(_kept_login(paths.private_dir() / "login.json"), generated=True)


def login_of_file(file: Path) -> str:
    """The first line of a file that holds ``user:password``. Raises as `_secret_of`, and `access.bad-auth`."""
    if not (line := _secret_of(file)):
        raise OcrwebError("access.bad-auth")
    return line


def token_of_file(file: Path) -> str:
    """The first line of a file that holds the token of programs. Raises as `_secret_of`."""
    return _secret_of(file)


def _secret_of(file: Path) -> str:
    """A file's first line, empty where it is no text.

    Raises `usage.missing-path`, and `access.open-auth-file` when others than its owner may read it.
    """
    try:
        with file.open(encoding="utf-8") as stream:
            if os.fstat(stream.fileno()).st_mode & 0o077:
                raise OcrwebError("access.open-auth-file", path=str(file))
            return stream.readline().strip()
    except OSError as failure:
        raise missing_path(file) from failure
    except UnicodeDecodeError:
        return ""


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _kept_login(file: Path) -> tuple[str, str]:
    """The login of this data root, made at the first need; the file is readable by its owner only."""
    try:
        kept = parse_json(file.read_text(encoding="utf-8"))
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
