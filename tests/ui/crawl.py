"""What a crawler finds wrong on an open page: words that are not Chinese, controls that are too small or have no name, findings of axe."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path

from playwright.sync_api import Page, expect

AXE = Path(__file__).parent.parent / "vendor" / "axe.min.js"
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
# The first time all that is seen is looked at, later what another tab or the other theme changes.
SERIOUS = """async ([within, rules]) => (await axe.run({include: within, exclude: ['#single-json']}, {
    resultTypes: ['violations'], preload: false,
    ...(rules ? {runOnly: {type: 'rule', values: rules}} : {}),
  })).violations.filter(each => ['serious', 'critical'].includes(each.impact))
  .flatMap(each => each.nodes.slice(0, 5).map(node => `${each.id}: ${node.target.join(' ')} ${node.any[0]?.message}`))"""
# Terms that have no Chinese name, names of products, files, formats and units.
TERMS = frozenset(
    """
ocr ocrweb onnx json zip pdf tiff jpg jpeg png bmp csv xml coco cvat labelme label studio mmocr ppocrlabel paddleocr via icdar2015
icdar pytorch modelscope paddle db hmean tps alpha beta dice bce adam sgd nesterov max min auto cpu gpu gib mib kib mb gb ms
fp16 fp32 int8 bfloat16 poly push_down published pdparams nan ema ohem ocrweb_allowed_roots ppocrv6-small db-resnet18 english
invoice.jpg menu.png handwritten.jpg my_data sample_0 autolabel difficult txt server ppocrv6 resnet18
pp-ocrv6 small yml yaml id iou rgb seed train_list test_list train_gts test_gts train_images test_images workdirs latest log openvino bf16 f32
webui demo beta1 py lmdb parquet json/ summary.csv docker runtime ctrl del datasets kb
""".split()  # noqa: SIM905
)
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*[A-Za-z0-9]")


def named(home: Path) -> frozenset[str]:
    """Words of what people named themselves: the datasets and the runs below a data root."""
    names = [each.name for room in ("datasets", "workdirs") for each in (home / room).glob("*")]
    return frozenset(word.lower() for name in names for word in WORD.findall(name))


def foreign(string: str, names: Container[str] = ()) -> list[str]:
    """Words of a string that are neither Chinese nor terms nor among the names; names of files and versions count as names."""
    words = (word.lower() for word in WORD.findall(string))
    return [
        word
        for word in words
        if word not in TERMS
        and word not in names
        and not re.fullmatch(r".*\.(jpg|png|txt|zip|onnx|pdparams)|[0-9a-f]{8}", word)
    ]


def settle(page: Page) -> None:
    """Unfold what is folded until nothing is."""
    while page.evaluate(UNFOLD):
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


def show_all(page: Page, names: Container[str]) -> list[str]:
    """Strings and controls of each view of the open tab that are not as they should be."""
    found: list[str] = []
    settle(page)
    views = page.locator("#tabs [role=tabpanel] [role=tab]:visible")
    for number in range(-1, views.count()):
        if number >= 0:
            views.nth(number).click()
            expect(views.nth(number)).to_have_attribute("aria-selected", "true")
            settle(page)
        found += wrong_here(page, names)
    return found


def wrong_here(page: Page, names: Container[str]) -> list[str]:
    """The same of what is to be seen now."""
    found = [f"{string!r}: {words}" for string in page.evaluate(STRINGS) if (words := foreign(string, names))]
    return found + page.evaluate(TOO_SMALL)
