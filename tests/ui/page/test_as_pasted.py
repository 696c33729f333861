"""The programs in the READMEs and in the API's document do what they say, pasted as they stand."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright._impl._driver import compute_driver_executable

from ocrweb.config.detection_settings import SETTINGS
from tests.browser import ROOT, Console
from tests.ui.page.conftest import LOGIN

pytestmark = pytest.mark.slow
DOCUMENTS = {"README.md": "README_zh.md", "docs/api.md": "docs/api_zh.md"}
URL = "http://127.0.0.1:7860"


class Program(NamedTuple):
    document: str
    language: str
    text: str

    @property
    def needs_login(self) -> bool:
        return LOGIN[1] in self.text


def programs(document: str) -> list[Program]:
    blocks = re.findall(r"^```(sh|python|js)\n(.*?)^```", (ROOT / document).read_text(encoding="utf-8"), re.S | re.M)
    return [Program(document, *block) for block in blocks if "7860" in block[1]]


ALL = [program for document in DOCUMENTS for program in programs(document)]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_both_languages_have_the_same_programs(document: str) -> None:
    assert [program[1:] for program in programs(document)] == [program[1:] for program in programs(DOCUMENTS[document])]


def test_each_way_in_has_its_program_in_the_readme_and_in_the_document() -> None:
    ways = {"sh": "curl", "python": "gradio_client", "js": "fetch", "mcp": "ClientSession"}
    for document in DOCUMENTS:
        said = "".join(program.text for program in programs(document))
        assert not [word for word in ways.values() if word not in said], document


def command(program: Program, file: Path) -> list[str]:
    if program.language == "sh":
        return ["bash", "-euo", "pipefail", str(file)]
    if program.language == "python":
        return [sys.executable, str(file)]
    return [shutil.which("node") or compute_driver_executable()[0], str(file)]


@pytest.mark.parametrize(
    "program", ALL, ids=[f"{one.document}-{place}-{one.language}" for place, one in enumerate(ALL)]
)
def test_it_works_as_pasted(console: Console, locked: Console, picture: Path, program: Program, tmp_path: Path) -> None:
    from PIL import Image

    Image.open(picture).save(tmp_path / "1.jpg")
    file = tmp_path / f"pasted.{'mjs' if program.language == 'js' else program.language}"
    file.write_text(program.text.replace(URL, (locked if program.needs_login else console).url), encoding="utf-8")
    ran = subprocess.run(
        command(program, file),
        cwd=tmp_path,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    said = re.sub(r"\ALoaded as API: .*\n", "", ran.stdout)
    if "nope" in program.text:
        assert said.startswith("model.unknown - ")
    elif "call/models" in program.text:
        assert '"ppocrv6-small"' in said
    else:
        assert len(boxes_in(said)) == 6, said


def boxes_in(said: str) -> list[list[int]]:
    """Of a printed list of boxes, a printed document, or an answer of the API."""
    if said.startswith("["):
        return json.loads(said)  # type: ignore[no-any-return]
    if said.startswith("{"):
        return json.loads(said)["boxes"]  # type: ignore[no-any-return]
    found: Any = json.loads(said[said.index('"boxes": ') + len('"boxes": ') : said.index(', "scores"')])
    assert "event: complete" in said
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize("document", ["docs/api.md", "docs/api_zh.md"])
def test_every_parameter_and_every_key_is_described(console: Console, picture: Path, document: str) -> None:
    from gradio_client import Client, handle_file

    described = (ROOT / document).read_text(encoding="utf-8")
    client = Client(console.url, verbose=False)
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    parameters = {one["parameter_name"] for endpoint in endpoints.values() for one in endpoint["parameters"]}
    keys = {*client.predict(handle_file(picture), api_name="/detect"), *client.predict(api_name="/status")} - {
        "cpu", "memory_used", "memory_total", "rss", "gpus", "versions", "uptime",
    }  # fmt: skip
    assert not [name for name in {*parameters, *keys, *endpoints} if f"`{name}`" not in described]
    for name, one in SETTINGS.items():
        row = next(line for line in described.splitlines() if line.startswith(f"| `{name}` |"))
        may_be = (
            [f"`{word}`" for word in one.kind] if isinstance(one.kind, tuple) else [f"{one.low:g}", f"{one.high:g}"]
        )
        assert not [word for word in may_be if word not in row], row


def test_the_settings_are_parameters_in_the_declared_kinds_after_the_first_four(console: Console) -> None:
    from gradio_client import Client

    named = Client(console.url, verbose=False).view_api(return_format="dict", print_info=False)["named_endpoints"]
    for endpoint in ("/detect", "/detect_batch"):
        names = [one["parameter_name"] for one in named[endpoint]["parameters"]]
        assert names[1:6] == ["model", "threshold", "box_threshold", "unclip_ratio", "limit_side"]
        assert set(names[2:]) - {"page"} == SETTINGS.keys()
