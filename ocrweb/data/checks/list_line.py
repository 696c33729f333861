"""One list line: ``train_images/1.jpg train_gts/1.txt``, judged in one pure function."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ocrweb.data.checks.finding import Finding, finding
from ocrweb.data.checks.label_line import BLANK, BLANK_CHARACTERS, ZERO_WIDTH
from ocrweb.data.checks.names import images_name, is_label_name, is_picture_name, labels_name, list_name
from ocrweb.data.sample import Split, other_split

_BLANKS = re.compile(rf"[{BLANK}]+")
_INVISIBLE = re.compile(rf"[{ZERO_WIDTH}]+")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]|[\\/]|~/|file://")
_OTHER_SEPARATOR = re.compile(rf"(?<![{BLANK}])[{BLANK}]*+[,，;；|]++[{BLANK}]*+")
LONGEST_NAMES = 1000
_MARKS = (",", "，", ";", "；", "|")
_QUOTES = "\"'“”‘’"
_LETTER = re.compile(r"[^\W\d_]")
_OUTER = re.compile(r"[(\[](.*)[)\]],?")
_SPACED_NAMES = re.compile(r"(.+\.[A-Za-z]{3,4}) +(.+\.[tT][xX][tT])")


@dataclass(frozen=True, slots=True)
class ListLine:
    """image, label: the names as far as they can be told, with ``/``; None when they cannot.

    clean: the line may be used as it stands.
    """

    image: str | None
    label: str | None
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        return not self.findings


def scan_list_line(line: str, split: Split) -> ListLine:
    """Judge one line that is not blank. Pure; never raises. Looks at no file."""
    image_folder, label_folder = f"{images_name(split)}/", f"{labels_name(split)}/"
    parts = line.split(" ")
    well_formed = (
        not parts[0].endswith(_MARKS)
        and len(parts) == 2
        and _is_plain(parts[0], image_folder)
        and _is_plain(parts[1], label_folder)
    )
    if well_formed and is_label_name(parts[1]) and not is_label_name(parts[0]) and not _BLANKS.search("".join(parts)):
        return ListLine(parts[0], parts[1], ())
    return _scan_broken(line, split)


def tidy_list_line(line: str) -> str:
    """The line with nothing invisible in it, and one blank where there were several."""
    return " ".join(_INVISIBLE.sub("", line).split())


def _is_plain(name: str, folder: str) -> bool:
    rest = name[len(folder) :]
    plain = name.startswith(folder) and rest and "\\" not in name
    return bool(plain) and all(step not in ("", ".", "..") for step in rest.split("/"))


def _scan_broken(line: str, split: Split) -> ListLine:
    expected = f"{images_name(split)}/1.jpg {labels_name(split)}/1.txt"
    body = _INVISIBLE.sub("", line).strip(BLANK_CHARACTERS)
    findings: list[Finding] = []
    names = _cut(body)
    if body != line or any(blank[0] != " " for blank in _BLANKS.finditer(body)):
        findings.append(finding("list.whitespace", quote=line))
    if names is None:
        findings.append(finding("list.format", quote=line, expected=expected))
        return ListLine(None, None, tuple(findings))
    image, label = names
    if label is None or _needs_format(body, image, label):
        findings.append(finding("list.format", quote=line, expected=expected))
    image, label = _slashes(image), _slashes(label or "") or None
    pair = [name for name in (image, label) if name]
    if any(_DRIVE.match(name) for name in pair):
        findings.append(finding("list.absolute-path", quote=line))
    elif any(".." in name.split("/") for name in pair):
        findings.append(finding("list.escapes", quote=line))
    elif label is not None and not (
        _has_prefix(image, f"{images_name(split)}/") and _has_prefix(label, f"{labels_name(split)}/")
    ):
        findings.append(_of_other_part(line, image, label, split) or prefix_finding(line, split))
    if not findings:
        findings.append(finding("list.format", quote=line, expected=expected))
    return ListLine(image, label, tuple(findings))


def prefix_finding(line: str, split: Split) -> Finding:
    return finding("list.prefix", quote=line, expected=f"{images_name(split)}/1.jpg {labels_name(split)}/1.txt")


def _of_other_part(line: str, image: str, label: str, split: Split) -> Finding | None:
    """What a line of a list says that names files of the other split's folders; None when it does not."""
    other, folders = other_split(split), {"folder": images_name(split), "labels": labels_name(split)}
    if not (_has_prefix(image, f"{images_name(other)}/") and _has_prefix(label, f"{labels_name(other)}/")):
        return None
    expected = " ".join(
        f"{folder}/{name.partition('/')[2]}" for folder, name in zip(folders.values(), (image, label), strict=True)
    )
    params: dict[str, Any] = {"name": image, "list": list_name(split), "expected": expected, **folders}
    return finding("list.other-part", quote=line, **params)


def _cut(body: str) -> tuple[str, str | None] | None:
    """The picture's and the label's name, or the picture's alone, or None when nothing can be told."""
    if outer := _OUTER.fullmatch(body):
        body = outer[1]
    words = [_bare(word) for word in body.split()]
    candidates = [words, [bare for part in _OTHER_SEPARATOR.split(body) if (bare := _bare(part))]]
    if len(body) <= LONGEST_NAMES and (spaced := _SPACED_NAMES.fullmatch(body)):
        candidates.append([spaced[1].strip(), spaced[2].strip()])
    names = [word for word in words if _LETTER.search(word)]
    if len(words) == 3 and len(names) == 2:
        candidates.append(names)
    for parts in candidates:
        if len(parts) == 2:
            if is_label_name(parts[1]) and not is_label_name(parts[0]) and not parts[0].endswith(_MARKS):
                return parts[0], parts[1]
            if is_label_name(parts[0]) and is_picture_name(parts[1]):
                return parts[1], parts[0]
    if is_picture_name(body) and not _OTHER_SEPARATOR.search(body):
        return body, None
    return None


def _bare(part: str) -> str:
    """Without quotes around it and commas behind it."""
    return part.strip(_QUOTES).rstrip("".join(_MARKS)).strip(_QUOTES)


def _needs_format(body: str, image: str, label: str) -> bool:
    """The names are known, but the line says them in another form: other separator, other order, blanks inside."""
    return body.split() != [image, label] or "\\" in body


def _slashes(name: str) -> str:
    return name.replace("\\", "/")


def _has_prefix(name: str, folder: str) -> bool:
    return name.startswith(folder) and len(name) > len(folder)
