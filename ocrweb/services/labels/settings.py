"""How a map shall be read, as somebody who labels asks for it."""

from __future__ import annotations

from typing import Any

import pydantic

from ocrweb.config.detection import DecodeOptions
from ocrweb.config.documents import is_number
from ocrweb.errors import OcrwebError


def decode_given(values: dict[str, Any], usual: DecodeOptions) -> DecodeOptions:
    """values: ``threshold`` and ``unclip_ratio``, each in place of the usual one where it is there. Raises labels.bad-settings."""
    given = {name: values[name] for name in ("threshold", "unclip_ratio") if values.get(name) is not None}
    if not all(is_number(value) for value in given.values()):
        raise OcrwebError("labels.bad-settings")
    known = usual.model_dump() | given
    if "threshold" in given:
        known["box_threshold"] = None
    try:
        return DecodeOptions.model_validate(known)
    except pydantic.ValidationError as failure:
        raise OcrwebError("labels.bad-settings") from failure
