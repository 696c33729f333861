"""What a run starts from: a network, and how pictures have to be given to it."""

from __future__ import annotations

from dataclasses import dataclass

from paddle import nn

from ocrweb.config.detection import ResizeOptions
from ocrweb.config.training_groups import EvaluationOptions
from ocrweb.errors import OcrwebError
from ocrweb.model.architecture import HOUSE, PUBLISHED, Architecture, build_model
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.catalogue import resolve
from ocrweb.training.evaluate import InputRule


@dataclass(frozen=True, slots=True)
class Base:
    """pretrained: False for random weights: then there is no zero-shot score, and batch norm has to learn."""

    model: nn.Layer
    architecture: Architecture
    card: ModelCard
    pretrained: bool

    def rule(self, options: EvaluationOptions) -> InputRule:
        return input_rule(self.card, options)


def input_rule(card: ModelCard, options: EvaluationOptions) -> InputRule:
    """The base model's own input rule, with what the config sets of it."""
    limit_type = card.limit_type if options.limit_type == "auto" else options.limit_type
    resize = ResizeOptions(limit_side=options.limit_side or card.limit_side, limit_type=limit_type)
    return InputRule(resize, card.mean, card.std)


def load_base(name: str) -> Base:
    """Build what ``model`` of the config names: a listed model, a run, a ``.pdparams`` or an ``.onnx`` file.

    Raises what the catalogue and the reading of weights raise, and ``train.not-trainable``.
    """
    entry = resolve(name)
    if name == PUBLISHED:
        if entry.missing is not None:
            raise entry.missing
        source = PUBLISHED
    elif "weights" in entry.files:
        source = str(entry.files["weights"])
    elif name == HOUSE:
        source = HOUSE
    elif "onnx" in entry.files:
        source = str(entry.files["onnx"])
    else:
        raise entry.missing or OcrwebError("train.not-trainable", name=name)
    model, architecture, _ = build_model(source)
    return Base(model, architecture, entry.card, pretrained=source != HOUSE)
