"""Folders of the server as visitors name them."""

from __future__ import annotations

from pathlib import Path

from ocrweb.config import paths


def server_folder(typed: str) -> Path:
    """From the data root, where the folders that the page names lie too, unless it begins at the root of the disk."""
    return paths.home() / Path(typed.strip()).expanduser()
