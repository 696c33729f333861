"""The bin: what was deleted lies on the same disk for a week, from where it comes back as it was."""

from __future__ import annotations

import contextlib
import os
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ocrweb.disk.passing import remove_folder, sweep
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_whole
from ocrweb.services.files.outputs import writing

KEEP_SECONDS = 7 * 86_400.0
HALF_DONE_SECONDS = 86_400.0  # no move into the bin takes a day
RECORD = "record.json"
_ENTRY = re.compile(r"(\d+)-[0-9a-f]{8}-(.+)")


@dataclass(frozen=True, slots=True)
class Binned:
    """id: of its place in the bin, also the folder's name. name: that it had. deleted: seconds since 1970."""

    id: str
    name: str
    deleted: float
    folder: Path

    @property
    def record(self) -> Path:
        """What is known of it besides its files."""
        return self.folder / RECORD


class Bin:
    """``.bin`` in a folder of the data root. root: that folder, asked for each time. main: what an entry must have to count."""

    def __init__(self, root: Callable[[], Path], main: str) -> None:
        self._root, self.main = root, main

    @property
    def folder(self) -> Path:
        return self._root() / ".bin"

    def put(self, name: str, parts: Mapping[str, Path], record: bytes) -> str:
        """Move files and folders, by their names in the bin, into it, the main one first; the id. Raises OSError."""
        self.sweep()
        entry = self.folder / f"{int(time.time())}-{uuid.uuid4().hex[:8]}-{name}"
        entry.mkdir(parents=True)
        write_whole(entry / RECORD, record)
        for part in sorted(parts, key=lambda part: part != self.main):
            os.rename(parts[part], entry / part)
        return entry.name

    def listed(self) -> list[Binned]:
        """What can come back, the latest first; what has lain there for too long goes."""
        self.sweep()
        found = [binned for binned in self._entries() if os.path.lexists(binned.folder / self.main)]
        return sorted(found, key=lambda binned: (-binned.deleted, binned.name))

    def find(self, identifier: str) -> Binned:
        """Raises ``store.not-in-bin``."""
        found = next((binned for binned in self._entries() if binned.id == identifier), None)
        if found is None:
            raise OcrwebError("store.not-in-bin")
        return found

    def take_out(self, binned: Binned, targets: Mapping[str, Path]) -> None:
        """Move the parts to where they belong, the main one last, and forget the entry.

        Raises ``store.not-in-bin`` when another window was faster; OSError.
        """
        try:
            for part in sorted(targets, key=lambda part: part == self.main):
                os.rename(binned.folder / part, targets[part])
        except FileNotFoundError as failure:
            raise OcrwebError("store.not-in-bin") from failure
        remove_folder(binned.folder)

    def empty(self) -> int:
        """Remove all that lies in the bin; how much could have come back. Raises usage.not-writable."""
        gone = self.listed()
        with writing(self.folder):
            for binned in self._entries():
                remove_folder(binned.folder)
        return len(gone)

    def sweep(self) -> None:
        """Remove what has lain in the bin for longer than it is kept, and what a killed process left."""
        if not self.folder.is_dir():
            return
        sweep(self.folder)
        now = time.time()
        for binned in self._entries():
            kept = KEEP_SECONDS if os.path.lexists(binned.folder / self.main) else HALF_DONE_SECONDS
            if now - binned.deleted > kept:
                with contextlib.suppress(OSError):  # another process was faster
                    remove_folder(binned.folder)

    def _entries(self) -> list[Binned]:
        if not self.folder.is_dir():
            return []
        matched = ((entry, _ENTRY.fullmatch(entry.name)) for entry in self.folder.iterdir())
        return [Binned(entry.name, found[2], float(found[1]), entry) for entry, found in matched if found]
