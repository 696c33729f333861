"""Whether a name from a visitor is a file that was uploaded here."""

from __future__ import annotations

import os
import stat


def is_upload(path: str | os.PathLike[str]) -> bool:
    """Whether it is an ordinary file of the upload folder, itself and not behind a link."""
    text = os.fspath(path)
    folder = os.path.abspath(os.environ["GRADIO_TEMP_DIR"])
    if os.path.normpath(text) != text or not text.startswith(folder + os.sep) or not _is_ordinary(text):
        return False
    return os.path.realpath(text) == os.path.realpath(folder) + text[len(folder) :]


def _is_ordinary(path: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return False
