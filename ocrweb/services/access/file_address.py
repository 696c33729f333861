"""Addresses of served files that cannot be guessed: the path, and a key that only this data root can make."""

from __future__ import annotations

import functools
import hashlib
import hmac
from pathlib import Path

from ocrweb.config import paths
from ocrweb.services.access.secret import page_secret

KEY = "key"


def key_of(path: str) -> str:
    """The key for one path, exactly as it stands in the address: 128 bits under the data root's secret, in hex."""
    return hmac.new(_secret(paths.private_dir()), path.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[
        :32
    ]


@functools.cache
def _secret(folder: Path) -> bytes:
    """Read once: addresses are looked at on the event loop, which opens no file."""
    return b"served file\0" + page_secret().encode("ascii")


def opens(path: str, key: str) -> bool:
    """Whether a key is that of the path; compared in constant time."""
    return hmac.compare_digest(key_of(path).encode(), key.encode("utf-8", "surrogatepass"))
