"""Every error code can be raised, is asked for by a test, and tells all of its sentence in both languages."""

from __future__ import annotations

import ast
import functools
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ocrweb import messages
from ocrweb.config.paths import PACKAGE
from ocrweb.errors import OcrwebError
from ocrweb.messages.names import NAMES
from tests.codes import cases, cases_of_data, cases_of_models

TESTS = Path(__file__).parent.parent
CASES = cases.CASES | cases_of_data.CASES | cases_of_models.CASES
CODES = {
    f"{path.stem}.{name}": entry
    for path in sorted((PACKAGE / "messages" / "en" / "errors").glob("*.yml"))
    for name, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items()
}


def made(tree: ast.AST) -> list[ast.Call]:
    """The places that make an error."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "OcrwebError"]


def said(tree: ast.AST, besides: set[int] = frozenset()) -> Iterator[str]:  # type: ignore[assignment]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in besides:
            yield node.value if isinstance(node.value, str) else node.value.decode("latin-1")


@functools.cache
def asked_for() -> frozenset[str]:
    """Codes that stand in a test to be compared with; where a test makes an error itself, it proves nothing."""
    found: set[str] = set()
    for path in sorted(TESTS.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if path.parent != Path(__file__).parent and named(source) - found:  # to parse them all takes seconds
            tree = ast.parse(source)
            own = {id(inner) for call in made(tree) for inner in ast.walk(call)}
            for text in said(tree, own):
                found |= named(text) if len(text) < 300 else set()
    return frozenset(found)


def named(text: str) -> set[str]:
    return set(re.findall(r"\b[a-z]+\.[a-z0-9-]+", text.replace("\\", ""))) & set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_an_input_that_raises_it(code: str) -> None:
    assert code in CASES or code in asked_for(), (
        "write the smallest input into a file of tests/codes/, or delete the code"
    )


@pytest.mark.parametrize("lang", messages.LANGUAGES)
@pytest.mark.parametrize("code", CASES)
def test_the_input_raises_it_in_both_languages(
    code: str, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    folder = tmp_path / "work"
    folder.mkdir()
    with messages.use_language(lang), monkeypatch.context() as patch:
        try:
            error = CASES[code](folder, patch)
        except OcrwebError as raised:
            error = raised
    assert error is not None
    assert error.code == code
    told = f"{error.message(lang)} {error.hint(lang)}"
    assert not re.search(r"\{\w+\}|<[a-z.]+ object|Traceback", told), told
    assert bool(re.search(r"[\u4e00-\u9fff]", told)) is (lang == "zh"), told


def test_every_case_is_of_a_code_that_there_is() -> None:
    assert set(CASES) <= set(CODES)


def test_every_code_stands_in_the_program() -> None:
    sources = [path for folder in (PACKAGE, PACKAGE.parent / "benchmarks") for path in folder.rglob("*.py")]
    standing = {found for path in sources for found in re.findall(r'"([a-z]+\.[a-z0-9-]+)"', path.read_text("utf-8"))}
    assert set(CODES) - standing == set()


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_no_code_stands_twice(lang: str) -> None:
    """The reader of YAML keeps the last one without a word, and the other's place in the code finds a foreign sentence."""
    for path in sorted((PACKAGE / "messages" / lang / "errors").glob("*.yml")):
        names = re.findall(r"^([\w-]+):", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(names) == len(set(names)), (
            f"{path.name}: {sorted({name for name in names if names.count(name) > 1})}"
        )


def needs(code: str) -> set[str]:
    parts = string.Formatter().parse(CODES[code]["message"] + CODES[code]["hint"])
    return {name.partition(".")[0].partition("[")[0] for _, name, _, _ in parts if name} - set(NAMES)


def test_every_place_that_makes_an_error_gives_all_that_its_sentences_tell() -> None:
    """A hint is filled when it is shown: what is missing would be noticed by a visitor first."""
    lacking = []
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for call in made(ast.parse(source)) if "OcrwebError" in source else []:
            first = call.args[0] if call.args else None
            given = {keyword.arg for keyword in call.keywords}
            if isinstance(first, ast.Constant) and None not in given and (missing := needs(first.value) - given):
                lacking.append(f"{path.relative_to(PACKAGE)}:{call.lineno} {first.value} {sorted(missing)}")
    assert lacking == []


def test_an_error_that_a_test_makes_itself_is_no_proof() -> None:
    tree = ast.parse(
        'with raises(OcrwebError) as caught:\n raise OcrwebError("a.made", x="a.given")\nassert code == "a.asked"'
    )
    own = {id(inner) for call in made(tree) for inner in ast.walk(call)}
    assert set(said(tree, own)) == {"a.asked"}
