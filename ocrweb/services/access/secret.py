"""The secret that the page's entries in a browser's storage are encrypted with: one for a data root."""

from __future__ import annotations

import contextlib
import os
import secrets

from ocrweb.config import paths


def page_secret() -> str:
    """Made once and kept readable by its owner only, so that a new console can read what the one before stored.

    Where it cannot be kept, one for this process.
    """
    file, made = paths.private_dir() / "page_secret", secrets.token_urlsafe(24)
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(made)
        return file.read_text(encoding="ascii").strip() or made
    return made
