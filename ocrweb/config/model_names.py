"""The names of the two models that every command knows. They lie below the sentences, which have them too."""

from __future__ import annotations

from ocrweb.messages.names import DEFAULT_MODEL as DEFAULT
from ocrweb.messages.names import HOUSE_MODEL as HOUSE

__all__ = ["DEFAULT", "HOUSE"]
