"""What the page says of itself: its events and their inputs, so that a test reaches tomorrow's widgets too."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.browser import Console


@dataclass(frozen=True)
class Event:
    """An event that runs code of the console. inputs: kind and present value of each component that it is given.
    of_click: whether its handler wants to know what was clicked.
    """

    number: int
    name: str
    inputs: tuple[tuple[str, Any], ...]
    of_click: bool

    def join(self, values: list[Any], session: str = "test", clicked: Any = None) -> dict[str, Any]:
        """What a browser posts to ``/gradio_api/queue/join``."""
        return {
            "data": values,
            "fn_index": self.number,
            "session_hash": session,
            "event_data": clicked,
            "trigger_id": None,
        }

    def with_input(self, position: int, value: Any, session: str = "test") -> dict[str, Any]:
        """The same with the page's own values but for one."""
        values = [present for _, present in self.inputs]
        values[position] = value
        return self.join(values, session)


def page_config(console: Console) -> dict[str, Any]:
    with urllib.request.urlopen(f"{console.url}/config", timeout=20) as response:
        config: dict[str, Any] = json.loads(response.read())
    return config


def events_of(config: dict[str, Any]) -> Iterator[Event]:
    """Every event with a handler on the server, whoever may see it."""
    components = {component["id"]: component for component in config["components"]}
    for dependency in config["dependencies"]:
        if dependency["backend_fn"]:
            inputs = tuple(
                (components[number]["type"], components[number]["props"].get("value"))
                for number in dependency["inputs"]
            )
            yield Event(dependency["id"], str(dependency["api_name"]), inputs, dependency["collects_event_data"])


def ask(console: Console, body: dict[str, Any]) -> str:
    """Post to the line and listen until the answer has come: the stream's text, or that of a refusal."""
    request = urllib.request.Request(
        f"{console.url}/gradio_api/queue/join", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        urllib.request.urlopen(request, timeout=60).read()
    except urllib.error.HTTPError as refused:
        return refused.read().decode()
    heard = ""
    address = f"{console.url}/gradio_api/queue/data?session_hash={body['session_hash']}"
    with urllib.request.urlopen(address, timeout=60) as stream:
        for line in stream:
            heard += line.decode()
            if '"process_completed"' in heard or '"close_stream"' in heard:
                break
    return heard
