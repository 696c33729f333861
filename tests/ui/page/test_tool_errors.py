"""What a tool says of a failure: the endpoint's document, or a coded one around a library's own words."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.ui.page import mcp

DOCUMENT = '{"error": {"code": "image.empty", "message": "空", "hint": ""}}'


@pytest.mark.parametrize("before", ["", "Error: ", "image.empty "])
def test_the_endpoints_document_is_handed_on_as_it_is(before: str) -> None:
    assert mcp.error_document(before + DOCUMENT) == DOCUMENT


@pytest.mark.parametrize("said", ["no such field", '{"error": broken', "", "x" * 1000 + " Please click on the link"])
def test_a_librarys_own_words_become_the_reason_cut_short(said: str) -> None:
    error = json.loads(mcp.error_document(said))["error"]
    assert error["code"] == "access.bad-call"
    assert said.partition(" Please")[0][:200] in error["message"]
    assert "Please click" not in error["message"]
    assert "x" * (mcp.LONGEST_REASON + 1) not in error["message"]


def test_tools_answer_in_json_and_call_with_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    made: dict[str, Any] = {}
    monkeypatch.setattr(mcp.taken, "change_tools", lambda *parts: given.extend(parts))
    monkeypatch.setattr(mcp, "Client", lambda url, **more: made.update(more, url=url))
    mcp.prepare_tools(SimpleNamespace(mcp_server_obj=None), "http://here", None)  # type: ignore[arg-type]
    assert given == []
    mcp.prepare_tools(SimpleNamespace(mcp_server_obj="tools"), "http://here", ("anna", "word"))  # type: ignore[arg-type]
    tools, in_json, client, error = given
    assert (tools, error) == ("tools", mcp.error_document)
    assert in_json({"名": True, "none": None}) == '{"名": true, "none": null}'
    client()
    assert (made["url"], made["auth"]) == ("http://here", ("anna", "word"))
    assert made["headers"] == {"x-gradio-user": "mcp", mcp.WANTS_JSON: "1"}
    assert made["download_files"] is made["verbose"] is made["analytics_enabled"] is False
