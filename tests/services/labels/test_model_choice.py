"""The models that may be asked for boxes: the one whose boxes people correct comes first, and only what can be used."""

from __future__ import annotations

import pytest

from ocrweb.config.model_names import DEFAULT, HOUSE
from ocrweb.data.labelling.learnt import Learnt, write_learnt
from ocrweb.services.labels.entries import LabelledSet
from ocrweb.services.labels.model_choice import models_document
from ocrweb.services.models.listing import models_here


@pytest.mark.parametrize("learnt", [None, HOUSE, "gone"])
def test_the_model_that_labels_comes_first(labelled: LabelledSet, learnt: str | None) -> None:
    if learnt:
        write_learnt(labelled.root, Learnt(learnt, 1.0, renewed=1))
    document = models_document(labelled)
    names = [model["name"] for model in document["models"]]
    assert document["labelling"] == names[0] == (HOUSE if learnt == HOUSE else DEFAULT)
    assert sorted(names) == sorted(models_here())
    assert all(model["title"] for model in document["models"])
