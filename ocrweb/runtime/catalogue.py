"""Every model that can be named: the embedded one, the house model, official ones, runs, exports and files."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

from ocrweb import messages
from ocrweb.config import paths
from ocrweb.config.model_names import DEFAULT, HOUSE, IN_USE
from ocrweb.config.paths import ASSETS
from ocrweb.disk.address import is_pattern, missing_path
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names as run_names
from ocrweb.rundir.names import BEST, LATEST_LINK, NETWORK, given_name
from ocrweb.runtime import mistaken
from ocrweb.runtime.card import CARD_FILE, ModelCard, read_card
from ocrweb.runtime.engines.official import NAMES, cached_folder
from ocrweb.runtime.entry import Form, ModelEntry, card_of_paddle, from_folder, from_onnx, from_weights
from ocrweb.runtime.published import PUBLISHED_WEIGHTS, Published, kept_at
from ocrweb.runtime.registered import registered

SHIPPED = ASSETS / "weights"
IMPORTED = "import"  # key of a card's metrics: where an imported model comes from, and its proof


def list_models() -> list[ModelEntry]:
    """All models, the default first, then the newest runs and exports; unavailable ones too, with the reason."""
    official = [_official(name) for name in NAMES]
    return [_embedded(), _house(), *_downloads(), *_runs(), *_exports(), *_imported(), *official]


def resolve(name: str) -> ModelEntry:
    """The model a person means: what `resolve_name` knows, or the path of a file or folder.

    Nothing is loaded, downloaded or converted. Raises as `resolve_name`, `usage.missing-path`, `model.damaged`.
    """
    return _named(name) or _from_path(name)


def resolve_name(name: str) -> ModelEntry:
    """A model by its name: a listed one, a run, `latest`, `in-use` or what somebody calls it. No file that the name may
    lead to is looked at.

    Raises `usage.unknown-name` with the nearest names, `model.bad-card`; of `in-use` `registry.damaged` and
    `registry.gone`; a known model that cannot be used now comes
    back with ``missing`` set.
    """
    entry = _named(name)
    if entry is None:
        raise _unknown(name)
    return entry


def is_named(name: str) -> bool:
    """Whether `resolve_name` knows it."""
    try:
        return _named(name) is not None
    except OcrwebError:  # known, and damaged
        return True


def _named(name: str) -> ModelEntry | None:
    name = _called(name) or name
    if name == DEFAULT:
        return _embedded()
    if name == HOUSE:
        return _house()
    if name in NAMES:
        return _official(name)
    if name == LATEST_LINK:
        return _latest()
    if name == IN_USE:
        return _in_use()
    for published in PUBLISHED_WEIGHTS:
        if name == published.name and kept_at(published).is_file():
            return _downloaded(published)
    if name in imported_names():
        return _imported_model(paths.models_dir() / name)
    if name and _plain(name):
        run = next((path for path in _run_folders() if name in (path.name, given_name(path))), None)
        if run is not None:
            return _run(run)
        export = next((path for path in _export_folders() if path.name == name), None)
        if export is not None:
            return from_folder(export, name, "export")
    return None


def _in_use() -> ModelEntry:
    name = registered().in_use
    entry = _named(name) if name != IN_USE else None
    if entry is None:
        raise OcrwebError("registry.gone", name=name)
    return entry


def _called(title: str) -> str | None:
    """The own name of the model that somebody calls so."""
    try:
        own = registered().named(title)
    except OcrwebError:  # nobody's names are known then; the models' own are
        return None
    return own if own not in (None, title, IN_USE) else None


def _embedded() -> ModelEntry:
    """PP-OCRv6 small out of the rapidocr wheel, found without importing it.

    Normalised with mean = std = 0.5, as its packager does. ImageNet's numbers give, at 0.3/0.6, hmean 0.918 instead of
    0.921 on receipts and the same 0.411 on street pictures; at 0.2/0.4 receipts 0.910 and 0.914, streets 0.398 and 0.375.
    """
    card = ModelCard(
        name=DEFAULT,
        architecture="ppocrv6_small_det",
        mean=(0.5, 0.5, 0.5),
        std=(0.5, 0.5, 0.5),
        description={
            "en": "PP-OCRv6 small: print, screens, photos, many scripts",
            "zh": "PP-OCRv6 small：印刷、屏幕、照片，支持多种文字",
        },
        source="rapidocr wheel (PaddleOCR PP-OCRv6, Apache-2.0)",
    )
    spec = importlib.util.find_spec("rapidocr")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    network = folder / "models" / "PP-OCRv6_det_small.onnx" if folder else None
    if network is None or not network.is_file():
        missing = OcrwebError("model.not-shipped", name=DEFAULT, package="rapidocr")
        return ModelEntry(DEFAULT, "embedded", card, trains=True, source=card.source, missing=missing)
    return ModelEntry(DEFAULT, "embedded", card, {"onnx": network}, trains=True, source=card.source)


def _house() -> ModelEntry:
    """DB-ResNet18 with this project's own weights, when they are installed; without them it can still be trained from scratch.

    The weights alone suffice: their ONNX form is made when it is first needed, and kept.
    """
    weights, card_file = SHIPPED / "db_resnet18.pdparams", SHIPPED / "db_resnet18.yml"
    if card_file.is_file():
        card = _shipped_card(card_file, card_file.stat().st_mtime_ns)
    else:
        card = ModelCard(name=HOUSE, architecture="db_resnet18")
    entry = ModelEntry(HOUSE, "house", card, trains=True, source=card.source or "ocrweb")
    if not weights.is_file():
        return dataclasses.replace(entry, missing=OcrwebError("model.no-house-weights", name=HOUSE))
    return dataclasses.replace(entry, files={"weights": weights})


@functools.cache
def _shipped_card(file: Path, changed: int) -> ModelCard:
    """Read once for each change: models are listed all the time, and YAML is slow to read."""
    return read_card(file)


def _downloads() -> list[ModelEntry]:
    """Published weights of the house model's architecture, those that were downloaded."""
    return [_downloaded(published) for published in PUBLISHED_WEIGHTS if kept_at(published).is_file()]


def _downloaded(published: Published) -> ModelEntry:
    card = ModelCard(
        name=published.name,
        architecture="db_resnet18",
        description=published.description,
        limit_side=published.limit_side,
        source="PaddleOCR",
    )
    files: dict[Form, Path] = {"weights": kept_at(published)}
    return ModelEntry(
        published.name, "published", card, files, trains=True, source=card.source, detects=not published.backbone
    )


def _official(name: str) -> ModelEntry:
    """One of PaddleOCR's. Available also before it was downloaded: the download happens when it is first used."""
    folder = cached_folder(name)
    card = (card_of_paddle(folder) if folder else None) or ModelCard(
        name=name, limit_side=960, threshold=0.3, box_threshold=0.6, unclip_ratio=1.5
    )
    source = messages.text("model.official-cached" if folder else "model.official-download")
    card = card.model_copy(update={"bf16": False, "source": "PaddleOCR"})
    return ModelEntry(name, "official", card, {"paddle": folder} if folder else {}, source=source)


def _runs() -> Iterator[ModelEntry]:
    for folder in _run_folders():
        try:
            yield _run(folder)
        except OcrwebError as error:
            yield ModelEntry(folder.name, "run", ModelCard(name=folder.name), source=str(folder), missing=error)


def _run(folder: Path) -> ModelEntry:
    """A training run: its best weights, with the ONNX made of them when that is not older."""
    weights, network = folder / BEST, folder / NETWORK
    card = read_card(folder / CARD_FILE) if (folder / CARD_FILE).is_file() else ModelCard(name=folder.name)
    if not weights.is_file():
        missing = OcrwebError("model.no-weights-yet", name=folder.name)
        return ModelEntry(folder.name, "run", card, source=str(folder), missing=missing)
    files: dict[Form, Path] = {"weights": weights}
    if network.is_file() and network.stat().st_mtime_ns >= weights.stat().st_mtime_ns:
        files["onnx"] = network
    return ModelEntry(folder.name, "run", card, files, trains=True, source=str(folder))


def _run_folders() -> list[Path]:
    return run_names.list_runs(paths.workdirs_dir())


def _latest() -> ModelEntry:
    """The newest run that can be used: what ``workdirs/latest`` says, else by its name. The newest of all when none can."""
    link = paths.workdirs_dir() / LATEST_LINK
    folders = [*([link.resolve()] if link.is_dir() else []), *_run_folders()]
    if not folders:
        raise OcrwebError("model.no-runs", folder=paths.workdirs_dir().name)
    return _run(next((folder for folder in folders if (folder / BEST).is_file()), folders[0]))


def _exports() -> Iterator[ModelEntry]:
    for folder in sorted(_export_folders(), key=lambda path: path.stat().st_mtime, reverse=True):
        try:
            yield from_folder(folder, folder.name, "export")
        except OcrwebError as error:
            yield ModelEntry(folder.name, "export", ModelCard(name=folder.name), source=str(folder), missing=error)


def imported_names() -> list[str]:
    """The models that were imported from files."""
    root = paths.models_dir()
    if not root.is_dir():
        return []
    return sorted(path.name for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))


def _imported() -> Iterator[ModelEntry]:
    for name in imported_names():
        folder = paths.models_dir() / name
        try:
            yield _imported_model(folder)
        except OcrwebError as error:
            yield ModelEntry(name, "imported", ModelCard(name=name), source=str(folder), missing=error)


def _imported_model(folder: Path) -> ModelEntry:
    """Only what the import wrote counts: a network of another name, or one without the card, was never proven."""
    network, weights = folder / NETWORK, folder / "weights.pdparams"
    card = read_card(folder / CARD_FILE)
    origin = card.metrics.get(IMPORTED)
    if not network.is_file() or not isinstance(origin, dict):
        raise OcrwebError("model.damaged", path=folder.name, reason=f"{NETWORK}, {CARD_FILE}")
    files: dict[Form, Path] = {"onnx": network}
    if weights.is_file():
        files["weights"] = weights
    return ModelEntry(folder.name, "imported", card, files, trains=bool(origin.get("trains")), source=card.source)


def _export_folders() -> list[Path]:
    root = paths.exports_dir()
    return [path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")] if root.is_dir() else []


def _from_path(name: str) -> ModelEntry:
    path = Path(name).expanduser()
    if (
        not _plain(name) and not path.exists() and (paths.home() / path).exists()
    ):  # exports/NAME, as lists show it, from any folder
        path = paths.home() / path
    if name and not path.suffix and not path.is_dir() and (named := path.with_name(f"{path.name}.pdparams")).is_file():
        return from_weights(named, name)  # PaddleOCR writes names of weights without their suffix
    if name and (path.suffix in (".onnx", ".pdparams") or path.is_dir()):
        if not path.exists():
            raise missing_path(name)
        if path.is_dir():
            run = (path / BEST).is_file()
            if run:
                return _run(path.resolve())
            mistaken.refuse_folder_of_weights(path, name)
            return from_folder(path, name)
        if not path.is_file():  # a pipe would keep the engines waiting for ever
            raise OcrwebError("model.not-a-model", path=name, cwd=str(Path.cwd()))
        return from_onnx(path, name) if path.suffix == ".onnx" else from_weights(path, name)
    if not _plain(name):
        if not path.exists():
            raise missing_path(name)
        raise OcrwebError(mistaken.code_of(path) or "model.not-a-model", path=name, cwd=str(Path.cwd()))
    if (code := mistaken.code_of(path)) and path.is_file():
        raise OcrwebError(code, path=name)
    raise missing_path(name) if is_pattern(name) else _unknown(name)


def _unknown(name: str) -> OcrwebError:
    known = [
        DEFAULT,
        HOUSE,
        LATEST_LINK,
        *NAMES,
        *(entry.name for entry in _downloads()),
        *(path.name for path in _run_folders()),
        *(path.name for path in _export_folders()),
        *imported_names(),
    ]
    lowered = {entry.lower(): entry for entry in known}
    nearest = [lowered[match] for match in difflib.get_close_matches(name.lower(), lowered, 3, 0.4)] or [DEFAULT]
    return OcrwebError(
        "usage.unknown-name", what=messages.Sentence("model.word"), name=name, nearest=", ".join(nearest)
    )


def _plain(name: str) -> bool:
    """Whether it is a name, not a path."""
    return not name.startswith(".") and os.sep not in name and "/" not in name and "\\" not in name
