"""Every sentence exists in both languages, with the same placeholders."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import Any

import pytest
import yaml

from ocrweb.messages import load_area

FOLDER = Path(__file__).parent.parent / "ocrweb" / "messages"
PACKAGE = FOLDER.parent
AREAS = sorted(
    area
    for area in {path.relative_to(FOLDER / lang) for lang in ("en", "zh") for path in (FOLDER / lang).rglob("*.yml")}
    if area.parts[0] != "help"  # its English stands beside the options; tests/cli/test_help_page.py holds the Chinese
)


def leaves(node: Any, prefix: str = "") -> dict[str, str]:
    if isinstance(node, dict):
        return {key: value for name, child in node.items() for key, value in leaves(child, f"{prefix}/{name}").items()}
    return {prefix: str(node)}


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def load(lang: str, area: Path) -> dict[str, str]:
    path = FOLDER / lang / area
    assert path.is_file(), f"{area} is missing in {lang}"
    return leaves(yaml.safe_load(path.read_text(encoding="utf-8")) or {})


@pytest.mark.parametrize("area", AREAS, ids=str)
def test_both_languages_have_the_same_sentences_and_placeholders(area: Path) -> None:
    english, chinese = load("en", area), load("zh", area)
    assert english.keys() == chinese.keys()
    for key in english:
        assert placeholders(english[key]) == placeholders(chinese[key]), key


@pytest.mark.parametrize("area", AREAS, ids=str)
def test_chinese_sentences_are_chinese(area: Path) -> None:
    english, chinese = load("en", area), load("zh", area)
    for key, sentence in english.items():
        words = re.findall(r"[a-z]{3,}", re.sub(r"\{[^}]*\}|`[^`]*`", "", sentence))
        if len(words) >= 3:
            assert re.search(r"[\u4e00-\u9fff]", chinese[key]), f"{area} {key} is not translated"


def test_the_safe_start_has_one_name_in_chinese() -> None:
    for path in (*(FOLDER / "zh").rglob("*.yml"), PACKAGE.parent / "docs" / "training_zh.md"):
        assert "稳妥" not in path.read_text(encoding="utf-8"), path


def test_every_error_code_raised_in_the_code_has_its_texts() -> None:
    codes = set()
    for path in PACKAGE.rglob("*.py"):
        codes |= set(re.findall(r"""OcrwebError\(\s*["']([a-z0-9.-]+)["']""", path.read_text(encoding="utf-8")))
    known = set()
    for path in (FOLDER / "en" / "errors").glob("*.yml"):
        for name, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            assert set(entry) == {"message", "hint"}, f"{path.name} {name}"
            known.add(f"{path.stem}.{name}")
    assert codes <= known, sorted(codes - known)


COUNTED = re.compile(
    r"(?<!All )\{(?!format\}|wanted\}|ips\}|rate\}|limit\}|most\})\w+\} (pictures|boxes|regions|changes|files|errors|parts|steps|suspects|tensors)\b"
)


def test_what_is_counted_in_english_has_its_singular() -> None:
    for path in (FOLDER / "en").rglob("*.yml"):
        said = [line for line in path.read_text(encoding="utf-8").splitlines() if COUNTED.search(line)]
        assert not said, (path.name, said)


SCRIPTS = ("ui_labels", "ui_viewer", "ui_tour", "ui_framework")  # sentences that scripts of the page fill in
UNCOUNTED = {"done", "total", "minutes", "percent", "likely", "number"}  # no noun follows
TEXTS = {"picture", "state", "name", "text", "file", "fits"}


@pytest.mark.parametrize("area", SCRIPTS)
def test_no_sentence_of_a_script_has_a_bare_count_in_english(area: str) -> None:
    for name, said in load_area("en", "text", area).items():
        counted = set(re.findall(r"\{(\w+)\}", said.replace(" of {count}", ""))) - UNCOUNTED - TEXTS
        formed = set(re.findall(r"\{(\w+):[^{}]*(?:\{\w+\}[^{}]*)*\|", said))
        assert counted <= formed, (name, said)


def test_scripts_fill_in_sentences_in_one_place() -> None:
    """Where the rule of one and several is known."""
    scripts = [path for folder in ("labels", "viewer") for path in (PACKAGE / "ui" / folder / "static").rglob("*.js")]
    filling = re.compile(r"""replace(All)?\(["'`/][^)]*\{""")
    assert [path.name for path in scripts if filling.search(path.read_text(encoding="utf-8"))] == []
    assert "sentence.js" in {path.name for path in scripts}
