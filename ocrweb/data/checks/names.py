"""The names of files in a dataset, and what other tools call them."""

from __future__ import annotations

import unicodedata

from ocrweb.data.sample import Split

PICTURE_SUFFIXES = (".jpg", ".png", ".bmp")
RENAMED_SUFFIXES = (".jpeg", ".jpe", ".jfif")  # JPEG under another name
READABLE_SUFFIXES = (*PICTURE_SUFFIXES, *RENAMED_SUFFIXES, ".tif", ".tiff", ".webp", ".gif")
LIKELY_PICTURE_SUFFIXES = (*READABLE_SUFFIXES, ".heic", ".avif")


def list_name(split: Split) -> str:
    return f"{split}_list.txt"


def images_name(split: Split) -> str:
    return f"{split}_images"


def labels_name(split: Split) -> str:
    return f"{split}_gts"


def stem_of(name: str) -> str:
    """``train_images/a/1.jpg`` → ``1``"""
    base = name.rpartition("/")[2]
    return base.rpartition(".")[0] or base


def suffix_of(name: str) -> str:
    """``train_images/1.JPG`` → ``.JPG``; empty when there is none."""
    dot = name.rpartition("/")[2].rpartition(".")
    return f".{dot[2]}" if dot[1] else ""


def is_picture_name(name: str) -> bool:
    return suffix_of(name).lower() in LIKELY_PICTURE_SUFFIXES


def is_label_name(name: str) -> bool:
    return suffix_of(name).lower() == ".txt"


def similar_name_key(name: str) -> str:
    """Equal for names that differ only in case, width, Unicode form or picture suffix, in blanks at an end, or in a suffix that
    stands there twice, as where suffixes are not shown."""
    folder, _, base = name.rpartition("/")
    stem, _, suffix = base.rpartition(".")
    suffix = suffix.strip().lower()
    stem = stem.strip()
    if stem.lower().endswith(f".{suffix}"):
        stem = stem[: -len(suffix) - 1]
    kind = "picture" if f".{suffix}" in LIKELY_PICTURE_SUFFIXES else suffix
    return unicodedata.normalize("NFKC", f"{folder}/{stem or suffix}.{kind}").casefold()


def are_alike(image: str, label: str) -> bool:
    """Whether picture and label are called the same but for what `similar_name_key` leaves out."""
    keys = (similar_name_key(name.rpartition("/")[2]).rpartition(".")[0] for name in (image, label))
    return next(keys) == next(keys)


def known_label_stems(image: str) -> tuple[str, ...]:
    """Label names other tools give to a picture: ``gt_1``, ``1.jpg`` (for ``1.jpg.txt``), ``gt_1.jpg``, ``res_1``."""
    base, stem = image.rpartition("/")[2], stem_of(image)
    return (f"gt_{stem}", base, f"gt_{base}", f"res_{stem}")
