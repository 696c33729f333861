"""What one label file is, told by its content."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ocrweb.config.documents import parse_json
from ocrweb.data.formats.box_table import is_box_table
from ocrweb.data.formats.icdar_download import is_label_text, label_lines
from ocrweb.data.formats.json_sets import set_of
from ocrweb.data.formats.label_studio_csv import is_label_studio_table
from ocrweb.data.formats.matlab import MAGIC
from ocrweb.data.formats.ocr_engines import is_hocr, is_tsv
from ocrweb.data.formats.ocr_services import service_of
from ocrweb.data.formats.result_json import results_in
from ocrweb.data.formats.synthtext import is_synthtext
from ocrweb.data.formats.text_lines import line_format_of
from ocrweb.data.formats.total_text_mat import is_total_text
from ocrweb.data.formats.yolo_pixels import YOLO_PIXELS, is_pixel_file
from ocrweb.disk.encodings import decoded

JSON_LINES = "mmocr-lines"  # MMOCR's, beside its `Format`
LOOKED_AT = 400  # lines
UNMISTAKABLE = 0.1  # share of lines that tells a notation which nothing else has
_PAGES = re.compile(rb"<(?:[\w.-]{1,40}:)?(PcGts|alto|imageName)[\s>]")
_BARE_LIST = re.compile(rb"\t\s*\[\s*\[")  # points without a word about them
_TAB_LIST = re.compile(rb"\t[^\S\t]*+\[")  # from the last tab, so that many cost no more
_LISTS = re.compile(
    rb"\.(?:jpe?g|png|bmp|webp|gif|tiff?)[\"']?[\s,;]++\"?\[?+\s*+\{", re.IGNORECASE
)  # any separator but a tab
_TEXT_OF = re.compile(rb"[^\t]{1,400}\.(?:jpe?g|png|bmp|webp)\t[^\t\[{]", re.IGNORECASE)
_KEY = {name: re.compile(rb'(?<!\\)"%s"\s*:' % name.encode()) for name in (
    "shapes", "data_list", "images", "imgs", "annotations", "anns", "data", "result", "predictions", "completions",
    "original_width", "width", "rotation", "file_name", "data_row", "projects",
)}  # fmt: skip


def kind_of(data: bytes, name: str = ".txt") -> str | None:
    """What one file is; None when it holds no labels. name: only ``.txt`` files are asked for label lines."""
    if data.startswith(MAGIC):
        return "synthtext" if is_synthtext(data) else "total-text" if is_total_text(data) else None
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode()
        start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    heading = data.lstrip(b"\xef\xbb\xbf").split(b"\n", 1)[0][:4096].decode("utf-8", "replace")
    if is_tsv(heading):
        return "tesseract"
    if is_label_studio_table(data, heading):
        return "label-studio"
    if start.startswith((b"{", b"[")) and _has(data, "data_row", "projects"):
        return "labelbox"
    lines = [line for line in data.lstrip(b"\xef\xbb\xbf").split(b"\n", LOOKED_AT)[:LOOKED_AT] if line.strip()]
    if _most((bool(_TAB_LIST.search(line)) or _is_list_line(line) for line in lines), UNMISTAKABLE):
        bare = _most((bool(_BARE_LIST.search(line)) for line in lines), UNMISTAKABLE)
        return "det-results" if bare else "ppocrlabel"
    if _most(_is_json_line(line) for line in lines):
        return JSON_LINES
    if start.startswith(b"{"):
        return _kind_of_object(data) or _kind_of_set(data)
    if start.startswith(b"<"):
        return _kind_of_xml(data)
    if start.startswith((b"filename,", b"#filename,")) and b"region_shape_attributes" in start:
        return "via"
    if start.startswith(b"["):
        return _kind_of_list(data)
    if is_box_table(heading, name):
        return "csv"
    if not name.lower().endswith((".txt", ".gt")):
        return None
    first = (label_lines(data) or [])[:LOOKED_AT]
    kind = line_format_of(first) or (YOLO_PIXELS if is_pixel_file(first) else None)
    return kind or ("icdar" if is_label_text(data) else None)


def _kind_of_xml(data: bytes) -> str | None:
    if is_hocr(data):
        return "hocr"
    if found := _PAGES.search(data[:4096]):
        return {b"PcGts": "page", b"alto": "alto"}.get(found[1], "svt")
    if re.search(rb"<annotations[\s>]", data[:4096]):
        return "cvat" if re.search(rb"<(?:image|track)\s", data) else None
    if re.search(rb"<Annotations[\s>]", data[:4096]):
        return "ctw1500" if re.search(rb"<image\s", data) else None
    return "voc" if re.search(rb"<annotation[\s>]", data[:4096]) else None


def _kind_of_set(data: bytes) -> str | None:
    try:
        document = parse_json(decoded(data))
        return service_of(document) or set_of(document) or _kind_of_result(document)
    except (ValueError, RecursionError):
        return None


def _kind_of_result(document: Any) -> str | None:
    found = results_in(document)
    return None if not found else "det-results" if found[0].guessed else "ppocrlabel"


def _has(data: bytes, *keys: str) -> bool:
    return all(_KEY[key].search(data) for key in keys)


def _kind_of_object(data: bytes) -> str | None:
    if _has(data, "shapes"):
        return "labelme"
    if _has(data, "data_list"):
        return "mmocr"
    if _has(data, "images", "annotations") or _has(data, "imgs", "anns"):
        return "coco"
    return "label-studio" if _has(data, "data") and _is_task(data) else None


def _kind_of_list(data: bytes) -> str | None:
    minimal = _has(data, "original_width") or _has(data, "width", "rotation")
    return "label-studio" if minimal or (_has(data, "data") and _is_task(data)) else _kind_of_set(data)


def _most(answers: Iterable[bool], share: float = 0.5) -> bool:
    """Whether more than that share is true: one odd line does not decide what a file is."""
    told = list(answers)
    return sum(told) > share * len(told)


def _is_list_line(line: bytes) -> bool:
    """A line of ``Label.txt`` whose tab was lost, or whose list is in quotes or is one object."""
    return b"points" in line and not line.lstrip().startswith((b"{", b"[{")) and bool(_LISTS.search(line))


def is_recognition(data: bytes) -> bool:
    """Labels for recognition, which hold no boxes: a picture, a tab, its text."""
    lines = [line for line in data.lstrip(b"\xef\xbb\xbf").split(b"\n", LOOKED_AT)[:LOOKED_AT] if line.strip()]
    return _most(bool(_TEXT_OF.match(line)) for line in lines)


def _is_json_line(line: bytes) -> bool:
    line = line.strip()
    return (
        line.startswith(b"{")
        and line.endswith(b"}")
        and _has(line, "file_name", "annotations")
        and not _has(line, "images")
    )


def _is_task(data: bytes) -> bool:
    return any(_has(data, key) for key in ("annotations", "completions", "predictions", "result"))
