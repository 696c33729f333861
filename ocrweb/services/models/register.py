"""What people say of the models here: which one is used from now on, how they are called, what is to be known of them."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Mapping

from ocrweb.config import paths
from ocrweb.config.model_names import IN_USE
from ocrweb.data.archive_names import printable
from ocrweb.disk.lock import locked
from ocrweb.disk.names import plain_name
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_whole
from ocrweb.rundir.names import LATEST_LINK
from ocrweb.runtime.catalogue import resolve_name
from ocrweb.runtime.registered import Registered, Used, registered, registry_file
from ocrweb.services.files.outputs import writing

LOCK = ".registry.lock"
LONGEST_TITLE, LONGEST_NOTE = 60, 2000
REMEMBERED = 50  # models that were in use


def promote(name: str) -> str:
    """Use a model everywhere from now on; its own name.

    Raises what naming it raises, why it cannot be used now, ``model.no-detector``, ``registry.damaged``, usage.disk-full.
    """
    entry = resolve_name(name)
    if entry.missing is not None:
        raise entry.missing
    if not entry.detects:
        raise OcrwebError("model.no-detector", name=entry.name)

    def change(known: Registered) -> Registered:
        if known.in_use == entry.name:
            return known
        used = (*known.used, Used(entry.name, round(time.time(), 3)))
        return dataclasses.replace(known, used=used[-REMEMBERED:])

    _change(change)
    return entry.name


def roll_back() -> str:
    """Use the model again that was in use before; its own name. Raises ``registry.nothing-before``, ``registry.damaged``."""

    def change(known: Registered) -> Registered:
        if not known.used:
            raise OcrwebError("registry.nothing-before", name=known.in_use)
        return dataclasses.replace(known, used=known.used[:-1])

    return _change(change).in_use


def rename(name: str, title: str) -> str:
    """Give a model a name of your own, by which it can be chosen too; "" takes it away. The own name of the model.

    Raises what naming the model raises, ``imports.bad-name`` with a title that would do, ``imports.name-taken``.
    """
    own, wanted = resolve_name(name).name, title.strip()
    fitting = plain_name(wanted, LONGEST_TITLE, "model")
    if wanted and wanted != fitting:
        raise OcrwebError("imports.bad-name", name=printable(wanted)[:80], nearest=fitting, most=LONGEST_TITLE)

    def change(known: Registered) -> Registered:
        if wanted == known.titles.get(own, ""):
            return known
        if wanted and _is_anothers(wanted, own):
            raise OcrwebError("imports.name-taken", name=wanted)
        return dataclasses.replace(known, titles=_with(known.titles, own, wanted))

    _change(change)
    return own


def note(name: str, text: str) -> str:
    """Keep what a person has to say of a model; its own name."""
    own = resolve_name(name).name
    _change(lambda known: dataclasses.replace(known, notes=_with(known.notes, own, text.strip()[:LONGEST_NOTE])))
    return own


def forget_use(name: str) -> None:
    """A model is deleted: the one that was in use before it takes its place."""
    if any(used.model == name for used in registered().used):

        def change(known: Registered) -> Registered:
            return dataclasses.replace(known, used=tuple(used for used in known.used if used.model != name))

        _change(change)


def _is_anothers(title: str, own: str) -> bool:
    """Whether a name stands for another model; that of a run's own folder is free for the run."""
    if title in (LATEST_LINK, IN_USE):
        return True
    try:
        return resolve_name(title).name != own
    except OcrwebError as error:  # known, and damaged, counts
        return error.code != "usage.unknown-name"


def _with(texts: Mapping[str, str], name: str, text: str) -> dict[str, str]:
    return {own: kept for own, kept in {**texts, name: text}.items() if kept}


def _change(change: Callable[[Registered], Registered]) -> Registered:
    """One at a time among all processes; the file is replaced as a whole."""
    folder = paths.models_dir()
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / LOCK):
        before = registered()
        after = change(before)
        if after != before:
            write_whole(registry_file(), json.dumps(after.to_dict(), ensure_ascii=False, indent=1).encode())
    return after
