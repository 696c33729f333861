"""Form fields made from declared settings: bounds, label and help come from the schema."""

from __future__ import annotations

import functools
from typing import Any, Literal, get_args, get_origin

import gradio as gr
from gradio.i18n import I18nData
from pydantic import BaseModel

from ocrweb.config.dotted import Place, bounds
from ocrweb.ui.seams import taken

WIDEST = 200  # positions of a slider: more than a hand can tell apart; a wider range is typed in


def field_texts(lang: str, schemas: list[type[BaseModel]]) -> dict[str, str]:
    """Labels and help of all fields for the browser's catalogue."""
    texts = {}
    for schema in schemas:
        for name, field in schema.model_fields.items():
            extra = field.json_schema_extra
            if isinstance(extra, dict) and "label" in extra:
                texts[_key(schema, name, "label")] = str(extra["label"][lang])  # type: ignore[index,call-overload]
                texts[_key(schema, name, "help")] = str(extra["help"][lang])  # type: ignore[index,call-overload]
    return texts


def field(schema: type[BaseModel], name: str, **changes: Any) -> Any:
    """The widget of one setting: a slider for bounded numbers, a dropdown for choices, a checkbox for a switch.

    A number arrives as it was typed, an emptied one as the setting's default: the schema says what is wrong with it. One
    beyond the end of a slider arrives as that end.
    changes: widget arguments that replace what the schema says, e.g. ``value``.
    """
    info = schema.model_fields[name]
    extra: dict[str, Any] = dict(info.json_schema_extra) if isinstance(info.json_schema_extra, dict) else {}
    low, _, high = bounds(Place(name, schema, name))
    settings: dict[str, Any] = {
        "label": I18nData(_key(schema, name, "label")),
        "info": I18nData(_key(schema, name, "help")),
        "value": info.default,
        "elem_id": f"{schema.__name__}-{name}",
    } | changes
    kind = info.annotation
    if get_origin(kind) is Literal:
        return gr.Dropdown(choices=list(get_args(kind)), **settings)
    if kind is bool:
        return gr.Checkbox(**settings)
    if kind in (int, float) and low is not None and high is not None:
        step = extra.get("step") or (1 if kind is int else 0.01)
        settings = {"minimum": low, "maximum": high, "step": step} | settings
        wide = (settings["maximum"] - settings["minimum"]) / settings["step"] > WIDEST
        return _number(gr.Number if wide else gr.Slider, info.default)(**settings)
    if kind in (int, float) or type(None) in get_args(kind):
        limits: dict[str, Any] = {"minimum": low, "maximum": high} if low is not None else {}
        return _number(gr.Number, info.default)(**(limits | settings))
    return gr.Textbox(**settings)


def slider(minimum: float, maximum: float, value: float, **settings: Any) -> Any:
    """A slider that belongs to no declared setting. What is typed beside it may lie beyond its ends for a moment: “3”, then “320”."""
    return _number(gr.Slider, value)(minimum, maximum, value, **settings)


@functools.cache
def _number(kind: type[Any], empty: float | None) -> type[Any]:
    """Slider or number box that refuses nothing: Gradio's own bounds answer with its internals in a toast.

    empty: what an emptied one means. The page draws a slider at its end for a number beyond it, and may send that number a
    moment before.
    """

    def preprocess(self: Any, payload: float | None) -> float | None:
        if payload is not None and issubclass(kind, gr.Slider):
            payload = min(max(payload, self.minimum), self.maximum)
        return empty if payload is None else gr.Number.round_to_precision(payload, self.precision)

    return taken.class_read_by(kind, preprocess, __name__)


def _key(schema: type[BaseModel], name: str, part: str) -> str:
    return f"ocrweb_field_{schema.__name__}_{name}_{part}"
