"""The validation of a dataset, made once for as long as its files stay the same, whoever asks: page, form, start, API.

It is kept in memory, and in the data root for a console that is started anew or another process.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from ocrweb import __version__
from ocrweb.config import paths
from ocrweb.config.documents import parse_json
from ocrweb.data.checks.finding import Finding
from ocrweb.data.report import ValidationReport
from ocrweb.data.validate import ValidateOptions, validate_dataset
from ocrweb.disk.progress import Progress
from ocrweb.errors import OcrwebError, recorded
from ocrweb.imaging.encode import write_whole
from ocrweb.runtime.cache import prune
from ocrweb.services.datasets.stamp import dataset_stamp
from ocrweb.services.files.recent import Recent
from ocrweb.services.files.retelling import revived_params

IN_MEMORY = 20
ON_DISK = 100
LOOK_SECONDS = 0.2
FOREIGN = {"layout.foreign", "layout.plain-pictures", "layout.unknown-labels"}
JUDGES = ("data", "geometry", "imaging")  # whose code says what is found

_kept: Recent[str, ValidationReport] = Recent(IN_MEMORY)
_turns: WeakValueDictionary[Path, threading.Lock] = WeakValueDictionary()
_lock = threading.Lock()


def checked(
    root: Path,
    options: ValidateOptions = ValidateOptions(),
    progress: Progress | None = None,
    shown: str | None = None,
    *,
    anew: bool = False,
) -> ValidationReport:
    """The validation of a folder. A second one who asks meanwhile waits for the first, and is told of no progress.

    anew: look at all pictures again although nothing changed. All else as `validate_dataset`.
    """
    if not (options.open_pictures and root.is_dir()):
        return validate_dataset(root, options, progress, shown)
    with _turn(root.resolve(), progress):
        key = _key(root, options.train_side)
        report = None if anew else _known(key)
        if report is None or FOREIGN & report.rules.keys():  # the latter costs nothing, and names the folder as asked
            report = validate_dataset(root, replace(options, strict=False), progress, shown)
            _keep(key, report)
    report = _of(report, root)
    return report.strictly() if options.strict else report


def known_report(root: Path) -> ValidationReport | None:
    """What was found in the dataset as it lies there now, by the usual options; None when nobody has looked."""
    if not root.is_dir():
        return None
    report = _known(_key(root, ValidateOptions().train_side))
    return report and _of(report, root)


@contextlib.contextmanager
def _turn(root: Path, progress: Progress | None) -> Iterator[None]:
    """One at a time looks at a folder. Who waits can be stopped by what `progress` raises."""
    with _lock:
        turn = _turns.setdefault(root, threading.Lock())
    while not turn.acquire(timeout=LOOK_SECONDS):
        if progress:
            progress(0, 0)
    try:
        yield
    finally:
        turn.release()


def _known(key: str) -> ValidationReport | None:
    report = _kept.get(key)
    if report is None and (report := _read(key)) is not None:
        _kept.put(key, report)
    return report


def _keep(key: str, report: ValidationReport) -> None:
    _kept.put(key, report)
    with contextlib.suppress(OcrwebError):  # no room: the next console looks again
        write_whole(_file(key), json.dumps(_document(report), ensure_ascii=False).encode("utf-8", "surrogatepass"))
        prune(_folder(), "*.json", ON_DISK)


def _of(report: ValidationReport, root: Path) -> ValidationReport:
    """Of the folder under the name that it has now."""
    return report if report.root == root else replace(report, root=root)


def _key(root: Path, train_side: int) -> str:
    state = (dataset_stamp(root), train_side, _judges())
    return hashlib.blake2b(repr(state).encode(), digest_size=16).hexdigest()


@functools.cache
def _judges() -> str:
    """Which rules look: a newer version may find what this one does not."""
    digest = hashlib.blake2b(__version__.encode(), digest_size=16)
    for room in JUDGES:
        for path in sorted((paths.PACKAGE / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _document(report: ValidationReport) -> dict[str, Any]:
    findings = [{**asdict(replace(found, params={})), "params": recorded(found.params)} for found in report.findings]
    return {**asdict(replace(report, findings=())), "root": "", "findings": findings}


def _read(key: str) -> ValidationReport | None:
    """None when there is none, or none that this version can read."""
    try:
        document = parse_json(_file(key).read_bytes().decode("utf-8", "surrogatepass"))
        findings = [Finding(**{**found, "params": revived_params(found["params"])}) for found in document["findings"]]
        report = ValidationReport(**{**document, "root": Path(), "findings": tuple(findings)})
        report.to_dict()  # its counts and sentences can be told
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None
    return report


def _folder() -> Path:
    return paths.private_dir() / "checks"


def _file(key: str) -> Path:
    return _folder() / f"{key}.json"
