"""What a run starts from: a network, and how pictures have to be given to it."""

from __future__ import annotations

from dataclasses import dataclass

from paddle import nn

from ocrweb.config.detection import ResizeOptions
from ocrweb.config.groups.evaluation import EvaluationOptions
from ocrweb.config.model_names import DEFAULT as PUBLISHED
from ocrweb.config.model_names import HOUSE
from ocrweb.errors import OcrwebError
from ocrweb.model.architecture import Architecture, build_model
from ocrweb.model.weights import LoadReport
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.seeing import InputRule

NEW_BRANCH = "threshold."  # of a network that was rebuilt from a published graph


@dataclass(frozen=True, slots=True)
class Base:
    """pretrained: False for random weights: then there is no zero-shot score, and batch norm has to learn.

    fresh: names of the tensors that have learnt nothing yet, such as a threshold branch that was never published.
    report: what fitted of the file of weights, where there was one.
    """

    model: nn.Layer
    architecture: Architecture
    card: ModelCard
    pretrained: bool
    fresh: frozenset[str] = frozenset()
    report: LoadReport | None = None

    def rule(self, options: EvaluationOptions) -> InputRule:
        return input_rule(self.card, options)


def input_rule(card: ModelCard, options: EvaluationOptions) -> InputRule:
    """The base model's own input rule, with what the config sets of it."""
    limit_type = card.limit_type if options.limit_type == "auto" else options.limit_type
    resize = ResizeOptions(limit_side=options.limit_side or card.limit_side, limit_type=limit_type)
    return InputRule(resize, card.mean, card.std)


def load_base(name: str, *, random_weights: bool = False) -> Base:
    """Build what ``model`` of the config names: a listed model, a run, a ``.pdparams`` or an ``.onnx`` file.

    random_weights: of the house model only: as if it had never learnt anything. Raises what the catalogue and the reading
    of weights raise, ``train.not-trainable``, and ``pretrain.no-random-start`` for another model.
    """
    entry = resolve(name)
    if random_weights:
        if name != HOUSE:
            raise OcrwebError("pretrain.no-random-start", name=name, house=HOUSE)
        model, architecture, _ = build_model(HOUSE)
        card = ModelCard(name=HOUSE, architecture=entry.card.architecture)
        return Base(model, architecture, card, pretrained=False, fresh=frozenset(model.state_dict()))
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
    model, architecture, report = build_model(source)
    if report is not None:
        fresh = frozenset(report.missing) | {part.name for part in report.reshaped}
    else:
        fresh = frozenset(name for name in model.state_dict() if source == HOUSE or name.startswith(NEW_BRANCH))
    return Base(model, architecture, entry.card, pretrained=source != HOUSE, fresh=fresh, report=report)
