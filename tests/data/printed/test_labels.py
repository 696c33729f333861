"""Lines of a PDF's page are what a reader sees, and their boxes lie around what is drawn."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.data.printed.labels import SEEN, PageLabels, _fates, label_page
from ocrweb.imaging.documents.letters import Printed, letters_of
from ocrweb.imaging.documents.page import DocumentPage
from ocrweb.imaging.documents.pdf import Pdf
from tests.imaging.documents.made import drawn_pdf

Labelled = tuple[PageLabels, np.ndarray]
DEGREES = (0, 12, 45, 90, 137, 270)


def labelled(folder: Path, drawn: str) -> Labelled:
    """The labels of a page and its pixels, two a point."""
    (page,) = all_labelled(folder, [drawn])
    return page


def all_labelled(folder: Path, drawn: list[str], *, turned: int = 0) -> list[Labelled]:
    file = folder / "page.pdf"
    file.write_bytes(drawn_pdf(drawn, turned=turned))
    document = Pdf(file, "page.pdf")
    try:
        pages = [document.printed(number, 1188) for number in range(1, len(drawn) + 1)]
    finally:
        document.close()
    return [(label_page(printed), printed.page.pixels) for printed in pages]


def texts(labels: PageLabels) -> list[str]:
    return [box.text for box in labels.boxes]


def words(x: float, y: float, text: str, *, size: float = 12, font: str = "F1") -> str:
    return f"BT /{font} {size} Tf {x} {y} Td ({text}) Tj ET "


def at_an_angle(degrees: int) -> str:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    matrix = f"{cosine:.5f} {sine:.5f} {-sine:.5f} {cosine:.5f} 210 300 cm "
    return f"q {matrix}{words(0, 0, 'HEIGHTS', size=24)}Q"


@pytest.fixture(scope="module", params=[0, 90, 180, 270])
def turned_pages(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[int, list[Labelled]]:
    """How pages are turned, and such a one of each angle."""
    folder, drawn = tmp_path_factory.mktemp("turned"), [at_an_angle(degrees) for degrees in DEGREES]
    return request.param, all_labelled(folder, drawn, turned=request.param)


@pytest.mark.parametrize("degrees", DEGREES)
def test_a_box_lies_around_the_ink_at_any_angle(degrees: int, turned_pages: tuple[int, list[Labelled]]) -> None:
    turned, pages = turned_pages
    labels, pixels = pages[DEGREES.index(degrees)]
    assert texts(labels) == ["HEIGHTS"]
    points = labels.boxes[0].points
    along, down = points[1] - points[0], points[3] - points[0]
    length, height = float(np.hypot(*along)), float(np.hypot(*down))
    seen = (turned - degrees) % 360  # clockwise on the screen
    assert (math.degrees(math.atan2(along[1], along[0])) - seen + 180) % 360 - 180 == pytest.approx(0, abs=1)
    rows, columns = np.nonzero(pixels[:, :, 0] < 170)
    ink = np.column_stack([columns + 0.5, rows + 0.5]) - points[0]
    u, v = ink @ (along / length), ink @ (down / height)
    air = 48 * np.array([0.06, 0.085])
    assert [u.min(), length - u.max()] == pytest.approx([air[0]] * 2, abs=1.8)
    assert [v.min(), height - v.max()] == pytest.approx([air[1]] * 2, abs=1.8)


def test_columns_are_lines_of_their_own_and_words_are_not(tmp_path: Path) -> None:
    bill = words(40, 500, "Blue ball pens") + words(200, 500, "12") + words(300, 500, "1,904.50")
    typed = words(40, 450, "13x  Tea 250 g         9.50", font="F2")
    two_sizes = words(40, 400, "Total: ") + words(75, 400, "99", size=20) + words(98, 407, "50", size=9)
    spaced = "BT /F1 12 Tf 5 Tc 40 350 Td (INVOICE) Tj ET "
    labels, _ = labelled(tmp_path, bill + typed + two_sizes + spaced)
    assert texts(labels) == ["Blue ball pens", "12", "1,904.50", "13x", "Tea 250 g", "9.50", "Total: 9950", "INVOICE"]
    assert labels.kind == "printed"
    assert labels.lines == len(labels.boxes)


def test_two_columns_of_prose_are_not_read_across(tmp_path: Path) -> None:
    left = "BT /F1 12 Tf 14 TL 40 500 Td (goods remain our) Tj T* (property until then) Tj ET "
    right = "BT /F1 12 Tf 14 TL 143 500 Td (we thank you for) Tj T* (the order of May) Tj ET "
    labels, _ = labelled(tmp_path, left + right)
    assert texts(labels) == ["goods remain our", "we thank you for", "property until then", "the order of May"]


@pytest.mark.parametrize(
    ("drawn", "fate"),
    [
        ("BT 3 Tr /F1 12 Tf 40 300 Td (secret) Tj ET", "hidden"),
        ("1 g " + words(40, 300, "secret") + "0 g", "unseen"),
        ("0.93 g " + words(40, 300, "DRAFT", size=90) + "0 g", "unseen"),
        (words(40, 300, "secret") + "0.5 g 30 290 100 30 re f 0 g", "unseen"),
        ("q 0 0 20 20 re W n " + words(40, 300, "secret") + "Q", "unseen"),
        (words(-200, 300, "secret"), "off-page"),
        (words(40, 300, "----------"), "rule"),
    ],
    ids=[
        "render mode 3",
        "white on white",
        "a faint watermark",
        "covered",
        "clipped",
        "outside of the page",
        "a row of dashes",
    ],
)
def test_what_nobody_reads_is_left_out_and_counted(drawn: str, fate: str, tmp_path: Path) -> None:
    labels, _ = labelled(tmp_path, words(40, 500, "seen") + drawn)
    assert texts(labels) == ["seen"]
    assert labels.lines == 2
    assert labels.left_out == {fate: 1}


@pytest.mark.parametrize(("inked", "fate"), [(15, "unseen"), (16, ""), (17, "")])
def test_a_letter_is_seen_with_ink_on_eight_hundredths_of_its_box(inked: int, fate: str) -> None:
    """Of 10 by 20 pixels; what is fainter than an eighth of the grey levels is no ink."""
    letters = letters_of(
        np.array([[65, 0, 0, 30, 40, 40, 60, 30, 40, 40, 60, 30, 40, 1, 0, 0, 1, 25]], np.float32).tobytes(),
        (1, 0, 0, 1, 0, 0),
    )
    for level, expected in ((SEEN, fate), (SEEN - 1, "unseen")):
        ink = np.zeros((100, 80), np.uint8)
        ink[40 : 40 + inked // 10, 30:40] = level
        ink[40 + inked // 10, 30 : 30 + inked % 10] = level
        page = DocumentPage(np.zeros((100, 80, 3), np.uint8), 1)
        assert _fates(Printed(page, ink, letters, np.zeros((0, 4)))) == [expected]


def test_half_a_line_that_is_cut_off_is_labelled_as_far_as_it_is_seen(tmp_path: Path) -> None:
    labels, pixels = labelled(tmp_path, "q 0 290 76 40 re W n " + words(40, 300, "ABCDEFGHIJK") + "Q")
    assert texts(labels) == ["ABCDE"]
    assert labels.boxes[0].points[:, 0].max() == pytest.approx(152, abs=2.5)
    assert (pixels[:, 160:] > 200).all()


def test_white_on_black_drawn_twice_and_in_a_form_is_seen_once(tmp_path: Path) -> None:
    bar = "0 g 30 490 200 40 re f 1 g " + words(40, 500, "white") + "0 g "
    bold = words(40, 400, "bold") + words(40.3, 400, "bold")
    labels, _ = labelled(tmp_path, bar + bold + "q 1 0 0 1 40 300 cm /Form Do Q")
    assert texts(labels) == ["white", "bold", "in a form"]


def test_text_on_a_curve_is_one_line(tmp_path: Path) -> None:
    drawn = ""
    for number, sign in enumerate("ROUND STAMP"):
        turn = math.radians(140 - 11 * number)
        x, y = 210 + 60 * math.cos(turn), 300 + 60 * math.sin(turn)
        cosine, sine = math.cos(turn - math.pi / 2), math.sin(turn - math.pi / 2)
        drawn += f"q {cosine:.4f} {sine:.4f} {-sine:.4f} {cosine:.4f} {x:.2f} {y:.2f} cm {words(0, 0, sign)}Q "
    labels, pixels = labelled(tmp_path, drawn)
    assert texts(labels) == ["ROUND STAMP"]
    rows, columns = np.nonzero(pixels[:, :, 0] < 170)
    outside = [
        cv2.pointPolygonTest(labels.boxes[0].points, (float(x), float(y)), measureDist=False) < 0
        for x, y in zip(columns, rows, strict=True)
    ]
    assert not any(outside)


@pytest.mark.parametrize(
    ("drawn", "kind"),
    [
        ("q 420 0 0 594 0 0 cm /Im Do Q", "scanned"),
        ("q 420 0 0 594 0 0 cm /Im Do Q BT 3 Tr /F1 12 Tf 40 300 Td (recognised) Tj ET", "scanned"),
        ("q 420 0 0 594 0 0 cm /Im Do Q " + words(300, 10, "page 1", size=6), "scanned"),
        ("50 50 100 100 re S", "scanned"),
        ("", "blank"),
    ],
    ids=["a scan", "a scan that was recognised", "a scan with a number", "outlines", "nothing"],
)
def test_a_page_whose_text_is_a_picture_has_no_labels(drawn: str, kind: str, tmp_path: Path) -> None:
    labels, _ = labelled(tmp_path, drawn)
    assert (labels.kind, labels.boxes) == (kind, ())
    assert sum(labels.left_out.values()) == labels.lines


def test_a_logo_is_ignored_and_a_ground_under_text_is_not(tmp_path: Path) -> None:
    logo, ground = "q 80 0 0 40 300 540 cm /Im Do Q ", "q 200 0 0 40 30 290 cm /Im Do Q "
    labels, _ = labelled(
        tmp_path, words(40, 500, "seen") + logo + ground + "1 0 0 rg " + words(40, 300, "over it", size=24)
    )
    assert [(box.text, box.ignore) for box in labels.boxes] == [("seen", False), ("over it", False), ("###", True)]
    assert labels.pictures == 1
    np.testing.assert_allclose(labels.boxes[-1].points, [(600, 28), (760, 28), (760, 108), (600, 108)], atol=1)
