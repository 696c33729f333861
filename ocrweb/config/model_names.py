"""The names of the models that every command knows. They lie below the sentences, which have them too."""

from __future__ import annotations

from ocrweb.messages.names import DEFAULT_MODEL as DEFAULT
from ocrweb.messages.names import HOUSE_MODEL as HOUSE

__all__ = ["DEFAULT", "HOUSE", "IN_USE"]

IN_USE = "in-use"  # stands for the model that was chosen to be used everywhere, at first the default one
