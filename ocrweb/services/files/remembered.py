"""What took long to find out, remembered in a small JSON file of the data root."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ocrweb.config import paths
from ocrweb.config.documents import parse_json
from ocrweb.imaging.encode import write_whole


class Remembered:
    """Answers by keys that name the whole state they hold for; the latest `kept` stay.

    file: its name. field: of the file in which the answers stand. schema: what was written under another one is forgotten.
    """

    def __init__(self, file: str, field: str, *, schema: int, kept: int) -> None:
        self._name, self._field, self._schema, self._kept = file, field, schema, kept

    def get(self, key: str) -> Any:
        """None when nothing is known."""
        return self._read().get(key)

    def put(self, key: str, answer: Any) -> None:
        """Raises usage.not-writable or usage.disk-full."""
        known = {**self._read(), key: answer}
        latest = dict(list(known.items())[-self._kept :])
        write_whole(self._file(), json.dumps({"schema": self._schema, self._field: latest}, indent=1).encode())

    def _read(self) -> dict[str, Any]:
        try:
            document = parse_json(self._file().read_text(encoding="utf-8"))
            return dict(document[self._field]) if document["schema"] == self._schema else {}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def _file(self) -> Path:
        return paths.private_dir() / self._name
