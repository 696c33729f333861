"""Draw README's times against other programs from benchmarks/figures.yml: docs/figures.svg and docs/figures_zh.svg.

usage: python -m tools.draw_figures
A bar is a share of the other program's time in the same run, which is the line at 1. The figures drawn are those with a `drawn` text.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
FIGURES = ROOT / "benchmarks" / "figures.yml"
TARGETS = {"en": ROOT / "docs" / "figures.svg", "zh": ROOT / "docs" / "figures_zh.svg"}
TITLES = {
    "en": "Time against another program in the same run (less is better)",
    "zh": "与同一次运行中其他程序的用时之比（越小越好）",
}
WIDTH, HEAD, ROW, BAR, MARGIN = 860, 46, 30, 16, 14
LABELS, SCALE = 430, 360  # pixels: of the texts, and of a bar as long as the other program's


def drawn_figures() -> list[dict[str, Any]]:
    """Those with a text: {"was": the share, "drawn": {language: text}}."""
    entries = yaml.safe_load(FIGURES.read_text(encoding="utf-8"))
    return [claim for entry in entries for claim in entry["tells"].values() if "drawn" in claim]


def draw(lang: str) -> str:
    """The picture as SVG text; the same figures give the same text."""
    rows = drawn_figures()
    height = HEAD + ROW * len(rows) + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="system-ui,sans-serif" font-size="13">',
        f"<title>{html.escape(TITLES[lang])}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{MARGIN}" y="22" font-weight="600">{html.escape(TITLES[lang])}</text>',
    ]
    for number, claim in enumerate(rows):
        top = HEAD + ROW * number
        middle = top + BAR - 3
        parts += [
            f'<text x="{LABELS - 10}" y="{middle}" text-anchor="end">{html.escape(claim["drawn"][lang])}</text>',
            f'<rect x="{LABELS}" y="{top}" width="{claim["was"] * SCALE:.0f}" height="{BAR}" fill="#6A5ACD"/>',
            f'<text x="{LABELS + claim["was"] * SCALE + 6:.0f}" y="{middle}">{claim["was"]:.2f}</text>',
        ]
    peer = LABELS + SCALE
    parts.append(f'<path d="M{peer} {HEAD - 12}V{height - MARGIN}" stroke="#64748b" stroke-dasharray="4 3"/>')
    parts.append(f'<text x="{peer}" y="{HEAD - 16}" text-anchor="middle" fill="#475569">1.00</text>')
    return "\n".join([*parts, "</svg>\n"])


def main() -> None:
    for lang, target in TARGETS.items():
        target.write_text(draw(lang), encoding="utf-8")
        print(target)


if __name__ == "__main__":
    main()
