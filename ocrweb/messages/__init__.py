"""Every sentence a person reads, in English and Chinese, from one catalogue.

``messages/<lang>/<kind>/<area>.yml`` maps a name to its fields. The id ``image.empty`` is the name ``empty``
of area ``image``; kinds are ``errors`` (message, hint), ``rules`` (message, hint), ``causes`` and ``text`` (one string a name).
"""

from ocrweb.messages.catalogue import LANGUAGES, field, language, load_area, set_language, text, use_language
from ocrweb.messages.sentence import Sentence, Told

__all__ = [
    "LANGUAGES", "Sentence", "Told", "field", "language", "load_area", "set_language", "text", "use_language",
]  # fmt: skip
