"""Take the README's screenshots from a running console: python scripts/screenshots.py [--only NAME]

Starts a console of its own on a free port with a temporary data root; needs Chromium and, for Chinese, a CJK font.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from tests.browser import CHROMIUM_ARGUMENTS, chromium_path, running_console  # noqa: E402

OUT = ROOT / "docs" / "screenshots"
GOLDEN = ROOT / "ocrweb" / "assets" / "golden"
TABS = {"en": ("Single picture", "Batch"), "zh": ("单图检测", "批量检测")}


def single(page: Page, lang: str) -> None:
    page.locator("#single-picture input[type=file]").first.set_input_files(GOLDEN / "invoice.jpg")
    page.wait_for_selector("#single-summary", timeout=60_000)
    page.wait_for_timeout(1500)


def golden(page: Page, lang: str) -> None:
    page.get_by_role("tab", name=TABS[lang][1]).click()
    page.locator("#batch-files input[type=file]").set_input_files(sorted(GOLDEN.glob("*.[jp][pn]g")))
    page.wait_for_timeout(800)
    page.locator("#batch-start").click()
    page.wait_for_selector("#batch-status [data-state=done]", timeout=60_000)
    page.locator("#golden-start").click()
    page.wait_for_selector("#golden-answer [data-verdict]", timeout=60_000)
    page.wait_for_timeout(1500)


SHOTS: dict[str, Callable[[Page, str], None]] = {"single": single, "batch": golden}


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else None
    with tempfile.TemporaryDirectory() as home, running_console(Path(home)) as console, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        for lang, locale in (("en", "en-US"), ("zh", "zh-CN")):
            for width in (1440, 390):
                for name, prepare in SHOTS.items():
                    if only and name != only:
                        continue
                    page = browser.new_page(locale=locale, viewport={"width": width, "height": 900})
                    page.goto(console.url, wait_until="domcontentloaded")
                    page.wait_for_selector("#tabs")
                    page.wait_for_timeout(1000)
                    prepare(page, lang)
                    page.screenshot(path=OUT / f"{name}_{lang}_{width}.png", full_page=True)
                    page.close()
        browser.close()


if __name__ == "__main__":
    main()
