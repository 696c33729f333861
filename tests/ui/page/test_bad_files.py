"""Whatever file a visitor gives to whichever field, the page answers in his language, with a code, in place."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import open_tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 60_000
CODE = re.compile(r"^[a-z]+\.[a-z-]+$")
CHINESE = re.compile("[\u4e00-\u9fff]")
# What the framework or Python would say, and paths of the server.
RAW = re.compile(
    r"Traceback|Error|Could not|Invalid|Exception|Errno|NoneType|\.ocrweb|/tmp/|site-packages|gradio|HTTP \d"
)


def png(width: int = 60, height: int = 40) -> bytes:
    return bytes(cv2.imencode(".png", np.full((height, width, 3), 200, np.uint8))[1])


def bomb() -> bytes:
    """A picture that says it has 60,000×60,000 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return target.getvalue()


CONTENTS = {
    "empty": b"",
    "text": b"not a picture\n",
    "cut": png()[:60],
    "head": png()[:20],
    "page": b"<!DOCTYPE html><html><body>404</body></html>",
    "zipped": zipped(a=b"x"),
    "pdf": b"%PDF-1.4\n%%EOF",
    "bomb": bomb(),
    "zeros": bytes(5000),
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n",
    "json": b'{"boxes": []}',
    "xz": b"\xfd7zXZ\x00" + bytes(40),
    "utf16": "中文".encode("utf-16"),
    "header": b"II*\x00\x08\x00\x00\x00",
    "spoilt": png()[:45] + bytes(30),
}
# Of a kind that no picture field takes.
OTHERS = {"report.docx": zipped(word__document=b"x"), "notes.txt": b"x", "setup.exe": b"MZ\0\0", "none": b"x"}


@pytest.fixture
def bad(tmp_path: Path) -> Callable[..., list[Path]]:
    def written(suffix: str, *names: str) -> list[Path]:
        """The bad contents (all, or those named) as files that end so."""
        made = []
        for name in names or CONTENTS:
            made.append(tmp_path / f"{name}{suffix}")
            made[-1].write_bytes(CONTENTS[name])
        return made

    return written


@pytest.fixture
def others(tmp_path: Path) -> list[Path]:
    for name, content in OTHERS.items():
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in OTHERS]


def judge(card: Locator, name: str) -> None:
    """The answer about this file has come; it is Chinese, has a code, and holds nothing raw."""
    expect(card).to_contain_text(name, timeout=PATIENCE)
    words = card.inner_text()
    code = card.locator("code").last.inner_text()
    assert CODE.match(code), words
    assert code != "usage.internal", words
    assert CHINESE.search(words), words
    assert not RAW.search(words.replace(name, "")), words


def refused(page: Page, field: Locator, file: Path) -> None:
    """A file of a wrong kind is refused beside its field."""
    field.set_input_files(file)
    judge(page.locator(".ocrweb-refused:visible"), file.name)


def no_toast(page: Page) -> None:
    expect(page.locator(".toast-body")).to_have_count(0)
    assert not page.locator(".wrap .error:visible").count()


def test_files_for_the_model(
    visit: Callable[..., Page], bad: Callable[..., list[Path]], others: list[Path], picture: Path
) -> None:
    page = visit("zh-CN")
    single_pictures_and_documents(page, bad, others, picture)
    a_batch_and_pictures_of_the_golden_set(page, bad, others)
    no_toast(page)


def test_files_for_a_training(visit: Callable[..., Page], bad: Callable[..., list[Path]], others: list[Path]) -> None:
    page = visit("zh-CN")
    datasets(page, bad, others)
    settings_of_a_training_and_a_model_file(page, bad, others)
    no_toast(page)


def single_pictures_and_documents(
    page: Page, bad: Callable[..., list[Path]], others: list[Path], picture: Path
) -> None:
    field = page.locator("#single-picture input[type=file]").first
    good, problem = (
        page.locator("#single-result .ocrweb-good:not(.ocrweb-old)"),
        page.locator("#single-result .ocrweb-problem"),
    )
    field.set_input_files(picture)
    expect(good).to_be_visible(timeout=PATIENCE)
    for other in others:
        refused(page, field, other)
    expect(good).to_have_count(0)  # what is shown is not the answer to the file that was refused

    # All contents go through a batch, below.
    for file in bad(".png", "empty", "cut", "page", "zipped", "bomb", "svg", "pointer", "spoilt"):
        field.set_input_files(file)
        judge(problem, file.name)
        expect(page.locator(".ocrweb-refused:visible")).to_have_count(0)
    expect(page.locator("#single-boxes .prose > *")).to_have_count(0)

    dropped = """(target) => {
      const holder = new DataTransfer();
      holder.items.add(new File(['x'], 'dropped.txt', { type: 'text/plain' }));
      target.dispatchEvent(new DragEvent('drop', { dataTransfer: holder, bubbles: true, cancelable: true }));
    }"""
    page.locator("#single-picture button").first.evaluate(dropped)
    judge(page.locator(".ocrweb-refused:visible"), "dropped.txt")

    field = page.locator("input[type=file]:has(+ #single-open-document)")
    refused(page, field, others[0])
    for file in [*bad(".pdf", "empty", "text", "zipped", "pdf"), *bad(".tiff", "cut", "zeros")]:
        field.set_input_files(file)
        judge(problem, file.name)


TO_ITS_END = "table => table.querySelectorAll('*').forEach(part => part.scrollTo(0, part.scrollHeight))"


def a_batch_and_pictures_of_the_golden_set(page: Page, bad: Callable[..., list[Path]], others: list[Path]) -> None:
    open_tab(page, "批量检测")
    field, start = page.locator("#batch-files input[type=file]"), page.locator("#batch-start")
    for other in others:
        refused(page, field, other)
    pictures = bad(".png")
    field.set_input_files([others[0], *pictures])  # what fits goes on
    judge(page.locator(".ocrweb-refused:visible"), others[0].name)
    expect(page.locator("#batch-files tbody tr")).to_have_count(len(pictures), timeout=PATIENCE)
    start.click()
    status = page.locator("#batch-status [data-state=done]")
    expect(status).to_have_class("ocrweb-problem", timeout=PATIENCE)
    table = page.locator("#batch-table")
    for part in (pictures[:10], pictures[10:]):  # the table draws the rows in sight alone
        for file in part:
            expect(table).to_contain_text(file.name)
        assert not RAW.search(table.inner_text()), table.inner_text()
        table.evaluate(TO_ITS_END)

    for file in [*bad(".pdf", "pdf"), *bad(".zip", "zipped", "zeros")]:
        page.locator("#batch-files [aria-label=清除]").first.click()
        field.set_input_files(file)
        expect(page.locator("#batch-files").get_by_role("cell", name=file.name)).to_be_visible(timeout=PATIENCE)
        start.click()
        judge(page.locator("#batch-status .ocrweb-problem"), file.name)

    page.locator("#golden .label-wrap").last.click()
    own = page.locator("#golden-own input[type=file]")
    refused(page, own, others[0])


def datasets(page: Page, bad: Callable[..., list[Path]], others: list[Path]) -> None:
    open_tab(page, "数据集")
    status = page.locator("#dataset-status .ocrweb-problem")
    field = page.locator("#dataset-zip input[type=file]")
    for other in others:
        refused(page, field, other)
    for file in bad(".zip", "empty", "text", "zipped", "pdf", "bomb", "zeros"):
        field.set_input_files(file)
        judge(status, file.name)

    page.locator("#dataset-add").get_by_role("tab", name="导入").click()
    field = page.locator("#dataset-import-zip input[type=file]")
    refused(page, field, others[1])
    for file, named in zip(
        [*bad(".zip", "zipped", "empty"), *bad(".pdf", "pdf")], ("formats.unknown", "empty.zip", "pdf.pdf"), strict=True
    ):
        field.set_input_files(file)
        expect(page.locator("#dataset-import-zip").get_by_role("cell", name=file.name)).to_be_visible(timeout=PATIENCE)
        page.locator("#dataset-import-start").click()
        judge(status, named)
        page.locator("#dataset-import-zip [aria-label=清除]").first.click()


def settings_of_a_training_and_a_model_file(page: Page, bad: Callable[..., list[Path]], others: list[Path]) -> None:
    open_tab(page, "训练微调")
    page.locator("#training-command-box .label-wrap").click()
    field = page.locator("input[type=file]:has(+ #training-upload)")
    refused(page, field, others[0])
    said = page.locator("#training-said .ocrweb-problem")
    for file in bad(".yml", "text", "cut", "zeros"):
        field.set_input_files(file)
        expect(said).to_be_visible(timeout=PATIENCE)
        assert CODE.match(said.locator("code").last.inner_text())
        assert not RAW.search(said.inner_text()), said.inner_text()

    open_tab(page, "模型")
    page.locator("#import-model .label-wrap").click()
    field = page.locator("#import-file input[type=file]")
    refused(page, field, others[2])
    for file in bad(".onnx", "empty"):
        field.set_input_files(file)
        expect(page.locator("#import-file").get_by_role("cell", name=file.name)).to_be_visible(timeout=PATIENCE)
        page.locator("#import-start").click()
        judge(page.locator("#import-status .ocrweb-problem"), file.name)
        page.locator("#import-file [aria-label=清除]").first.click()
