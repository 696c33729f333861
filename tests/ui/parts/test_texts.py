"""The language of the page: the browser's, unless the operator names one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import gradio
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.problems import problem_card

GROUPS = "common|dataframe|file|image|status|upload_text"  # of Gradio's catalogue, for the widgets that the page has
# Gradio's footer, galleries that take videos and tables that take files: the page has none of them. The last is a file's name.
NOT_HERE = re.compile(
    r"common\.(runs|back_to_app|run|screen_studio|video|webcam|stop_recording|logo)|dataframe\.import_|image\.png"
)


@pytest.fixture(autouse=True)
def unforced() -> Iterator[None]:
    yield
    texts.force_language(None)


def visitor(accepts: str) -> SimpleNamespace:
    return SimpleNamespace(headers={"accept-language": accepts})


@pytest.mark.parametrize(
    ("accepts", "lang"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("zh-TW", "zh"), ("en-GB,en;q=0.9,zh;q=0.5", "en"), ("fr-FR", "en")],
)
def test_a_visitor_gets_the_first_language_of_the_browser(accepts: str, lang: str) -> None:
    assert texts.language_of(visitor(accepts)) == lang  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_forced_language_is_everybodys_down_to_the_words_of_the_widgets(lang: str) -> None:
    texts.force_language(lang)
    words = texts.translations().translations
    assert words["en"] == words["zh-CN"] == words["zh"]
    assert {"upload_text.drop_file", "common.or"} <= words["en"].keys()
    assert texts.language_of(visitor("en-US")) == texts.language_of(visitor("zh-CN")) == lang  # type: ignore[arg-type]


def test_the_upload_says_how_large_a_zip_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    for given, said in (("", "2 GB"), ("0.5", "0.5 GB"), ("40", "40 GB")):
        monkeypatch.setenv("OCRWEB_MAX_UPLOAD_GB", given)
        words = texts.translations().translations
        assert said in words["en"]["ocrweb_datasets_zip"]
        assert said in words["zh"]["ocrweb_datasets_zip"]


def test_an_unforced_page_leaves_the_widgets_their_own_words() -> None:
    words = texts.translations().translations
    assert words["en"].keys() == words["zh-CN"].keys()
    assert "common.or" not in words["en"]
    assert words["en"] != words["zh-CN"]


def test_what_gradio_says_in_english_alone_is_said_in_both_languages() -> None:
    """Its widgets ask for their words by keys, which the files of its page hold."""
    folder = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
    page = [file.read_text(encoding="utf-8") for file in folder.glob("*.js")]
    asked = {key for text in page for key in re.findall(rf"`((?:{GROUPS})\.[a-z_]+)`", text)}
    chinese = next(folder.glob("zh-CN-*.js")).read_text(encoding="utf-8")
    variables = dict(re.findall(r"(\w+)=\{([^{}]*)\}", chinese))
    named = dict(re.findall(r"[,{](\w+):(\w+)(?=[,}])", chinese))  # which group is in which variable
    there = {
        f"{group}.{key}" for group, name in named.items() for key in re.findall(r"(\w+):`", variables.get(name, ""))
    }
    assert {"common.download", "dataframe.sort_ascending"} <= asked & there
    ours = texts.translations().translations
    gaps = {key for key in asked - there if not NOT_HERE.match(key)}
    assert {"common.download_all", "status.queue_position"} <= gaps  # the reading above finds some
    assert gaps <= ours["en"].keys() & ours["zh-CN"].keys()
    assert all(re.search(r"[\u4e00-\u9fff]", ours["zh-CN"][key]) for key in gaps)


def test_a_problem_is_told_in_the_visitors_language_with_its_code_and_harmless() -> None:
    error = OcrwebError("image.empty", where="<script>.jpg")
    english, chinese = problem_card(error, "en"), problem_card(error, "zh")
    assert "The file is empty" in english
    assert english != chinese
    assert all("image.empty" in card and "<script>" not in card for card in (english, chinese))
