"""The Chinese pages say what the English ones say, section by section, and lead to Chinese pages where there are some."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from ocrweb.config.paths import CHECKOUT

DOCS = CHECKOUT / "docs"
PAIRS = [
    ("README.md", "README_zh.md"),
    *((f"docs/{page.name.replace('_zh', '')}", f"docs/{page.name}") for page in sorted(DOCS.glob("*_zh.md"))),
]
HEADINGS = {
    "ocrweb": "ocrweb",
    "Start": "启动",
    "The loop it serves": "完整流程",
    "From another program": "在其他程序中调用",
    "Your data": "数据格式",
    "Models": "模型",
    "GPU": "GPU",
    "Figures": "实测数据",
    "Tests": "测试",
    "Licence": "许可证",
}
# words that stand for a value in a command, and programs' words that one language needs and the other does not
SAME = {
    "PICTURE": "图片", "PICTURES": "图片", "FOLDER": "文件夹", "DIR": "目录", "DATASET": "数据集", "FILE": "文件",
    "user:password": "用户名:密码", "NAME": "名称", "RUN": "训练名",
}  # fmt: skip


def sections(page: str) -> list[tuple[str, str]]:
    """Heading → text below it, in order."""
    parts = re.split(r"^#+ (.+)$", (CHECKOUT / page).read_text(encoding="utf-8"), flags=re.M)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def blocks(text: str) -> list[str]:
    """Fenced blocks without comments, which are translated, and without what a label says."""
    found = re.findall(r"^```\w*\n(.*?)^```", text, re.S | re.M)
    return ["\n".join(re.split(r"  +#|    |,text$|,文本$", line)[0] for line in block.splitlines()) for block in found]


def spans(text: str) -> Counter[str]:
    """Inline code, with what stands for a value in one language."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    found = []
    for span in re.findall(r"`([^`\n]+)`", prose):
        for word, chinese in SAME.items():
            span = re.sub(rf"(?<![\w.-]){word}(?![\w.-])", chinese, span)
        found.append(span)
    return Counter(found)


def links(page: str) -> list[tuple[str, Path]]:
    text = (CHECKOUT / page).read_text(encoding="utf-8")
    found = re.findall(r"(?<!!)\[([^\]]*)\]\((?!https?:|#)([^)#]+)", text)
    return [(name, (CHECKOUT / page).parent / target) for name, target in found]


def test_the_readmes_have_the_same_headings_in_order() -> None:
    english, chinese = (sections(page) for page in PAIRS[0])
    assert [HEADINGS[name] for name, _ in english] == [name for name, _ in chinese]


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_two_pages_have_as_many_sections_with_the_same_blocks(english: str, chinese: str) -> None:
    first, second = sections(english), sections(chinese)
    assert len(first) == len(second)
    for (name, one), (_, other) in zip(first, second, strict=True):
        assert blocks(one) == blocks(other), name
        assert one.count("\n|") == other.count("\n|"), f"{name}: rows of tables"


@pytest.mark.parametrize("place", range(len(HEADINGS)), ids=list(HEADINGS))
def test_a_section_of_the_readmes_names_the_same_commands_files_and_values(place: int) -> None:
    english, chinese = (sections(page)[place][1] for page in PAIRS[0])
    assert spans(english) == spans(chinese)


@pytest.mark.parametrize("page", [chinese for _, chinese in PAIRS])
def test_a_chinese_page_leads_to_chinese_pages_and_says_where_there_is_none(page: str) -> None:
    for name, target in links(page):
        assert target.exists(), target
        twin = target.with_name(f"{target.stem}_zh{target.suffix}")
        if name == "English" or target.suffix != ".md" or target.stem.endswith("_zh"):
            continue
        assert not twin.exists(), f"{name} leads to {target.name}, and there is {twin.name}"
        assert "英文" in name, f"{name} leads to an English page"
