"""What all groups of settings share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Group(BaseModel):
    """A block of settings; a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
