"""Every event of the page with values that it does not expect, and files through each door that takes files."""

from __future__ import annotations

import random
from dataclasses import dataclass

from benchmarks._visitor import Event, Visitor
from benchmarks.fuzz import files
from benchmarks.fuzz.request import Pressed
from benchmarks.fuzz.values import Values

FILE_FIELDS = {"file", "image", "uploadbutton", "gallery", "multimodaltextbox", "imageeditor", "video", "audio"}
# Buttons that set long work going when all their values are right: they get only wrong ones.
LONG = {
    "export-start", "training-start", "training-estimate", "training-resume", "dataset-sample-start", "dataset-autolabel-start",
    "dataset-import-start", "golden-start", "training-delete-yes", "dataset-delete-now",
}  # fmt: skip


@dataclass(frozen=True)
class Door:
    """A field of an event that takes files. place: of the field in the event's inputs. many: a list of them."""

    event: Event
    place: int
    many: bool
    takes: tuple[str, ...]


class Events:
    """Of one console, as its page describes itself."""

    def __init__(self, visitor: Visitor) -> None:
        config = visitor.config
        parts = {part["id"]: part for part in config["components"]}
        self._long = {part["id"] for part in config["components"] if part["props"].get("elem_id") in LONG}
        calls = [call for call in config["dependencies"] if call.get("backend_fn", True)]
        self.all = [visitor.described(call) for call in calls]
        self._doors = [
            Door(
                event,
                place,
                parts[number]["props"].get("file_count") == "multiple",
                tuple(parts[number]["props"].get("file_types") or ()),
            )
            for event in self.all
            for place, number in enumerate(event.inputs)
            if parts[number]["type"] in FILE_FIELDS and self._is_first(event)
        ]

    def _is_first(self, event: Event) -> bool:
        """Not the buttons of long work, which get files among their other wrong values."""
        return event.trigger not in self._long

    def doors(self, name: str) -> list[Door]:
        """Where a file of such a name may be given; a visitor may give any file anywhere, so that most are offered all."""
        ending = "." + name.rpartition(".")[2]
        fitting = [
            door
            for door in self._doors
            if not door.takes or ending in door.takes or ("image" in door.takes and ending != ".zip")
        ]
        return fitting or self._doors

    def sends(self, door: Door, what: str, name: str, data: bytes) -> Pressed:
        return Pressed(what, door.event, list(door.event.values), {door.place: (name, data)}, door.many)

    def pressed(self, dice: random.Random, values: Values) -> Pressed:
        """One value wrong, or all; sometimes too many or too few; sometimes a bad upload among them."""
        event = dice.choice(self.all)
        given = list(event.values)
        if event.trigger in self._long or dice.random() < 0.3:
            given = [values.any(dice) for _ in given]
        elif given:
            given[dice.randrange(len(given))] = values.any(dice)
        if dice.random() < 0.05:
            given = given[:-1] if dice.random() < 0.5 else [*given, values.any(dice)]
        sent = {}
        places = [door.place for door in self._doors if door.event is event and door.place < len(given)]
        if places and dice.random() < 0.5:
            _, name, data = files.mutated(dice)
            sent[dice.choice(places)] = (name, data)
        return Pressed(f"event {event.number}", event, given, sent)
