"""The six names of a dataset: which are there, which are there under another name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ocrweb.data.checks.finding import Finding, finding
from ocrweb.data.checks.names import images_name, labels_name, list_name
from ocrweb.data.sample import SPLITS, Split
from ocrweb.disk.names import some_of

_IMAGE_WORDS = ("image", "images", "img", "imgs", "pic", "pics", "picture", "pictures", "jpegimages", "data")
_LABEL_WORDS = ("gt", "gts", "label", "labels", "annotation", "annotations", "ann", "anns", "txt", "txts")
_SPLIT_WORDS = {
    "train": ("train", "training", "trn"),
    "test": ("test", "testing", "val", "valid", "validation", "eval"),
}
_LIST_WORDS = ("list", "lists", "")
_BACKUP = re.compile(
    r"^\.?(?P<name>(train|test)_list\.txt)(~|\.(bak|backup|old|orig|save|swp|swo|tmp|copy)\d*~?|\.\d+)$"
    r"|^\.(?P<hidden>(train|test)_list\.txt)$"
    r"|^(?P<copy>(train|test)_list) ?(\(\d+\)|- ?(Copy|副本)( ?\(\d+\))?|copy)\.txt$"
    r"|^(?P<bare>(train|test)_list)\.(bak|old|txt\.txt)$",
    re.IGNORECASE,
)

_ARCHIVE = re.compile(r"(.+?)(?:\.tar)?\.(?:zip|rar|7z|tar|gz|tgz|bz2|tbz2|xz|txz|zst)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Slot:
    """One of the three names of a split. real: the name it has on disk, None when there is nothing to use. packed: the one
    archive in its place."""

    name: str
    real: str | None
    findings: tuple[Finding, ...]
    packed: str | None = None

    def unpackable(self) -> Slot:
        """The same when that archive is known to be a zip that can be unpacked."""
        return replace(self, findings=tuple(replace(one, fixable=True) for one in self.findings))


def slot_names(split: Split) -> tuple[str, str, str]:
    """List, pictures, labels."""
    return list_name(split), images_name(split), labels_name(split)


def check_slots(top: Iterable[str], split: Split) -> tuple[Slot, Slot, Slot]:
    """Find the list, the picture folder and the label folder of a split.

    top: names right under the root, folders with a trailing ``/``. Pure.
    """
    names = sorted(top)
    lists, images, labels = slot_names(split)
    return _list_slot(names, lists), _folder_slot(names, images, split), _folder_slot(names, labels, split)


def _list_slot(names: list[str], wanted: str) -> Slot:
    backups = [name for name in names if _backup_of(name) == wanted]
    if wanted in names:
        return Slot(wanted, wanted, tuple(_backup(name, wanted, fixable=True) for name in backups))
    others = [name for name in names if not name.endswith("/") and not _backup_of(name)]
    likely = [name for name in others if _squeeze(name) in _list_aliases(wanted)]
    if likely:
        return _misnamed(wanted, likely)
    findings = [finding("list.missing", name=wanted).at(wanted)]
    findings += [_backup(name, wanted, fixable=len(backups) == 1) for name in backups]
    return Slot(wanted, backups[0] if len(backups) == 1 else None, tuple(findings))


def _folder_slot(names: list[str], wanted: str, split: Split) -> Slot:
    if f"{wanted}/" in names:
        return Slot(wanted, wanted, ())
    likely = [name[:-1] for name in names if name.endswith("/") and _squeeze(name) in _folder_aliases(wanted, split)]
    if likely:
        return _misnamed(wanted, likely)
    if packed := [name for name in names if _is_packed(name, wanted, split)]:
        found = finding("layout.in-archive", fixable=False, name=wanted, archive=some_of(packed)).at(wanted)
        return Slot(wanted, None, (found,), packed[0] if len(packed) == 1 else None)
    return Slot(wanted, None, (finding("layout.missing", name=wanted).at(wanted),))


def _is_packed(name: str, wanted: str, split: Split) -> bool:
    """Whether a file is an archive that is called as the folder is: ``train_images.zip``, ``Train-Images.tar.gz``."""
    archive = _ARCHIVE.fullmatch(name)
    return archive is not None and _squeeze(archive[1]) in _folder_aliases(wanted, split)


def stands_for_folder(name: str) -> bool:
    """Whether an archive is called as one of a dataset's four folders; the repair can unpack it there."""
    return any(_is_packed(name, wanted, split) for split in SPLITS for wanted in slot_names(split)[1:])


def _misnamed(wanted: str, likely: list[str]) -> Slot:
    sure = len(likely) == 1
    found = (finding("layout.wrong-name", name=name, wanted=wanted, fixable=sure).at(name) for name in likely)
    return Slot(wanted, likely[0] if sure else None, tuple(found))


def _backup(name: str, wanted: str, *, fixable: bool) -> Finding:
    return finding("list.backup-file", name=name, wanted=wanted, fixable=fixable).at(name)


def _backup_of(name: str) -> str | None:
    match = _BACKUP.match(name)
    if not match:
        return None
    stem = match["name"] or match["hidden"] or f"{match['copy'] or match['bare']}.txt"
    return stem.lower()


def _squeeze(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _list_aliases(wanted: str) -> set[str]:
    split: Split = "train" if wanted.startswith("train") else "test"
    both = {f"{word}{kind}txt" for word in _SPLIT_WORDS[split] for kind in _LIST_WORDS}
    return both | {f"list{word}txt" for word in _SPLIT_WORDS[split]}


def _folder_aliases(wanted: str, split: Split) -> set[str]:
    """``train_img``, ``images_train``, and for training also the bare ``images``."""
    kinds = _IMAGE_WORDS if wanted.endswith("images") else _LABEL_WORDS
    words = _SPLIT_WORDS[split]
    aliases = {f"{word}{kind}" for word in words for kind in kinds} | {f"{k}{w}" for w in words for k in kinds}
    return aliases | set(kinds) - {"data"} if split == "train" else aliases
