"""Every broken dataset gives exactly its findings; the reader refuses what the validator calls an error."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ocrweb.data.icdar import read_split
from ocrweb.data.repair.apply import apply_repair
from ocrweb.data.repair.plan import plan_repair
from ocrweb.data.report import ValidationReport
from ocrweb.data.validate import ValidateOptions, validate_dataset
from ocrweb.errors import OcrwebError
from ocrweb.imaging.picture import read_picture
from tests.data import corpus_labels, corpus_lists, corpus_pictures
from tests.data.corpus import Case, make_good

CASES = [*corpus_labels.CASES, *corpus_lists.CASES, *corpus_pictures.CASES]
OPTIONS = ValidateOptions(workers=1)


def test_the_corpus_is_large_and_its_names_are_unique() -> None:
    assert len(CASES) >= 120
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_broken_dataset(case: Case, tmp_path: Path) -> None:
    root = make_good(tmp_path / "data")
    case.spoil(root)
    report = validate_dataset(root, OPTIONS)
    assert report.rules == case.expected, places(report)
    for lang in ("en", "zh"):
        assert all(found["message"] and found["hint"] for found in report.to_dict(lang)["findings"])
    assert_reader_agrees(root, report)
    assert_repair(root, case)


def assert_reader_agrees(root: Path, report: ValidationReport) -> None:
    """No error: every sample loads. An error: the reader refuses, at a place that the validator named."""
    errors = {(found.rule, found.where) for found in report.findings if found.severity == "error"}
    refusals = set()
    for split in ("train", "test"):
        try:
            for sample in read_split(root, split):
                read_picture(sample.image, name=str(sample.image.relative_to(root)))
        except OcrwebError as refusal:
            found = getattr(refusal, "found", None)
            refusals.add((found.rule, found.where) if found else ("image", refusal.where))
    named = errors | {("image", where) for rule, where in errors if rule.startswith("image.")}
    assert refusals <= named
    assert bool(refusals) == bool(errors)


def assert_repair(root: Path, case: Case) -> None:
    """What can be mended is mended, the rest is left and said, and a second repair finds nothing to do."""
    result = apply_repair(plan_repair(root), "in-place")
    after = validate_dataset(root, OPTIONS)
    assert after.rules == case.left, places(after)
    assert not after.fixable, [found for found in after.findings if found.fixable]
    assert plan_repair(root).changes == ()
    assert (result.changes == 0) == (result.backup is None)


def places(report: ValidationReport) -> list[tuple[str, str, str]]:
    assert Counter(found.rule for found in report.findings) == report.rules
    return [(found.rule, found.where, found.quote) for found in report.findings]
