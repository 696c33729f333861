"""The OpenAPI 3.1 document of the addresses below ``/v1``, made from the declarations of the settings."""

from __future__ import annotations

from typing import Any

from ocrweb import __version__
from ocrweb.config.detection_settings import SETTINGS, Declared
from ocrweb.config.model_names import IN_USE
from ocrweb.ui.programs.body import FIELD

Schema = dict[str, Any]
NUMBER, INTEGER, TEXT = {"type": "number"}, {"type": "integer"}, {"type": "string"}
REFUSALS = {
    "400": "A value, the form or the picture cannot be used.",
    "401": "The login or the token is missing or wrong.",
    "404": "There is no such model or page.",
    "413": "The picture or the request is too large.",
    "415": "The bytes are no picture that can be read.",
    "429": "Too many wrong logins; try again after Retry-After.",
    "500": "The console itself failed.",
    "503": "The line is full, the console is ending or a model does not answer; try again after Retry-After.",
}


def openapi_document(root_path: str = "") -> Schema:
    """root_path: below which a reverse proxy shows the console."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ocrweb",
            "version": __version__,
            "description": "Finds the text boxes of pictures.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": root_path or "/"}],
        "security": [{}, {"login": []}, {"token": []}],
        "paths": {
            "/v1/detect": {"post": _detect()},
            "/v1/models": {"get": _read("models", "All models, the default first.", "Models")},
            "/v1/line": {"get": _read("line", "How long a picture that comes now would wait.", "Line")},
            "/v1/openapi.json": {"get": _read("openapi", "This document.", None)},
        },
        "components": {
            "schemas": {"Result": _result(), "Models": _models(), "Line": _line(), "Error": _error()},
            "securitySchemes": {
                "login": {"type": "http", "scheme": "basic"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _detect() -> Schema:
    picture: Schema = {"type": "string", "contentMediaType": "application/octet-stream"}
    form = {"type": "object", "properties": {FIELD: picture}, "required": [FIELD]}
    place = {"description": "How many were before this one when it came.", "schema": INTEGER}
    answer = _answered("The text regions of the picture.", "Result") | {"headers": {"X-Line-Place": place}}
    return {
        "operationId": "detect",
        "summary": "Find the text regions of one picture, or of a page of a PDF or TIFF.",
        "parameters": [
            _parameter(
                "model",
                {**TEXT, "default": IN_USE},
                "A name from /v1/models, a run, latest, or in-use: the one chosen to be used everywhere.",
            ),
            *(_parameter(name, setting_schema(one), one.help["en"]) for name, one in SETTINGS.items()),
            _parameter("page", {**INTEGER, "minimum": 1, "default": 1}, "Page of a PDF or TIFF."),
        ],
        "requestBody": {
            "required": True,
            "description": "The file's bytes as they are, or a form with one file.",
            "content": {"application/octet-stream": {}, "image/*": {}, "multipart/form-data": {"schema": form}},
        },
        "responses": {"200": answer, **_refusals(*REFUSALS)},
    }


def _read(name: str, summary: str, schema: str | None) -> Schema:
    answers = {"200": _answered(summary, schema), **_refusals("401", "429", "500", "503")}
    return {"operationId": name, "summary": summary, "responses": answers}


def setting_schema(one: Declared) -> Schema:
    """JSON Schema of the values that a setting takes."""
    if isinstance(one.kind, tuple):
        return {**TEXT, "enum": list(one.kind)}
    return {**(INTEGER if one.kind is int else NUMBER), "minimum": one.low, "maximum": one.high}


def _parameter(name: str, schema: Schema, about: str) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": about, "schema": schema}


def _answered(about: str, schema: str | None) -> Schema:
    content: Schema = {"schema": {"$ref": f"#/components/schemas/{schema}"}} if schema else {}
    return {"description": about, "content": {"application/json": content}}


def _refusals(*statuses: str) -> Schema:
    wait = {"Retry-After": {"description": "Seconds.", "schema": INTEGER}}
    return {
        status: _answered(REFUSALS[status], "Error") | ({"headers": wait} if status in ("429", "503") else {})
        for status in statuses
    }


def _object(required: Schema, **optional: Schema) -> Schema:
    return {"type": "object", "properties": {**required, **optional}, "required": list(required)}


def _list(of: Schema, **more: int) -> Schema:
    return {"type": "array", "items": of, **more}


def _result() -> Schema:
    box = _list(INTEGER, minItems=8, maxItems=8)
    seconds = _object(dict.fromkeys(("decode", "preprocess", "network", "postprocess"), NUMBER))
    return _object(
        {
            "schema": {"const": 1}, "image_path": TEXT, "width": INTEGER, "height": INTEGER, "model": TEXT,
            "device": TEXT, "threshold": NUMBER, "boxes": _list(box), "scores": _list(NUMBER), "texts": _list(TEXT),
            "success": {"type": "boolean"}, "inference_time": NUMBER, "timing": seconds, "error": {"type": "null"},
        },
        tiles=INTEGER, warnings=_list(TEXT), page=INTEGER, boxes_points=_list(_list(NUMBER, minItems=8, maxItems=8)),
        polygons=_list(_list(INTEGER, minItems=6)),
    )  # fmt: skip


def _models() -> Schema:
    flag = {"type": "boolean"}
    model = {"name": TEXT, "detects": flag, "trains": flag, "source": TEXT, "available": flag, "kind": TEXT}
    return _object({"models": _list(_object({**model, "note": TEXT})), "in_use": TEXT})


def _line() -> Schema:
    return _object({"serving": INTEGER, "waiting": INTEGER, "seconds": INTEGER})


def _error() -> Schema:
    return _object({"error": _object({"code": TEXT, "message": TEXT, "hint": TEXT}), "detail": TEXT})
