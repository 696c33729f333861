"""Pictures a second of a PDF against the same pages as PNG files, in the batch that both go through.

    ocrweb bench documents [--pages 200] [--rounds 2] [--threads 2]

The PDF holds text of known words, as a program writes it; the PNG files are its pages as the batch itself renders them,
so that both give the network the same pixels. Rounds alternate. Processor time stands beside, which other work on the
machine does not change.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._measure import finish, limit_cores, machine, ratio_shown, say, spread, table, told
from ocrweb.config.detection import ResizeOptions
from ocrweb.imaging.documents.opened import Documents
from ocrweb.imaging.encode import write_picture
from ocrweb.render.words import Words

WIDTH, HEIGHT, SIZE, LINES = 595, 842, 11, 46  # A4 in points; of the letters; a page


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    threads = limit_cores(given.threads)
    rates: dict[str, list[float]] = {"PDF": [], "PNG": []}
    work: dict[str, list[float]] = {"PDF": [], "PNG": []}
    boxes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as place:
        document = Path(place) / "pages.pdf"
        document.write_bytes(written_pdf(given.pages))
        sources = {"PDF": [document], "PNG": as_pictures(document, Path(place) / "pages", given.pages)}
        look(sources["PNG"][:1])  # loads the network
        for number in range(1, given.rounds + 1):
            for kind, files in sources.items():
                seconds, processor, found = look(files)
                work[kind].append(given.pages / processor)
                rates[kind].append(given.pages / seconds)
                boxes[kind] = found
                say(f"round {number}: {kind} {rates[kind][-1]:.2f} pictures a second")
    middle = {kind: statistics.median(values) for kind, values in rates.items()}
    used = {kind: statistics.median(values) for kind, values in work.items()}
    answer: dict[str, Any] = {
        "benchmark": "documents",
        "machine": machine(),
        "threads": threads,
        "pages": given.pages,
        "rates": {kind: [round(rate, 3) for rate in values] for kind, values in rates.items()},
        "spread": {kind: round(spread(values), 3) for kind, values in rates.items()},
        "boxes": boxes,
        "ratio": told(middle["PDF"] / middle["PNG"], *map(spread, rates.values())),
        "processor_ratio": round(used["PDF"] / used["PNG"], 3),
    }
    rows = [[kind, f"{middle[kind]:.2f}", f"{used[kind]:.2f}", str(boxes[kind])] for kind in rates]
    text = table(["pages as", "pictures a second", "a second of processor time", "boxes"], rows)
    text += f"\nPDF against PNG: {ratio_shown(answer['ratio'])} × the pictures, {answer['processor_ratio']:.2f} × by processor time"
    finish("documents", answer, text, as_json=given.json, out=given.out)
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ocrweb bench documents")
    parser.add_argument("--pages", type=int, default=200, help="of the PDF")
    parser.add_argument("--rounds", type=int, default=2, help="of each kind, in turn")
    parser.add_argument("--threads", type=int, help="cores that everything may use; default: all")
    parser.add_argument("--out", type=Path, help="JSON file; default: outputs/benchmarks/documents.json")
    parser.add_argument("--json", action="store_true", help="print the JSON document")
    return parser.parse_args(arguments)


def look(files: list[Path]) -> tuple[float, float, int]:
    """Seconds of a batch over the files, those of processors, of its children too, and the boxes that it found."""
    from ocrweb.services.batch.run import BatchRequest, run_batch

    with tempfile.TemporaryDirectory() as out:
        start, before = time.perf_counter(), processor_seconds()
        report = run_batch(BatchRequest(tuple(files), out=Path(out)))
        seconds, used = time.perf_counter() - start, processor_seconds() - before
    if report.failed:
        sys.exit(f"{report.failed} pages failed: {report.first_error}")
    return seconds, used, report.boxes


def processor_seconds() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def as_pictures(document: Path, folder: Path, pages: int) -> list[Path]:
    """The pages as PNG files, as large as detection has them drawn."""
    folder.mkdir()
    documents, files = Documents(), []
    try:
        for number in range(1, pages + 1):
            page = documents.read(document, number, document.name, ResizeOptions().limit_side)
            files.append(folder / f"{number:04d}.png")
            write_picture(files[-1], page.pixels)
    finally:
        documents.close()
    return files


def written_pdf(pages: int, seed: int = 7) -> bytes:
    """A PDF with lines of Helvetica, A4, each page compressed by itself, as programs write it."""
    words = Words(np.random.default_rng(seed), chinese=0.0)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%b] /Count %d >>" % (b" ".join(b"%d 0 R" % (4 + 2 * n) for n in range(pages)), pages),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for page in range(pages):
        names = (f"{words.of('goods')} {words.number(1, 999)}.{words.number(10, 99)}" for _ in range(LINES))
        lines = "".join(f"({name}) Tj T*\n" for name in names if not set(name) & set("()\\"))
        drawn = zlib.compress(
            f"BT /F1 {SIZE} Tf {1.5 * SIZE} TL 60 {HEIGHT - 60} Td\n{lines}ET".encode("latin-1", "replace")
        )
        fonts = b"/Resources << /Font << /F1 3 0 R >> >>"
        parts.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] %b /Contents %d 0 R >>"
            % (WIDTH, HEIGHT, fonts, 5 + 2 * page)
        )
        parts.append(b"<< /Filter /FlateDecode /Length %d >> stream\n%b\nendstream" % (len(drawn), drawn))
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    cross = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    cross += b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + cross + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(body))


if __name__ == "__main__":
    sys.exit(main())
