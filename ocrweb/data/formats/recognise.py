"""Which tool wrote the labels of a folder, told from what the files hold and never from their names."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import partial
from itertools import chain
from typing import Literal, get_args

from ocrweb.config.documents import parse_json
from ocrweb.data.checks.names import is_label_name, known_label_stems, stem_of
from ocrweb.data.formats.annotated import Items
from ocrweb.data.formats.box_table import is_box_table, read_box_table
from ocrweb.data.formats.class_names import class_names, several_classes
from ocrweb.data.formats.coco import read_coco
from ocrweb.data.formats.icdar_download import is_label_text, label_lines, read_icdar, read_lines, read_paired
from ocrweb.data.formats.json_sets import SETS, read_json_set, set_of
from ocrweb.data.formats.label_studio import has_annotations, read_label_studio
from ocrweb.data.formats.labelme import read_labelme
from ocrweb.data.formats.matlab import MAGIC
from ocrweb.data.formats.mmocr import read_mmocr, read_mmocr_lines
from ocrweb.data.formats.ocr_cloud import azure, service_of, textract, vision
from ocrweb.data.formats.ocr_engines import hocr, is_hocr, is_tsv, tesseract
from ocrweb.data.formats.ocr_pages import read_ocr
from ocrweb.data.formats.ppocrlabel import SIDE_FILES, read_ppocrlabel
from ocrweb.data.formats.synthtext import is_synthtext, read_synthtext
from ocrweb.data.formats.text_lines import LINE_FORMATS, line_format_of
from ocrweb.data.formats.total_text_mat import is_total_text
from ocrweb.data.formats.tree import SourceTree, decoded
from ocrweb.data.formats.xml_labels import read_xml
from ocrweb.disk.names import some_of
from ocrweb.errors import OcrwebError

Format = Literal[
    "ppocrlabel", "labelme", "coco", "label-studio", "mmocr", "icdar", "det-results", "voc", "cvat", "ctw1500", "via",
    "art", "rects", "hiertext", "datumaro", "funsd", "doctr", "total-text", "msra", "dota", "yolo", "synthtext",
    "xfund", "cord", "supervisely", "vott", "page", "alto", "svt", "hocr", "tesseract", "textract", "google-vision", "azure",
    "csv",
]  # fmt: skip
FORMATS: tuple[Format, ...] = get_args(Format)
_JSON_LINES = "mmocr-lines"
_OCR: dict[str, Callable[[SourceTree, str], Items]] = {
    "hocr": partial(read_ocr, load=SourceTree.text, read=hocr, format="hocr"),
    "tesseract": partial(read_ocr, load=SourceTree.text, read=tesseract, format="tesseract"),
    "textract": partial(read_ocr, load=SourceTree.json, read=textract, format="textract"),
    "google-vision": partial(read_ocr, load=SourceTree.json, read=vision, format="google-vision"),
    "azure": partial(read_ocr, load=SourceTree.json, read=azure, format="azure"),
}
LOOKED_AT = 400  # lines
UNMISTAKABLE = 0.1  # share of lines that tells a notation which nothing else has
_PAGES = re.compile(rb"<(?:[\w.-]{1,40}:)?(PcGts|alto|imageName)[\s>]")
_BARE_LIST = re.compile(rb"\t\s*\[\s*\[")  # points without a word about them
_TAB_LIST = re.compile(rb"\t[^\S\t]*+\[")  # from the last tab, so that many cost no more
_KEY = {name: re.compile(rb'(?<!\\)"%s"\s*:' % name.encode()) for name in (
    "shapes", "data_list", "images", "imgs", "annotations", "anns", "data", "result", "predictions", "completions",
    "original_width", "width", "rotation", "file_name",
)}  # fmt: skip


def label_files(tree: SourceTree) -> dict[str, tuple[str, ...]]:
    """The label files of a folder by what they are: a `Format`, or ``mmocr-lines`` for MMOCR's JSON lines."""
    kinds: dict[str, list[str]] = defaultdict(list)
    empty: list[str] = []
    strange: list[str] = []
    for file in tree.others:
        base = posixpath.basename(file)
        if base.lower() in SIDE_FILES or is_pdf_name(base):
            continue
        data = tree.read(file)
        if kind := kind_of(data, base):
            kinds[kind].append(file)
        elif not data.strip() and is_label_name(base):
            empty.append(file)
        else:
            strange.append(file)
    for kind in ("icdar", *LINE_FORMATS):
        if kind in kinds:
            kinds[kind] += empty  # a page without text has an empty label file
    known = {stem_of(file) for files in kinds.values() for file in files}
    named = ((stem_of(name), *known_label_stems(name)) for name in tree.pictures)
    unlabelled = {stem for stems in named if known.isdisjoint(stems) for stem in stems} if kinds else set()
    for file in strange:
        if stem_of(file) not in unlabelled and not damage_of(tree, file):
            continue
        beside = {kind: sum(_suffix(one) == _suffix(file) for one in files) for kind, files in kinds.items()}
        if likely := max(beside, key=lambda kind: beside[kind], default=None):
            kinds[likely] += [file] if beside[likely] else []  # its reader says what is wrong with it
    return {kind: tuple(files) for kind, files in kinds.items()}


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
    lines = [line for line in data.lstrip(b"\xef\xbb\xbf").split(b"\n", LOOKED_AT)[:LOOKED_AT] if line.strip()]
    if _most((bool(_TAB_LIST.search(line)) for line in lines), UNMISTAKABLE):
        bare = _most((bool(_BARE_LIST.search(line)) for line in lines), UNMISTAKABLE)
        return "det-results" if bare else "ppocrlabel"
    if _most(_is_json_line(line) for line in lines):
        return _JSON_LINES
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
    kind = line_format_of((label_lines(data) or [])[:LOOKED_AT])
    return kind or ("icdar" if is_label_text(data) else None)


def damage_of(tree: SourceTree, file: str) -> str:
    """Why a JSON file cannot be read, so that nobody can tell what it holds; "" for any other."""
    if _suffix(file) != ".json":
        return ""
    try:
        tree.json(file)
    except ValueError as failure:
        return str(failure)
    return ""


def _with_reason(tree: SourceTree, file: str) -> str:
    why = damage_of(tree, file)
    return f"{file} ({why})" if why else file


def _suffix(file: str) -> str:
    return posixpath.splitext(file)[1].lower()


def choose_format(tree: SourceTree, kinds: dict[str, tuple[str, ...]], wanted: str) -> Format:
    """The format to read. wanted: one of `FORMATS`, or ``auto``.

    Raises OcrwebError usage.bad-value, formats.unknown, formats.only-cache, formats.not-there, formats.several.
    """
    if wanted != "auto" and wanted not in FORMATS:
        raise OcrwebError("usage.bad-value", name="--format", value=wanted, expected=", ".join(("auto", *FORMATS)))
    there = tools_of(kinds, tables=wanted != "auto")
    if not there:
        sides = {posixpath.basename(file).lower() for file in tree.others}
        if "cache.cach" in sides:
            raise OcrwebError("formats.only-cache")
        names = f": {some_of([_with_reason(tree, file) for file in tree.others])}" if tree.others else ""
        raise OcrwebError("formats.unknown", files=len(tree.files), pictures=len(tree.pictures), names=names)
    if wanted == "auto" and len(there) > 1:
        raise OcrwebError("formats.several", formats=", ".join(there))
    if wanted != "auto" and wanted not in there:
        raise OcrwebError("formats.not-there", wanted=wanted, formats=", ".join(there))
    return there[0] if wanted == "auto" else wanted  # type: ignore[return-value]


def read_items(tree: SourceTree, kinds: dict[str, tuple[str, ...]], chosen: Format) -> tuple[Items, bool]:
    """All labelled pictures of the chosen format, and whether they are only a tool's predictions."""
    files = kinds.get(chosen, ())
    if chosen == "icdar":
        return read_icdar(tree, files), False
    if chosen in LINE_FORMATS:
        names = class_names(tree) if chosen == "yolo" else {}
        items = read_paired(tree, files, partial(read_lines, chosen, names))
        return chain(items, several_classes(tree, files, names)), False
    if chosen == "det-results" or chosen in _OCR:
        return _each(tree, chosen, files, (), guessed=True), True
    guessed = chosen == "label-studio" and not any(has_annotations(tree, file) for file in files)
    return _each(tree, chosen, files, kinds.get(_JSON_LINES, ()), guessed), guessed


def _each(tree: SourceTree, chosen: Format, files: tuple[str, ...], lines: tuple[str, ...], guessed: bool) -> Items:
    for file in files:
        if chosen == "label-studio":
            yield from read_label_studio(tree, file, predictions=guessed)
        elif chosen in SETS:
            yield from read_json_set(tree, file, chosen)
        else:
            yield from _READERS[chosen](tree, file)
    if chosen == "mmocr":
        for file in lines:
            yield from read_mmocr_lines(tree, file)


_READERS = {
    "ppocrlabel": read_ppocrlabel,
    "labelme": read_labelme,
    "coco": read_coco,
    "mmocr": read_mmocr,
    "det-results": read_ppocrlabel,
    "voc": read_xml,
    "cvat": read_xml,
    "ctw1500": read_xml,
    "page": read_xml,
    "alto": read_xml,
    "svt": read_xml,
    "synthtext": read_synthtext,
    "csv": read_box_table,
    **_OCR,
}


def is_pdf_name(name: str) -> bool:
    return name.lower().endswith(".pdf")


def tools_of(kinds: Collection[str], *, tables: bool = False) -> list[str]:
    """The `Format`s of kinds of files, sorted. tables: those beside files of another tool too, though they often list what
    these label."""
    found = sorted({tool_of(kind) for kind in kinds})
    return found if tables or found == ["csv"] else [name for name in found if name != "csv"]


def tool_of(kind: str) -> str:
    """The `Format` of a kind of file."""
    return "mmocr" if kind == _JSON_LINES else kind


def _kind_of_xml(data: bytes) -> str | None:
    if is_hocr(data):
        return "hocr"
    if found := _PAGES.search(data[:4096]):
        return {b"PcGts": "page", b"alto": "alto"}.get(found[1], "svt")
    if re.search(rb"<annotations[\s>]", data[:4096]):
        return "cvat" if re.search(rb"<image\s", data) else None
    if re.search(rb"<Annotations[\s>]", data[:4096]):
        return "ctw1500" if re.search(rb"<image\s", data) else None
    return "voc" if re.search(rb"<annotation[\s>]", data[:4096]) else None


def _kind_of_set(data: bytes) -> str | None:
    try:
        document = parse_json(decoded(data))
        return service_of(document) or set_of(document)
    except (ValueError, RecursionError):
        return None


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
