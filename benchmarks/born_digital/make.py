"""PDFs as other programs make them: ``PYTHON -m benchmarks.born_digital.make FOLDER --count 20``.

PYTHON needs reportlab, fpdf2 and cairocffi; Chromium is asked for its own if it is there. Nothing of ocrweb is used. Each
layout gives ``count`` documents, named LAYOUT_NUMBER.pdf.
"""

from __future__ import annotations

import argparse
import html
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.born_digital.words import (
    DATES,
    GOODS,
    NAMES,
    TOWNS,
    firm,
    money,
    prose,
    rows,
)


def reportlab_invoice(path: Path, rng: random.Random) -> None:
    """A head, a coloured table with rules, totals, small print at the foot."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.lib.units import mm
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    styles = getSampleStyleSheet()
    tint = colors.HexColor(rng.choice(["#204080", "#7a1f1f", "#1f6f4a", "#444444"]))
    document = SimpleDocTemplate(str(path), pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm)
    cells: list[Any] = [["Qty", "Description", "Unit price", "Amount"], *map(list, rows(rng, 22))]
    table = Table(cells, colWidths=[18 * mm, 90 * mm, 32 * mm, 32 * mm], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), tint), ("TEXTCOLOR", (0, 0), (-1, 0), colors.white),
                ("ALIGN", (2, 0), (3, -1), "RIGHT"), ("FONTSIZE", (0, 0), (-1, -1), rng.choice([8, 9, 10])),
                ("GRID", (0, 0), (-1, -1), 0.4, colors.grey) if rng.random() < 0.6 else ("LINEBELOW", (0, 0), (-1, -1), 0.4, tint),
            ]
        )
    )  # fmt: skip
    head = firm(rng)
    story = [Paragraph(head[0], styles["Title"]), *(Paragraph(line, styles["Normal"]) for line in head[1:])]
    story += [
        Spacer(1, 8 * mm),
        Paragraph(f"Invoice No. {rng.randint(1000, 99999)} &nbsp; Date: {rng.choice(DATES)}", styles["Heading2"]),
    ]
    story += [Spacer(1, 4 * mm), table, Spacer(1, 5 * mm)]
    totals = Table([["Net", money(rng)], ["VAT 20 %", money(rng)], ["Total EUR", money(rng)]], hAlign="RIGHT")
    story += [totals, Spacer(1, 8 * mm), Paragraph(prose(rng, rng.randint(25, 70)), styles["Normal"])]
    document.build(story)


def reportlab_form(path: Path, rng: random.Random) -> None:
    """Boxes with tiny captions and typed values, and a title turned up the margin."""
    from reportlab.pdfgen.canvas import Canvas

    page = Canvas(str(path), pagesize=(595, 842))
    page.setFont("Helvetica-Bold", 16)
    page.drawString(60, 780, f"Delivery note {rng.randint(100, 9999)}")
    for row in range(9):
        for column in range(3):
            x, y = 60 + column * 165, 720 - row * 52
            page.rect(x, y, 155, 40)
            page.setFont("Helvetica", 6.5)
            page.drawString(
                x + 3,
                y + 31,
                rng.choice(["Consignee", "Order No.", "Date", "Carrier", "Weight kg", "Packages", "Remarks"]),
            )
            page.setFont(rng.choice(["Courier", "Times-Roman", "Helvetica"]), 11)
            page.drawString(
                x + 5,
                y + 10,
                rng.choice([rng.choice(NAMES), rng.choice(DATES), money(rng), rng.choice(GOODS), rng.choice(TOWNS)]),
            )
    page.saveState()
    page.translate(38, 300)
    page.rotate(90)
    page.setFont("Helvetica", 9)
    page.drawString(0, 0, f"Form {rng.randint(10, 99)}/{rng.choice('ABC')} {' '.join(firm(rng)[:1])}")
    page.restoreState()
    page.setFont("Times-Italic", 9)
    for number in range(4):
        page.drawString(60, 200 - 13 * number, prose(rng, 12))
    page.save()


def fpdf_receipt(path: Path, rng: random.Random) -> None:
    """A roll of 72 mm in a typewriter face, with rows of dashes."""
    from fpdf import FPDF

    things = rows(rng, 30)
    page = FPDF(unit="mm", format=(72, 85 + 4.2 * len(things)))
    page.set_auto_page_break(False)
    page.add_page()
    page.set_margins(4, 4)
    width, size = 64, rng.choice([7.5, 8.0, 8.5])
    for index, line in enumerate(firm(rng)):
        page.set_font("Courier", "B" if index == 0 else "", size + 2 * (index == 0))
        page.set_x(4)
        page.cell(width, 4, line, align="C", new_x="LMARGIN", new_y="NEXT")
    page.set_font("Courier", "", size)

    def line(left: str, right: str) -> None:
        page.set_x(4)
        page.cell(width, 4.2, left)
        page.set_x(4)
        page.cell(width, 4.2, right, align="R", new_x="LMARGIN", new_y="NEXT")

    page.cell(width, 4, "-" * int(width / (size * 0.6 * 0.3528)), new_x="LMARGIN", new_y="NEXT")
    line(rng.choice(DATES), f"#{rng.randint(1, 9999):04d}")
    for count, good, _, amount in things:
        line(f"{count}x {good[:18]}", amount)
    page.cell(width, 4, "=" * int(width / (size * 0.6 * 0.3528)), new_x="LMARGIN", new_y="NEXT")
    page.set_font("Courier", "B", size + 2)
    line("TOTAL", money(rng))
    page.set_font("Courier", "", size)
    line("CASH", money(rng))
    line("CHANGE", money(rng))
    page.ln(3)
    page.cell(width, 4, "Thank you for your visit!", align="C")
    page.output(str(path))


def cairo_statement(path: Path, rng: random.Random) -> None:
    """A statement of account: shaded rows, no rules, two blocks side by side, a tilted stamp."""
    import cairocffi as cairo

    surface = cairo.PDFSurface(str(path), 595, 842)
    pen = cairo.Context(surface)
    family = rng.choice(["DejaVu Sans", "Liberation Serif", "Liberation Sans", "DejaVu Serif"])

    def write(x: float, y: float, text: str, size: float, *, bold: bool = False, right: bool = False) -> None:
        pen.select_font_face(
            family, cairo.FONT_SLANT_NORMAL, cairo.FONT_WEIGHT_BOLD if bold else cairo.FONT_WEIGHT_NORMAL
        )
        pen.set_font_size(size)
        pen.move_to(x - (pen.text_extents(text)[2] if right else 0), y)
        pen.show_text(text)

    write(50, 70, rng.choice(["Statement of account", "Account overview", "Monthly statement"]), 18, bold=True)
    for index, (left, right) in enumerate(zip(firm(rng), firm(rng), strict=True)):
        write(50, 110 + 14 * index, left, 10)
        write(330, 110 + 14 * index, right, 10)
    for index in range(rng.randint(14, 30)):
        y = 210 + 17 * index
        if index % 2:
            pen.set_source_rgb(0.92, 0.94, 0.97)
            pen.rectangle(45, y - 12, 505, 17)
            pen.fill()
        pen.set_source_rgb(0.1, 0.1, 0.15)
        write(50, y, rng.choice(DATES), 9)
        write(150, y, rng.choice(GOODS), 9)
        write(430, y, money(rng), 9, right=True)
        write(540, y, money(rng), 9, right=True)
    pen.set_source_rgb(0.75, 0.1, 0.1)
    pen.translate(rng.uniform(300, 380), rng.uniform(740, 780))
    pen.rotate(rng.uniform(-0.4, 0.4))
    write(0, 0, rng.choice(["PAID", "COPY", "RECEIVED"]) + " " + rng.choice(DATES), 20, bold=True)
    surface.finish()


def chromium_page(path: Path, rng: random.Random) -> None:
    """A page of HTML: a letter with a table, in columns, with spaced capitals."""
    face = rng.choice(["Liberation Sans", "DejaVu Serif", "Liberation Serif", "Liberation Sans Narrow"])
    border = rng.choice(["1px solid #999", "none"])
    lines = "".join(
        f"<tr><td>{count}</td><td>{html.escape(good)}</td><td class=n>{price}</td><td class=n>{amount}</td></tr>"
        for count, good, price, amount in rows(rng, 16)
    )
    address = "<br>".join(map(html.escape, firm(rng)))
    page = f"""<html><body style="font-family:'{face}';font-size:{rng.choice([11, 12, 13])}px;margin:30px">
    <style>td,th{{border:{border};padding:3px 9px}} .n{{text-align:right}} table{{border-collapse:collapse;width:100%}}</style>
    <div style="background:{rng.choice(["#123", "#472", "#925"])};color:#fff;padding:12px;letter-spacing:.3em;font-size:22px">
    {rng.choice(["ESTIMATE", "ORDER", "REMINDER"])}</div>
    <div style="display:flex;justify-content:space-between"><p>{address}</p><p>{"<br>".join(map(html.escape, firm(rng)))}</p></div>
    <p>{prose(rng, 40)}</p><table><tr><th>No</th><th>Item</th><th>Price</th><th>Sum</th></tr>{lines}</table>
    <div style="columns:2;font-size:10px;text-align:justify"><p>{prose(rng, 90)}</p></div>
    <p style="color:#888">{" · ".join(map(html.escape, firm(rng)))}</p></body></html>"""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "page.html")
        source.write_text(page, encoding="utf-8")
        command = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
            "--no-pdf-header-footer", f"--print-to-pdf={path}", str(source),
        ]  # fmt: skip
        subprocess.run(command, check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


LAYOUTS: dict[str, Callable[[Path, random.Random], None]] = {
    "invoice": reportlab_invoice,
    "form": reportlab_form,
    "receipt": fpdf_receipt,
    "statement": cairo_statement,
    "letter": chromium_page,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for name, draw in LAYOUTS.items():
        if name == "letter" and not shutil.which("chromium"):
            continue
        for number in range(given.count):
            draw(given.folder / f"{name}_{number:03d}.pdf", random.Random(f"{given.seed} {name} {number}"))


if __name__ == "__main__":
    main()
