"""What holds on every panel of every tab: its language, names, sizes and contrast."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Console, open_tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = Path(__file__).parent.parent.parent / "vendor" / "axe.min.js"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
TABS = ("单图检测", "批量检测", "数据集", "训练微调", "模型", "ONNX 导出")
PATIENCE = 60_000
# Each is unfolded once: what another unfolds comes with the next look.
UNFOLD = """() => {
  const folded = [...document.querySelectorAll('.label-wrap:not(.open):not([data-unfolded])')]
    .filter(each => each.checkVisibility());
  folded.forEach(each => { each.dataset.unfolded = ''; each.click(); });
  return folded.length;
}"""
STRINGS = """() => {
  const found = new Set();
  const seen = each => each.checkVisibility({visibilityProperty: true});
  const skipped = 'script, style, [data-testid=json], #single-json, .cm-content, #training-log, #status-bar, code, kbd, #box-list';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent && !parent.closest(skipped) && seen(parent)) found.add(walker.currentNode.nodeValue.trim());
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
    for (const each of document.querySelectorAll(`[${name}]`)) if (seen(each)) found.add(each.getAttribute(name).trim());
  return [...found].filter(each => /[A-Za-z]{2,}/.test(each));
}"""
TOO_SMALL = """() => [...document.querySelectorAll(
    'button, a[href], input, select, textarea, summary, [role=button], [role=tab], [role=option]')]
  .filter(each => each.checkVisibility({visibilityProperty: true}) && !['hidden', 'file'].includes(each.type)
    && !each.closest('[aria-hidden=true], .visually-hidden, .ocrweb-status, p'))
  .map(each => {
    const held = ['checkbox', 'radio'].includes(each.type) ? each.closest('label') ?? each : each;
    const {width, height} = held.getBoundingClientRect();
    const name = each.getAttribute('aria-label') || each.title || each.innerText || each.labels?.[0]?.innerText
      || each.placeholder || each.getAttribute('aria-labelledby') || each.querySelector('img')?.alt || '';
    return [`${each.tagName}.${each.className} in #${each.closest('[id]')?.id}`, width, height, name.trim()];
  })
  .filter(([, width, height, name]) => width && height && (width < 24 || height < 24 || !name))
  .map(each => each.join(' | '))"""
# Colours are the one thing that changes with the theme. Left out: the document of a result, hundreds of lines of one kind.
SERIOUS = """async (rules) => (await axe.run({exclude: ['#single-json']}, {
    resultTypes: ['violations'], preload: false,
    ...(rules ? {runOnly: {type: 'rule', values: rules}} : {}),
  })).violations.filter(each => ['serious', 'critical'].includes(each.impact))
  .flatMap(each => each.nodes.slice(0, 5).map(node => `${each.id}: ${node.target.join(' ')} ${node.any[0]?.message}`))"""
# Terms that have no Chinese name, names of products, files, formats and units; what people named themselves.
TERMS = frozenset(
    """
ocr ocrweb onnx json zip pdf tiff jpg jpeg png bmp csv xml coco cvat labelme label studio mmocr ppocrlabel paddleocr via icdar2015
icdar pytorch modelscope paddle db hmean tps alpha beta dice bce adam sgd nesterov max min auto cpu gpu gib mib kib mb gb ms
fp16 fp32 int8 bfloat16 poly push_down published pdparams nan ema ohem ocrweb_allowed_roots ppocrv6-small db-resnet18 english
invoice.jpg menu.png handwritten.jpg my_data sample_0 autolabel pages walk difficult txt server ppocrv6 resnet18
pp-ocrv6 small yml yaml id iou rgb seed train_list test_list train_gts test_gts train_images test_images workdirs latest log openvino bf16 f32
webui demo beta1 py lmdb parquet json/ summary.csv docker runtime ctrl del datasets kb
""".split()  # noqa: SIM905
)
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*[A-Za-z0-9]")


def foreign(string: str) -> list[str]:
    """Words of a string that are neither Chinese nor terms; names of files and runs count as names."""
    words = (word.lower() for word in WORD.findall(string))
    return [
        word for word in words if word not in TERMS and not re.fullmatch(r".*\.(jpg|png|txt|zip|onnx|pdparams)", word)
    ]


def settle(page: Page) -> None:
    """Unfold what is folded until nothing is."""
    while page.evaluate(UNFOLD):
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


def show_all(page: Page) -> list[str]:
    """Strings and controls of each view of the open tab that are not as they should be."""
    found: list[str] = []
    settle(page)
    views = page.locator("#tabs [role=tabpanel] [role=tab]:visible")
    for number in range(-1, views.count()):
        if number >= 0:
            views.nth(number).click()
            expect(views.nth(number)).to_have_attribute("aria-selected", "true")
            settle(page)
        found += wrong_here(page)
    return found


def wrong_here(page: Page) -> list[str]:
    """The same of what is to be seen now."""
    found = [f"{string!r}: {words}" for string in page.evaluate(STRINGS) if (words := foreign(string))]
    return found + page.evaluate(TOO_SMALL)


def test_the_rules_of_axe_are_those_that_were_published() -> None:
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == AXE_SHA256


@pytest.mark.timeout(1200)
def test_every_panel_is_chinese_named_large_enough_and_of_good_contrast(chromium: Browser, furnished: Console) -> None:
    context = chromium.new_context(
        locale="zh-CN", viewport={"width": 1440, "height": 900}, color_scheme="light", bypass_csp=True
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(furnished.url, wait_until="domcontentloaded")
    page.wait_for_selector("#tabs")
    page.locator("#single-examples .gallery-item").first.click()
    expect(page.locator("#single-save-json")).to_be_enabled(timeout=PATIENCE)
    page.add_style_tag(content="* { transition: none !important; animation: none !important; }")  # colours at their end
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wrong: dict[str, list[str]] = {}
    for tab in TABS:
        open_tab(page, tab)
        if tab == "数据集":
            page.get_by_role("gridcell", name="pages", exact=True).first.click()
            expect(page.locator("#dataset-chosen input")).to_have_value("pages", timeout=PATIENCE)
        found = show_all(page)
        for theme, rules in (("light", None), ("dark", ["color-contrast"])):
            found += [f"{theme}: {each}" for each in page.evaluate(SERIOUS, rules)]
            page.locator("[data-face=theme]").click()
        if found:
            wrong[tab] = sorted(set(found))
    assert not wrong, "\n".join(f"{tab}\n  " + "\n  ".join(found) for tab, found in wrong.items())
    context.close()
