"""Where the model that labels a dataset sees text in a picture, as heat to lay over it."""

from __future__ import annotations

from ocrweb.imaging.heat import heat_picture
from ocrweb.services.labels.entries import LabelledSet
from ocrweb.services.labels.maps import MAPS, KeptMaps
from ocrweb.services.labels.proposing import labelling_model
from ocrweb.services.models.listing import check_model


def heat_of(labelled: LabelledSet, picture: str, model: str = "", maps: KeptMaps = MAPS) -> bytes | None:
    """A PNG to stretch over the upright picture; None where the model sees nothing, however weak.

    It is made of the map in which clicks find their boxes. model: "" for the one that labels this dataset. Raises
    store.no-such-picture, ``image.…``, and what the model raises.
    """
    return heat_picture(maps.get(labelled.place(picture), check_model(model or labelling_model(labelled))).map)
