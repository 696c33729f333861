from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ocrweb.config.paths import PACKAGE
from ocrweb.messages.plain_yaml import read_plain

NEEDED = [
    *(PACKAGE / "messages").glob("*/errors/*.yml"),
    *(PACKAGE / "messages").glob("*/text/doctor.yml"),
    *(PACKAGE / "messages").glob("*/text/command.yml"),
]


@pytest.mark.parametrize("file", NEEDED, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_what_is_said_without_pyyaml_is_read_the_same(file: Path) -> None:
    content = file.read_text(encoding="utf-8")
    assert read_plain(content) == yaml.safe_load(content)


@pytest.mark.parametrize("line", ["- a list", "name: unquoted", '    deep: "without a level above"'])
def test_other_yaml_is_refused(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read_plain(line)
