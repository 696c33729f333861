"""A model's card: everything needed to use its network rightly."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from ocrweb.config.documents import parse_yaml
from ocrweb.config.each_once import RepeatedKey
from ocrweb.disk import atomic
from ocrweb.disk.ordinary import read_ordinary_text
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
CARD_FILE = "model.yml"  # beside a network
CARD_KEY = "ocrweb.card"  # the card as JSON, in an ONNX file's metadata


class ModelCard(BaseModel):
    """Written as ``model.yml`` beside a network and embedded in exported files.

    mean, std: of the picture scaled to 0..1, in the channel order that the network is fed (BGR, as PaddleOCR does).
    limit_side, limit_type: the resize rule the thresholds below were chosen with.
    threshold, box_threshold, unclip_ratio: recommended decode settings; None means the product's defaults.
    bf16: whether bfloat16 was measured to be as good. metrics: free figures such as hmean, with the data they were measured on.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    architecture: str = ""
    description: dict[str, str] = {}
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    limit_side: int = 1280
    limit_type: Literal["max", "min"] = "max"
    threshold: float | None = None
    box_threshold: float | None = None
    unclip_ratio: float | None = None
    bf16: bool = True
    licence: str = "Apache-2.0"
    source: str = ""
    metrics: dict[str, Any] = {}

    def handed_on(self) -> ModelCard:
        """The card for files that leave the console: on which pictures, by name, the model fails stays here."""
        metrics = {name: value for name, value in self.metrics.items() if name != "groups"}
        return self.model_copy(update={"metrics": metrics})

    def embedded(self) -> str:
        """The same as JSON, for an ONNX file's metadata."""
        return self.handed_on().model_dump_json(exclude_none=True)


def read_card(path: Path) -> ModelCard:
    """The card in a ``model.yml``; raises `model.bad-card` with the first thing that is wrong in it."""
    try:
        document = parse_yaml(read_ordinary_text(path), each_once=True)
        return ModelCard.model_validate(document)
    except RepeatedKey as failure:
        reason = Sentence("command.repeated-key", {"name": failure.key, "first": failure.first})
        raise OcrwebError("model.bad-card", where=f"{path}:{failure.line}", reason=reason) from failure
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as failure:
        raise OcrwebError("model.bad-card", where=str(path), reason=_first_reason(failure)) from failure


def write_card(card: ModelCard, path: Path) -> None:
    """Write a card as YAML, replacing the file at once."""
    document = card.model_dump(mode="json", exclude_none=True)
    atomic.write_text(path, yaml.safe_dump(document, sort_keys=False, allow_unicode=True))


def embed_card(card: ModelCard, network: Path) -> None:
    """Put a card into the metadata of an ONNX file, in the place of the one that is there."""
    import onnx

    model = onnx.load(str(network))
    known = {item.key: item.value for item in model.metadata_props}
    onnx.helper.set_model_props(model, {**known, CARD_KEY: card.embedded()})
    onnx.save(model, str(network))


def _first_reason(failure: Exception) -> str:
    if isinstance(failure, ValidationError):
        first = failure.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return " ".join(str(failure).split())[:200]
