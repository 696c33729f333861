"""Folders of the server that may be read: the data root, what the owner adds to it, and uploads."""

from __future__ import annotations

import os
from pathlib import Path

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.services.files.temporary import temporary_root
from ocrweb.services.intake.inbox import inbox


def allowed_roots() -> tuple[Path, ...]:
    """Folders that the page may read from: the data root and ``OCRWEB_ALLOWED_ROOTS`` (joined by ``:``)."""
    given = os.environ.get("OCRWEB_ALLOWED_ROOTS", "").split(os.pathsep)
    return (paths.home().resolve(), *(Path(root).resolve() for root in given if root))


def check_allowed(path: Path) -> Path:
    """The resolved path when it lies under an allowed root, links followed; else `batch.outside-root`.

    The data root's private folder is never allowed, nor anything in it.
    """
    resolved = path.resolve()
    inside = any(resolved.is_relative_to(root) for root in allowed_roots())
    if not inside or resolved.is_relative_to(paths.private_dir().resolve()):
        roots = ", ".join(f"…/{root.name}" for root in allowed_roots())  # visitors need not know where they lie
        raise OcrwebError("batch.outside-root", path=str(path), roots=roots)
    return resolved


def _is_upload(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.resolve().is_relative_to(inbox().resolve())


def _stays_inside(path: Path) -> bool:
    """Whether a picture that was found lies where it seems to, not behind a link that leads out."""
    unpacked = temporary_root().resolve()
    resolved = path.resolve()
    return resolved.is_relative_to(unpacked) or any(resolved.is_relative_to(root) for root in allowed_roots())
