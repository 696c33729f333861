"""Take the pictures that the documents show from a running console: python scripts/screenshots.py [--only NAME] [--all]

Starts a console of its own on a free port with a temporary data root; needs Chromium and, for Chinese, a CJK font.
--all: every tab, at the width of a phone too, into the same folder, to look at.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from tests.browser import CHROMIUM_ARGUMENTS, chromium_path, open_tab, running_console  # noqa: E402

OUT = ROOT / "docs" / "screenshots"
GOLDEN = ROOT / "ocrweb" / "assets" / "golden"
TABS = {
    "en": {"batch": "Batch", "datasets": "Datasets", "training": "Training", "export": "ONNX export"},
    "zh": {"batch": "批量检测", "datasets": "数据集", "training": "训练微调", "export": "ONNX 导出"},
}
DATASET = "demo"
SETTINGS = [
    "batch_size=2",
    "epochs=6",
    "crop_size=320",
    "evaluation.every_steps=40",
    "evaluation.validation_ratio=0.2",
    "name=demo",
]


def single(page: Page, lang: str) -> None:
    page.locator("#single-picture input[type=file]").first.set_input_files(GOLDEN / "invoice.jpg")
    page.wait_for_selector("#single-summary", timeout=60_000)
    page.locator("#single-start").click()  # again: the first time a model is asked it is made ready for the size
    page.wait_for_timeout(5000)


def datasets(page: Page, lang: str) -> None:
    open_tab(page, TABS[lang]["datasets"])
    page.wait_for_timeout(2500)
    page.locator("#dataset-chosen input").click()
    page.get_by_role("option", name=DATASET).first.click()
    page.wait_for_selector("#dataset-verdict [role=status]", timeout=60_000)
    page.wait_for_timeout(6000)


def training(page: Page, lang: str) -> None:
    open_tab(page, TABS[lang]["training"])
    page.wait_for_timeout(4000)
    if not page.locator("#training-proof-card li").count():  # the run ended before there was a console to check it
        page.locator("#training-prove").click()
    page.wait_for_selector("#training-proof-card li", timeout=120_000)
    page.wait_for_timeout(6000)


def export(page: Page, lang: str) -> None:
    open_tab(page, TABS[lang]["export"])
    page.wait_for_timeout(2500)


def golden(page: Page, lang: str) -> None:
    open_tab(page, TABS[lang]["batch"])
    page.wait_for_timeout(2500)
    page.locator("#batch-files input[type=file]").set_input_files(sorted(GOLDEN.glob("*.[jp][pn]g")))
    page.wait_for_timeout(800)
    page.locator("#batch-start").click()
    page.wait_for_selector("#batch-status [data-state=done]", timeout=60_000)
    page.locator("#golden-start").click()
    page.wait_for_selector("#golden-answer [data-verdict]", timeout=60_000)
    page.wait_for_timeout(1500)


SHOWN = ("single", "datasets", "training")  # by README, at 1440 pixels
SHOTS: dict[str, Callable[[Page, str], None]] = {
    "single": single,
    "batch": golden,
    "datasets": datasets,
    "training": training,
    "export": export,
}


def fill(home: Path, only: str | None) -> None:
    """A rendered dataset and a short finished run, so that no tab is empty. only: the one picture to take, with what it shows."""
    if only == "single":
        return
    command = [sys.executable, "-m", "ocrweb"]
    environment = os.environ | {"OCRWEB_HOME": str(home)}
    data = str(home / "datasets" / DATASET)
    subprocess.run(
        [*command, "sample-data", "--out", data, "--train", "64", "--test", "8"], check=True, env=environment
    )
    if only == "datasets":
        return
    words = [word for setting in [f"dataset={DATASET}", *SETTINGS] for word in ("-o", setting)]
    trained = subprocess.run([*command, "train", *words], check=False, env=environment)
    assert trained.returncode in (0, 1), trained.returncode  # 1: it ran, and what it learnt may be chance


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else None
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright, contextlib.ExitStack() as stack:
        fill(Path(home), only)
        console = stack.enter_context(running_console(Path(home)))
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        for lang, locale in (("en", "en-US"), ("zh", "zh-CN")):
            for width in (1440, 390) if "--all" in sys.argv else (1440,):
                for name, prepare in SHOTS.items():
                    if (only and name != only) or (name not in SHOWN and "--all" not in sys.argv):
                        continue
                    page = browser.new_page(locale=locale, viewport={"width": width, "height": 900})
                    page.goto(console.url, wait_until="domcontentloaded")
                    page.wait_for_selector("#tabs")
                    page.locator("[data-tour=no]").click()
                    prepare(page, lang)
                    # as high as the page is: what sticks to the foot of the window stands at its place
                    height = page.evaluate(
                        "Math.ceil(document.querySelector('.gradio-container').getBoundingClientRect().height)"
                    )
                    page.set_viewport_size({"width": width, "height": max(900, height)})
                    page.wait_for_timeout(500)
                    page.screenshot(path=OUT / f"{name}_{lang}_{width}.jpg", type="jpeg", quality=80)
                    page.close()
        browser.close()


if __name__ == "__main__":
    main()
