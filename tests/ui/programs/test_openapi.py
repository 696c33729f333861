"""The OpenAPI document is one, describes every address, and tells the truth of what it describes."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.openapi.models import OpenAPI
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from ocrweb.config.detection_settings import SETTINGS
from ocrweb.ui.programs import routes
from ocrweb.ui.programs.openapi import openapi_document

DOCUMENT = openapi_document()
PARAMETERS = {one["name"]: one["schema"] for one in DOCUMENT["paths"]["/v1/detect"]["post"]["parameters"]}


def valid(document: Any, schema: dict[str, Any]) -> list[str]:
    whole = {**schema, "components": DOCUMENT["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(document)]


def allowed(schema: dict[str, Any]) -> list[Any]:
    ends = [schema[name] for name in ("minimum", "maximum") if name in schema]
    default = [schema["default"]] if "default" in schema else []
    return [*schema.get("enum", ends), *default]


def test_it_is_an_openapi_document() -> None:
    OpenAPI.model_validate(DOCUMENT)
    for schema in (*DOCUMENT["components"]["schemas"].values(), *PARAMETERS.values()):
        Draft202012Validator.check_schema(schema)
    assert openapi_document("/ocr")["servers"] == [{"url": "/ocr"}]


def test_it_describes_every_address_and_every_setting() -> None:
    application = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    routes.mount(application)
    served = {(route.path, method.lower()) for route in application.routes for method in route.methods}  # type: ignore[attr-defined]
    assert served == {(path, method) for path, item in DOCUMENT["paths"].items() for method in item}
    assert list(PARAMETERS) == ["model", *SETTINGS, "page"]


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, schema in PARAMETERS.items() for value in allowed(schema)],
)
def test_a_value_that_it_allows_gets_the_answer_that_it_describes(
    client: TestClient, page: bytes, name: str, value: Any
) -> None:
    answer = client.post("/v1/detect", params={name: value}, content=page)
    described = DOCUMENT["paths"]["/v1/detect"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer.status_code == 200, answer.text
    assert valid(answer.json(), described) == []


@pytest.mark.parametrize("name", [name for name, schema in PARAMETERS.items() if set(schema) & {"minimum", "enum"}])
def test_a_value_that_it_does_not_allow_gets_the_refusal_that_it_describes(client: TestClient, name: str) -> None:
    schema = PARAMETERS[name]
    wrong = schema["minimum"] - 1 if "minimum" in schema else "other"
    answer = client.post("/v1/detect", params={name: wrong}, content=b"x")
    responses = DOCUMENT["paths"]["/v1/detect"]["post"]["responses"]
    assert answer.status_code == 400
    assert valid(answer.json(), responses["400"]["content"]["application/json"]["schema"]) == []


@pytest.mark.parametrize("path", [path for path, item in DOCUMENT["paths"].items() if "get" in item])
def test_what_is_read_answers_as_described(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    described = DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    assert valid(answer.json(), described.get("schema", {})) == []


@pytest.mark.parametrize(("name", "least", "most"), [("boxes", 8, 8), ("boxes_points", 8, 8), ("polygons", 6, None)])
def test_a_box_has_four_corners_and_an_outline_three_at_least(name: str, least: int, most: int | None) -> None:
    schema = DOCUMENT["components"]["schemas"]["Result"]["properties"][name]
    taken = [count for count in range(5, 10) if not valid([[1] * count], schema)]
    assert taken == [count for count in range(5, 10) if least <= count <= (most or count)]
