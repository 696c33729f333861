"""The models that may be asked for boxes in a dataset, for a person to choose from."""

from __future__ import annotations

from typing import Any

from ocrweb.runtime.catalogue import resolve_name
from ocrweb.services.labels.entries import LabelledSet
from ocrweb.services.labels.proposing import labelling_model
from ocrweb.services.models.listing import models_here, titles_of_models


def models_document(labelled: LabelledSet) -> dict[str, Any]:
    """``{"models": [{"name", "title"}], "labelling"}``: that need no download, first the one whose boxes people correct here.

    Raises as `resolve_name`.
    """
    labelling = resolve_name(labelling_model(labelled)).name
    titles = titles_of_models()
    names = sorted({labelling, *models_here()}, key=lambda name: name != labelling)
    return {"models": [{"name": name, "title": titles.get(name) or name} for name in names], "labelling": labelling}
