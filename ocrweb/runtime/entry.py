"""One model that can be named, and how its card is found from its files alone."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import yaml
from pydantic import ValidationError

from ocrweb.config.documents import parse_json, parse_yaml
from ocrweb.disk.ordinary import open_ordinary, read_ordinary_text
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence
from ocrweb.runtime.card import CARD_FILE, CARD_KEY, ModelCard, read_card

ModelKind = Literal["embedded", "house", "official", "published", "run", "export", "imported", "file"]
Form = Literal["onnx", "paddle", "weights"]


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model of the catalogue.

    files: what it consists of: "onnx" a file, "paddle" an inference folder, "weights" a .pdparams file. An official model
        has none before it was downloaded. trains: a run can start from it. source: where it comes from, in words.
    missing: why it cannot be used now, as a coded error; None when it can.
    detects: False for a backbone alone, from which training can start.
    """

    name: str
    kind: ModelKind
    card: ModelCard
    files: Mapping[Form, Path] = field(default_factory=dict)
    trains: bool = False
    source: str = ""
    missing: OcrwebError | None = None
    detects: bool = True

    @property
    def available(self) -> bool:
        return self.missing is None

    @property
    def path(self) -> Path | None:
        """The file or folder that is this model: the network when there is one, else the weights."""
        return next((self.files[form] for form in ("onnx", "paddle", "weights") if form in self.files), None)

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Changes when a file of the model changes: path, time and size of each."""
        stamps = []
        for path in self.files.values():
            file = path / "inference.pdiparams" if path.is_dir() else path
            if file.exists():
                state = file.stat()
                stamps.append((str(file), state.st_mtime_ns, state.st_size))
        return tuple(stamps)

    def digest(self) -> str:
        """SHA-256 of the network's file, the same on every machine; "" for a model that is only a name here."""
        return digest_of(self.path) if self.path is not None else ""


def digest_of(path: Path) -> str:
    """SHA-256 of a network's file, or of the weights in a Paddle inference folder; "" without one."""
    file = path / "inference.pdiparams" if path.is_dir() else path
    if not file.is_file():
        return ""
    with open_ordinary(file) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def from_onnx(path: Path, name: str, kind: ModelKind = "file") -> ModelEntry:
    """An ONNX file. Its card: ``<stem>.yml`` or ``model.yml`` beside it, else its metadata, else PaddleOCR's defaults.

    Raises `model.damaged` when the file is not ONNX.
    """
    beside = _beside(path)
    if beside is None:
        state = path.stat()
        card = _card_in(path, state.st_mtime_ns, state.st_size) or ModelCard(name=path.stem)
    else:
        card = read_card(beside)
    return ModelEntry(name, kind, card, {"onnx": path}, source=str(path))


def from_folder(folder: Path, name: str, kind: ModelKind = "file") -> ModelEntry:
    """A Paddle inference folder, or a folder of an export with an ONNX file: whatever of the two is in it."""
    files: dict[Form, Path] = {}
    networks = sorted(folder.glob("*.onnx"))
    if networks:
        files["onnx"] = next((path for path in networks if path.stem in ("model", "inference")), networks[0])
    program = next(
        (
            path.parent
            for path in (*folder.glob("inference.*"), *folder.glob("*/inference.*"))
            if path.name == "inference.pdiparams"
        ),
        None,
    )
    if program is not None:
        files["paddle"] = program
    if not files:
        raise OcrwebError("model.damaged", path=str(folder), reason="inference.json, inference.pdiparams, *.onnx")
    if (folder / CARD_FILE).is_file():
        card = read_card(folder / CARD_FILE)
    elif "onnx" in files:
        card = from_onnx(files["onnx"], name).card
    else:
        card = card_of_paddle(files["paddle"]) or ModelCard(name=folder.name)
    return ModelEntry(name, kind, card, files, source=str(folder))


def from_weights(path: Path, name: str) -> ModelEntry:
    """A .pdparams file, with ``<stem>.yml`` or ``model.yml`` beside it as its card."""
    beside = _beside(path)
    card = read_card(beside) if beside else ModelCard(name=path.stem)
    return ModelEntry(name, "file", card, {"weights": path}, trains=True, source=str(path))


def card_of_paddle(folder: Path) -> ModelCard | None:
    """The card in PaddleOCR's ``inference.yml`` (normalisation and decode settings), or None without one."""
    path = folder / "inference.yml"
    if not path.is_file():
        return None
    try:
        document = parse_yaml(read_ordinary_text(path))
        steps = {
            name: values or {} for step in document["PreProcess"]["transform_ops"] for name, values in step.items()
        }
        normalise, after = steps.get("NormalizeImage", {}), document.get("PostProcess", {})
        known = {"mean": normalise.get("mean"), "std": normalise.get("std")}
        known |= {"threshold": after.get("thresh"), "box_threshold": after.get("box_thresh")}
        known |= {
            "unclip_ratio": after.get("unclip_ratio"),
            "limit_side": steps.get("DetResizeForTest", {}).get("resize_long"),
        }
        given = {key: value for key, value in known.items() if value is not None}
        return ModelCard(name=str(document.get("Global", {}).get("model_name") or folder.name), **given)
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError, ValidationError) as failure:
        raise OcrwebError("model.bad-card", where=str(path), reason=" ".join(str(failure).split())[:200]) from failure


def _beside(path: Path) -> Path | None:
    return next((card for card in (path.with_suffix(".yml"), path.with_name(CARD_FILE)) if card.is_file()), None)


@functools.lru_cache(maxsize=64)
def _card_in(path: Path, modified: int, size: int) -> ModelCard | None:
    """The card in an ONNX file's metadata, read once a version of the file."""
    import onnx

    try:
        model = onnx.load(str(path), load_external_data=False)
        if not model.graph.node:
            raise ValueError("no network in it")
    except Exception as failure:  # the parser raises what protobuf raises, which differs by its implementation
        raise OcrwebError("model.damaged", path=str(path), reason=Sentence("engine.not-a-network")) from failure
    embedded = {item.key: item.value for item in model.metadata_props}.get(CARD_KEY)
    if embedded is None:
        return None
    try:
        return ModelCard.model_validate(parse_json(embedded))
    except (ValueError, ValidationError) as failure:
        raise OcrwebError("model.bad-card", where=str(path), reason=" ".join(str(failure).split())[:200]) from failure
