"""Broken pictures, leaks between the parts, and datasets that cannot teach anything."""

from __future__ import annotations

import cv2
import numpy as np

from tests.data.corpus import (
    GOOD_LINES,
    TRAIN,
    case,
    content,
    each,
    label,
    picture,
    png_header,
    rename,
    replaced_in_list,
    with_exif,
)

FILE = "train_images/3.jpg"
JPEG = picture(3)
PNG = picture(3, suffix=".png")
GOOD_IGNORED = "\n".join([GOOD_LINES[0].replace("hello, world", "###"), GOOD_LINES[1]]).encode()
GOOD_TURNED = "\n".join(GOOD_LINES[::-1]).encode()
NOISE = cv2.imencode(".png", np.random.default_rng(0).integers(0, 255, (48, 64, 3), dtype=np.uint8))[1].tobytes()


def renamed(new: str, data: bytes | None = None):
    """Picture 3 under another name, in the list too, with other bytes when given."""
    steps = [rename(FILE, f"train_images/{new}"), replaced_in_list("train_images/3.jpg", f"train_images/{new}")]
    return each(*steps, *([content(f"train_images/{new}", data)] if data else []))


def all_labels(text: str):
    return each(*(content(f"train_gts/{number}.txt", text.encode()) for number in TRAIN))


PICTURES = [
    case("image/fine-png", renamed("3.png", PNG)),
    case("image/fine-bmp", renamed("3.bmp", picture(3, suffix=".bmp"))),
    case("image/suffix-jpeg", renamed("3.jpeg"), "image.suffix"),
    case("image/suffix-capitals", renamed("3.JPG"), "image.suffix"),
    case("image/suffix-capital-png", renamed("3.PNG", PNG), "image.suffix"),
    case("image/suffix-png-named-jpeg", renamed("3.jpeg", PNG), "image.suffix"),
    case("image/suffix-tif", renamed("3.tif", picture(3, suffix=".tiff")), "image.suffix"),
    case("image/suffix-webp", renamed("3.webp", picture(3, suffix=".webp")), "image.suffix"),
    case("image/suffix-none", renamed("3"), "image.suffix"),
    case("image/suffix-pdf", renamed("3.pdf", b"%PDF-1.4\n"), "image.suffix", "image.content", left=("image.suffix", "image.content")),
    case("image/content-png", content(FILE, PNG), "image.content"),
    case("image/content-bmp", content(FILE, picture(3, suffix=".bmp")), "image.content"),
    case("image/content-webp", content(FILE, picture(3, suffix=".webp")), "image.content"),
    case("image/content-jpeg-named-png", renamed("3.png", JPEG), "image.content"),
    case("image/content-pdf", content(FILE, b"%PDF-1.7\n" + b"x" * 200), "image.content", left=("image.content",)),
    case("image/content-html", content(FILE, b"<!DOCTYPE html><html>404</html>"), "image.content", left=("image.content",)),
    case("image/content-text", content(FILE, b"see the other folder\n"), "image.content", left=("image.content",)),
    case("image/content-zip", content(FILE, b"PK\x03\x04" + b"\0" * 60), "image.content", left=("image.content",)),
    case("image/content-unknown", content(FILE, bytes(range(7, 250))), "image.content", left=("image.content",)),
    case("image/truncated-jpeg-half", content(FILE, JPEG[: len(JPEG) // 2]), "image.truncated", left=("image.truncated",)),
    case("image/truncated-jpeg-last-bytes", content(FILE, JPEG[:-2]), "image.truncated", left=("image.truncated",)),
    case("image/truncated-jpeg-header", content(FILE, JPEG[:100]), "image.truncated", left=("image.truncated",)),
    case("image/truncated-jpeg-zeros", content(FILE, JPEG[: len(JPEG) // 2] + b"\0" * 500), "image.truncated", left=("image.truncated",)),
    case("image/truncated-png", renamed("3.png", NOISE[: len(NOISE) // 2]), "image.truncated", left=("image.truncated",)),
    case("image/truncated-bmp", renamed("3.bmp", picture(3, suffix=".bmp")[:3000]), "image.truncated", left=("image.truncated",)),
    case("image/empty", content(FILE, b""), "image.unreadable", left=("image.unreadable",)),
    case("image/damaged-png", renamed("3.png", NOISE[:200] + b"\0" * 400 + NOISE[600:]), "image.unreadable", left=("image.unreadable",)),
    case("image/tiny", content(FILE, picture(3, 20, 15)), "image.tiny", *["label.out-of-picture"] * 2, left=("image.tiny", *["label.out-of-picture"] * 2)),
    case("image/huge", renamed("3.png", png_header(60_000, 60_000)), "image.huge", left=("image.huge",)),
    case("image/huge-side", renamed("3.png", png_header(70_000, 10)), "image.huge", left=("image.huge",)),
    case("image/exif-rotated", each(content(FILE, with_exif(JPEG, 6)), label()), "image.exif-rotated", left=("image.exif-rotated",)),
    case("image/exif-upright", content(FILE, with_exif(JPEG, 1))),
]  # fmt: skip
SETS = [
    case("split/leak", content("test_images/1.jpg", picture(5)), "split.leak", left=("split.leak",)),
    case("split/leak-both", each(content("test_images/1.jpg", picture(5)), content("test_images/2.jpg", picture(6))), *["split.leak"] * 2,
         left=("split.leak",) * 2),
    case("split/contradiction", each(content("train_images/4.jpg", picture(3)), label(file="train_gts/4.txt")), "split.contradiction",
         left=("split.contradiction",)),
    case("split/contradiction-of-what-is-ignored", each(content("train_images/4.jpg", picture(3)), content("train_gts/4.txt", GOOD_IGNORED)),
         "split.contradiction", left=("split.contradiction",)),
    case("split/twice-with-the-same-labels", content("train_images/4.jpg", picture(3))),
    case("split/twice-with-the-same-labels-turned-round", each(content("train_images/4.jpg", picture(3)), content("train_gts/4.txt", GOOD_TURNED))),
    case("split/same-size-other-content", each(content("test_images/1.jpg", picture(5)[:-2] + b"\xff\xfe\x00\x02" + b"\xff\xd9"),)),
    case("stats/few", replaced_in_list("train_images/3.jpg train_gts/3.txt\n", ""), "stats.few-pictures", "list.unlisted",
         left=("stats.few-pictures", "list.unlisted")),
    case("stats/all-ignored", all_labels(f"{GOOD_LINES[1]}\n"), "stats.all-ignored", left=("stats.all-ignored",)),
    case("stats/all-empty", all_labels(""), *["label.empty-file"] * 10, "stats.all-ignored", left=("label.empty-file",) * 10 + ("stats.all-ignored",)),
    case("stats/tiny-text", all_labels("5,5,40,5,40,8,5,8,small\n"), "stats.tiny-text", left=("stats.tiny-text",)),
    case("stats/in-corner", all_labels("2,2,30,2,30,12,2,12,a\n"), "stats.in-corner", left=("stats.in-corner",)),
    case("stats/some-tiny-text", all_labels("5,5,40,5,40,8,5,8,small\n5,10,40,10,40,20,5,20,big\n")),
    case("stats/one-ignored-file", label(file="train_gts/3.txt")),
]  # fmt: skip
CASES = [*PICTURES, *SETS]
