"""Bad files: what the tests have collected, and good ones with some bytes changed."""

from __future__ import annotations

import functools
import io
import random
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.faults import material
from tests.bad_input import BAD_ZIPS, READABLE, UNREADABLE, gbk_names, saved
from tests.data import corpus_labels, corpus_lists, corpus_pictures, test_archive_plan
from tests.data.corpus import make_good
from tests.imaging.pictures import png_claiming

NAMES = (
    "a.png", "a.jpg", "a.tif", "a.gif", "a.webp", "a.zip", "a.pdf", "a", ".png", "..", "a.png.exe", "发票‮gpj.png", "a b%2f.png",
    "x" * 200 + ".png", "-rf.png", "a;b.png", "a'b\".png", "<b>.png", "=1+1.png", "con.png",
)  # fmt: skip
SLOW = "10 GB of zeros"


@functools.cache
def collected() -> tuple[tuple[str, str, bytes], ...]:
    """Every picture, zip and dataset that the tests know: a word about it, its name, its content."""
    found = [(f"picture: {what}", name, make()) for what, (name, make, _) in (READABLE | UNREADABLE).items()]
    found += [(f"zip: {what}", "a.zip", make()) for what, (make, _) in BAD_ZIPS.items() if what != SLOW]
    found += [
        ("zip: GBK names", "a.zip", gbk_names()),
        ("picture: claims a size", "a.png", png_claiming(60_000, 60_000)),
    ]
    found += [(f"archive: {number}", "b.zip", data) for number, data in enumerate(_archives())]
    cases = [*corpus_labels.CASES, *corpus_lists.CASES, *corpus_pictures.CASES]
    found += [(f"dataset: {case}", "data.zip", data) for case in cases if (data := _spoilt(case.spoil))]
    return tuple(found)


def heavy() -> tuple[str, str, bytes]:
    """Ten gigabytes of zeros in ten megabytes."""
    return f"zip: {SLOW}", "a.zip", BAD_ZIPS[SLOW][0]()


def mutated(dice: random.Random) -> tuple[str, str, bytes]:
    """A good picture or zip with bytes changed, cut or doubled."""
    kind, data = dice.choice(_good())
    made = bytearray(data)
    how = dice.choice(["flip", "cut", "insert", "head", "double", "noise"])
    if how == "flip":
        for _ in range(dice.randint(1, 20)):
            made[dice.randrange(len(made))] ^= 1 << dice.randrange(8)
    elif how == "cut":
        del made[dice.randrange(len(made)) :]
    elif how == "insert":
        at = dice.randrange(len(made))
        made[at:at] = dice.randbytes(dice.randint(1, 64))
    elif how == "head":
        for _ in range(dice.randint(1, 8)):
            made[dice.randrange(min(64, len(made)))] = dice.randrange(256)
    elif how == "double":
        made += made[dice.randrange(len(made)) :]
    else:
        at = dice.randrange(len(made))
        made[at : at + 32] = dice.randbytes(32)
    name = dice.choice(NAMES) if dice.random() < 0.4 else f"a.{kind}"
    return f"{kind}, {how}", name, bytes(made)


@functools.cache
def _good() -> tuple[tuple[str, bytes], ...]:
    dice = random.Random(1)
    pictures = [(kind.lower(), saved(kind)) for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")]
    return (
        *pictures,
        ("zip", material.zip_of_pictures(dice)),
        ("zip", material.dataset_zip(dice)),
        ("yml", b"dataset: a\nepochs: 5\n"),
    )


def _archives() -> list[bytes]:
    """The zips that the tests of the archive reader refuse."""
    found: list[bytes] = []
    for test in (
        test_archive_plan.test_unsafe_and_broken_zips_are_refused_and_leave_nothing,
        test_archive_plan.test_bombs_are_refused_from_the_directory,
    ):
        for row in test.pytestmark[0].args[1]:
            values = getattr(row, "values", row)
            found += [value for value in values if isinstance(value, bytes)]
    return found


def _spoilt(spoil: Callable[[Path], object]) -> bytes:
    """A dataset with one thing wrong, as a zip; empty where the case cannot be packed."""
    with tempfile.TemporaryDirectory(prefix="ocrweb-fuzz-") as place:
        root = make_good(Path(place) / "data")
        try:
            spoil(root)
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w") as archive:
                for path in sorted(root.rglob("*")):
                    if path.is_file():
                        archive.writestr(path.relative_to(root).as_posix(), path.read_bytes())
            return buffer.getvalue()
        except (OSError, ValueError, UnicodeError):
            return b""
