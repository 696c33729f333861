"""The files of an import source, and which picture a label file means by a name."""

from __future__ import annotations

import os
import posixpath
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ocrweb.config.documents import parse_json
from ocrweb.data.checks.names import is_picture_name, stem_of
from ocrweb.data.checks.textfile import LARGEST
from ocrweb.disk.encodings import decoded, usual_encoding
from ocrweb.disk.names import natural_key
from ocrweb.disk.ordinary import read_ordinary
from ocrweb.errors import OcrwebError
from ocrweb.imaging.sniff import read_header

_TEXTS = (".txt", ".csv", ".tsv", ".json", ".jsonl", ".xml")
_SYSTEM = ("__macosx", "thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Found:
    """path: of the picture relative to the source, "" when there is none. rivals: several that it may be as well."""

    path: str
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True)
class SourceTree:
    """root: the source folder. files: all files in it, relative with "/", in natural order; hidden ones are left out."""

    root: Path
    files: tuple[str, ...]

    @cached_property
    def pictures(self) -> tuple[str, ...]:
        """Files that are pictures by their name; PPOCRLabel's cut-outs (``crop_img``) are none of ours."""
        return tuple(name for name in self.files if is_picture_name(name) and "crop_img" not in name.split("/")[:-1])

    @cached_property
    def known_pictures(self) -> frozenset[str]:
        return frozenset(self.pictures)

    @cached_property
    def others(self) -> tuple[str, ...]:
        """Files that may hold labels."""
        return tuple(name for name in self.files if not is_picture_name(name))

    def path(self, name: str) -> Path:
        return self.root / name

    def read(self, name: str) -> bytes:
        """The bytes of a label file. Raises OcrwebError dataset.unreadable."""
        try:
            return read_ordinary(self.path(name))
        except OSError as failure:
            raise OcrwebError("dataset.unreadable", where=name, reason=failure.strerror or str(failure)) from failure

    def text(self, name: str) -> str:
        """A text file in whatever encoding tools write. Raises ValueError, OcrwebError dataset.unreadable."""
        return decoded(self.read(name), self.usual)

    def usual(self) -> str:
        """In which encoding its texts surely are where they are not UTF-8: what one of them that cannot be told alone is taken for.
        They are read when it is asked first, which takes such a one."""
        return self._usual

    @cached_property
    def _usual(self) -> str:
        return usual_encoding(self._texts())

    def _texts(self) -> Iterator[bytes]:
        for name in self.others:
            if name.lower().endswith(_TEXTS):
                with suppress(OcrwebError, OSError):  # is told where the file itself is read
                    if self.path(name).stat().st_size <= LARGEST["list"]:
                        yield self.read(name)

    def json(self, name: str) -> Any:
        """A JSON file in whatever encoding tools write. Raises ValueError with the reason when it is damaged."""
        try:
            return parse_json(self.text(name))
        except RecursionError as failure:
            raise ValueError("nested too deeply") from failure

    def find(self, names: tuple[str, ...], folder: str) -> Found:
        """The picture that a label file in ``folder`` means: by its path, then by the end of its path, then by its stem."""
        cleaned = [clean for name in names for clean in _spellings(name)]
        own = (
            composed(self.root.resolve().name) + "/"
        )  # PPOCRLabel writes the opened folder's name before each picture's
        cleaned += [name.removeprefix(own) for name in cleaned if name.startswith(own)]
        for name in cleaned:
            for place in (*_upwards(folder), ""):
                candidate = posixpath.normpath(posixpath.join(place, name.lstrip("/")))
                if candidate in self._known:
                    return Found(self._known[candidate])
        for index, key in ((self._by_base, posixpath.basename), (self._by_stem, _stem)):
            for name in cleaned:
                if rivals := index.get(_key(key(name))):
                    return _nearest(name, folder, rivals)
        return Found("")

    def size_of(self, names: tuple[str, ...], folder: str) -> tuple[int, int] | None:
        """(width, height) of a picture as a person sees it; None when it is not there or no picture."""
        found = self.find(names, folder)
        if not found.path:
            return None
        try:
            return read_header(self.path(found.path)).upright_size
        except OcrwebError:
            return None  # reported when the picture itself is looked at

    @cached_property
    def _known(self) -> dict[str, str]:
        """Pictures by their composed names: macOS writes the letters of a name apart from their marks."""
        return {composed(name): name for name in self.pictures}

    @cached_property
    def _by_base(self) -> dict[str, list[str]]:
        index: dict[str, list[str]] = defaultdict(list)
        for name in self.pictures:
            index[_key(posixpath.basename(name))].append(name)
        return index

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        index: dict[str, list[str]] = defaultdict(list)
        for name in self.pictures:
            index[_key(stem_of(name))].append(name)
        return index


def read_source(root: Path) -> SourceTree:
    """Walk a folder. Links that lead out of it are not followed. Raises OcrwebError dataset.unreadable."""
    files: list[str] = []
    inside = os.path.realpath(root) + os.sep

    def unreadable(failure: OSError) -> None:
        raise OcrwebError("dataset.unreadable", where=failure.filename, reason=failure.strerror or "") from failure

    for folder, folders, names in os.walk(root, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".") and name.lower() not in _SYSTEM]
        for name in names:
            path = os.path.join(folder, name)
            if name.startswith(".") or name.lower() in _SYSTEM or not os.path.isfile(path):
                continue
            if os.path.islink(path) and not os.path.realpath(path).startswith(inside):
                continue
            files.append(os.path.relpath(path, root).replace(os.sep, "/"))
    return SourceTree(root, tuple(sorted(files, key=natural_key)))


def lines_of(text: str) -> list[str]:
    """The lines of a file, at ends of lines alone: texts may hold other characters that Unicode breaks lines at."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def composed(name: str) -> str:
    """A name in Unicode's composed form (NFC), in which names of files and of labels meet."""
    return unicodedata.normalize("NFC", name)


def _key(name: str) -> str:
    return composed(name).casefold()


def _stem(name: str) -> str:
    return stem_of(name) or posixpath.basename(name)


def _spellings(name: str) -> list[str]:
    """A name with either slash, or an address: its path, and the file its query names (``?d=scans/1.jpg``)."""
    plain = composed(name).strip().replace("\\", "/")
    if "://" not in plain and "?" not in plain and "%" not in plain:
        return [plain]
    try:
        address = urlsplit(plain)
    except ValueError:  # looks like an address and is none
        return [plain]
    asked = [path for values in parse_qs(address.query).values() for path in values if is_picture_name(path)]
    return [plain, *asked, composed(unquote(address.path))]


def _upwards(folder: str) -> list[str]:
    """``a/b`` → ``a/b``, ``a``"""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]


def shared_folders(first: str, second: str) -> int:
    """How many names of folders two files or folders have in common, wherever they stand: ``images/b1``, ``labels/b1``."""
    return len({_key(part) for part in first.split("/")} & {_key(part) for part in second.split("/")} - {""})


def _nearest(name: str, folder: str, rivals: list[str]) -> Found:
    """The one whose path agrees with the name for the most parts from its end, then with the label file's folder; several
    equal ones are rivals."""
    wanted = _key(name).split("/")[::-1]

    def agreement(rival: str) -> tuple[int, int]:
        parts = _key(rival).split("/")[::-1]
        count = 1  # the file itself
        while count < min(len(parts), len(wanted)) and parts[count] == wanted[count]:
            count += 1
        return count, shared_folders(folder, posixpath.dirname(rival))

    best = max(agreement(rival) for rival in rivals)
    nearest = [rival for rival in rivals if agreement(rival) == best]
    return Found(nearest[0]) if len(nearest) == 1 else Found("", tuple(nearest))
