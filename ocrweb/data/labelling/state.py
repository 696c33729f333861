"""How far somebody has looked at a picture's labels."""

from __future__ import annotations

from typing import Literal, get_args

PictureState = Literal["new", "auto", "check", "checked", "aside"]
STATES: tuple[PictureState, ...] = get_args(PictureState)
