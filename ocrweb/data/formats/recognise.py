"""Which tool wrote the labels of a folder, told from what the files hold and never from their names."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Collection
from functools import partial
from itertools import chain
from typing import Literal, get_args

from ocrweb.data.checks.names import is_label_name, known_label_stems, stem_of
from ocrweb.data.formats.annotated import Items
from ocrweb.data.formats.box_table import read_box_table
from ocrweb.data.formats.class_names import class_names, several_classes
from ocrweb.data.formats.coco import read_coco
from ocrweb.data.formats.content import JSON_LINES, is_recognition, kind_of
from ocrweb.data.formats.icdar_download import read_icdar, read_lines, read_paired
from ocrweb.data.formats.json_sets import SETS, read_json_set
from ocrweb.data.formats.label_studio import has_annotations, read_label_studio
from ocrweb.data.formats.labelbox import read_labelbox
from ocrweb.data.formats.labelme import read_labelme
from ocrweb.data.formats.mmocr import read_mmocr, read_mmocr_lines
from ocrweb.data.formats.ocr_engines import hocr, tesseract
from ocrweb.data.formats.ocr_pages import read_ocr
from ocrweb.data.formats.ocr_services import SERVICES, read_service
from ocrweb.data.formats.ppocrlabel import SIDE_FILES, read_ppocrlabel
from ocrweb.data.formats.synthtext import read_synthtext
from ocrweb.data.formats.text_lines import LINE_FORMATS
from ocrweb.data.formats.tree import SourceTree
from ocrweb.data.formats.xml_labels import read_xml
from ocrweb.data.formats.yolo_pixels import YOLO_PIXELS, believed_layout, read_pixels, without_picture
from ocrweb.disk.names import some_of
from ocrweb.errors import OcrwebError

Format = Literal[
    "ppocrlabel", "labelme", "coco", "label-studio", "mmocr", "icdar", "det-results", "voc", "cvat", "ctw1500", "via",
    "art", "rects", "hiertext", "datumaro", "funsd", "doctr", "total-text", "msra", "dota", "yolo", "synthtext",
    "xfund", "cord", "supervisely", "vott", "page", "alto", "svt", "hocr", "tesseract", "textract", "rekognition",
    "google-vision", "document-ai", "azure", "tencent", "baidu", "aliyun", "huawei", "csv", "labelbox",
]  # fmt: skip
FORMATS: tuple[Format, ...] = get_args(Format)
_COPY = re.compile(
    r"(?:~|\.(?:bak|old|orig|backup)|[ _-](?:backup|bak|old)| ?- ?(?:副本|copy|复制))?(?: ?\(\d{1,3}\))?$",
    re.IGNORECASE,
)
_OCR: dict[str, Callable[[SourceTree, str], Items]] = {
    "hocr": partial(read_ocr, load=SourceTree.text, read=hocr, format="hocr"),
    "tesseract": partial(read_ocr, load=SourceTree.text, read=tesseract, format="tesseract"),
    **{
        name: partial(read_ocr, load=SourceTree.json, read=partial(read_service, service=name), format=name)
        for name in SERVICES
    },
}


def label_files(tree: SourceTree) -> dict[str, tuple[str, ...]]:
    """The label files of a folder by what they are: a `Format`, ``mmocr-lines`` for MMOCR's JSON lines, or ``yolo-pixels``."""
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
    pixels = kinds.pop(YOLO_PIXELS, [])
    lonely = without_picture(tree, pixels)
    if len(lonely) < len(pixels):
        kinds[YOLO_PIXELS] = [file for file in pixels if file not in lonely]
    strange += lonely
    for kind in ("icdar", *LINE_FORMATS, *([] if "yolo" in kinds else [YOLO_PIXELS])):
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
    return {kind: tuple(sorted(files, key=lambda file: not _is_copy(file, tree))) for kind, files in kinds.items()}


def _is_copy(file: str, tree: SourceTree) -> bool:
    """Whether an editor or a person left it as a copy of another file here, whose labels count where both have some."""
    folder, base = posixpath.split(file)
    original = _COPY.sub("", base)
    stem, suffix = posixpath.splitext(original)
    original = _COPY.sub("", stem) + suffix
    return original != base and posixpath.join(folder, original) in tree.files


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

    Raises OcrwebError usage.bad-value, formats.unknown, formats.only-cache, formats.recognition, formats.not-there, formats.several.
    """
    if wanted != "auto" and wanted not in FORMATS:
        raise OcrwebError("usage.bad-value", name="--format", value=wanted, expected=", ".join(("auto", *FORMATS)))
    there = tools_of(kinds, tables=wanted != "auto")
    if not there:
        sides = {posixpath.basename(file).lower() for file in tree.others}
        if "cache.cach" in sides:
            raise OcrwebError("formats.only-cache")
        if rec := [name for name in tree.others if _suffix(name) == ".txt" and is_recognition(tree.read(name))]:
            raise OcrwebError("formats.recognition", names=some_of(rec))
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
        items = read_paired(tree, files, partial(read_lines, chosen, names)) if files else iter(())
        pixels = kinds.get(YOLO_PIXELS, ()) if chosen == "yolo" else ()
        if pixels:
            read = partial(read_pixels, believed_layout(tree, pixels), names)
            items = chain(items, read_paired(tree, pixels, read))
        return chain(items, several_classes(tree, (*files, *pixels), names)), False
    if chosen == "det-results" or chosen in _OCR:
        return _each(tree, chosen, files, (), guessed=True), True
    guessed = chosen == "label-studio" and not any(has_annotations(tree, file) for file in files)
    return _each(tree, chosen, files, kinds.get(JSON_LINES, ()), guessed), guessed


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
    "labelbox": read_labelbox,
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
    return {JSON_LINES: "mmocr", YOLO_PIXELS: "yolo"}.get(kind, kind)
