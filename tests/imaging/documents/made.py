"""Small PDFs, written by hand."""

from __future__ import annotations

from collections.abc import Sequence

SECRET = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%b> /U <%b> >> /ID [<00><00>]" % (b"41" * 32, b"42" * 32)


def pdf(pages: Sequence[str], *, size: tuple[int, int] = (420, 594), turned: int = 0, locked: bool = False) -> bytes:
    """A PDF with a line of 24-point text at (60, 500) on each page. size: points. turned: degrees. locked: by a password."""
    drawn = [f"BT /F1 24 Tf 60 500 Td ({text}) Tj ET" for text in pages]
    return drawn_pdf(drawn, size=size, turned=turned, locked=locked)


def drawn_pdf(
    pages: Sequence[str], *, size: tuple[int, int] = (420, 594), turned: int = 0, locked: bool = False
) -> bytes:
    """A PDF with what each page draws. /F1 is Helvetica, /F2 Courier, /Im a grey picture of 2 × 2 loud pixels, /Form draws
    "in a form" at (0, 0), in 20 points."""
    picture = b"\x00\xff\xff\x00" * 64
    shown = b"BT /F1 20 Tf 0 0 Td (in a form) Tj ET"
    fonts = b"/Font << /F1 3 0 R /F2 4 0 R >>"
    count, first = len(pages), 7
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(count))
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
        b"<< /Type /XObject /Subtype /Image /Width 16 /Height 16 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length %d >> "
        b"stream\n%b\nendstream" % (len(picture), picture),
        b"<< /Type /XObject /Subtype /Form /BBox [-9 -9 400 400] /Resources << %b >> /Length %d >> stream\n%b\nendstream"
        % (fonts, len(shown), shown),
    ]
    for number, text in enumerate(pages):
        box = f"/MediaBox [0 0 {size[0]} {size[1]}] /Rotate {turned}"
        things = f"/Resources << {fonts.decode()} /XObject << /Im 5 0 R /Form 6 0 R >> >>"
        contents = first + 1 + 2 * number
        parts.append(f"<< /Type /Page /Parent 2 0 R {box} {things} /Contents {contents} 0 R >>".encode())
        drawn = text.encode("latin-1")
        parts.append(b"<< /Length %d >> stream\n%b\nendstream" % (len(drawn), drawn))
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"<< /Size %d /Root 1 0 R %b >>" % (len(parts) + 1, SECRET if locked else b"")
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    return body + head + table + b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % len(body)
