"""The names of the two models that every command knows."""

from __future__ import annotations

DEFAULT = "ppocrv6-small"
HOUSE = "db-resnet18"
