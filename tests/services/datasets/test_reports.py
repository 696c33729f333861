"""One report of a dataset: for whoever asks, for as long as its files stay the same, and no longer."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ocrweb.config import paths
from ocrweb.data.checks import examine
from ocrweb.data.report import ValidationReport
from ocrweb.data.validate import ValidateOptions, validate_dataset
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets import reports
from ocrweb.services.datasets.reports import checked, known_report
from tests.data.corpus import content, label, make_good, picture

PICTURES = 12  # of `make_good`
FAULTS = [
    label("1，2，30，2，30，20，1，20，a"),
    label("5,5,40,5,40,20,5,20,hello"),
    content("train_images/2.jpg", b"no picture"),
    content("train_images/4.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 40),
]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A dataset with errors, warnings, and a finding whose sentence has another error in it."""
    root = make_good(tmp_path / "data")
    for spoil in FAULTS:
        spoil(root)
    return root


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the pictures that were decoded."""
    names: list[str] = []
    read = examine.read_pixels

    def counted(data: bytes, header: Any, name: str) -> Any:
        names.append(name)
        return read(data, header, name)

    monkeypatch.setattr(examine, "read_pixels", counted)
    return names


def new_console(monkeypatch: pytest.MonkeyPatch) -> None:
    reports._kept.clear()


def told(report: ValidationReport) -> list[Any]:
    return [report.to_dict(lang) for lang in ("en", "zh")] + [report.severities, report.rules, report.decoded]


def test_it_is_what_a_look_finds_and_the_second_look_is_none(dataset: Path, decoded: list[str]) -> None:
    fresh = validate_dataset(dataset)
    decoded.clear()
    assert told(checked(dataset)) == told(fresh)
    assert decoded
    decoded.clear()
    assert checked(dataset) is checked(dataset) is known_report(dataset)
    assert not decoded


def test_a_new_console_tells_the_same_in_both_languages(
    dataset: Path, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = checked(dataset)
    assert any(isinstance(value, OcrwebError) for found in before.findings for value in found.params.values())
    decoded.clear()
    new_console(monkeypatch)
    again = known_report(dataset)
    assert again is not None
    assert again is not before
    assert told(again) == told(before)
    assert not decoded


@pytest.mark.parametrize("lost", [b"", b"{", b"[]", b'{"findings": [{}]}', b'{"findings": [], "root": ""}', None])
def test_one_that_cannot_be_read_is_made_again(
    dataset: Path, monkeypatch: pytest.MonkeyPatch, lost: bytes | None
) -> None:
    before = checked(dataset)
    (file,) = (paths.private_dir() / "checks").iterdir()
    if lost is None:
        file.unlink()
    else:
        file.write_bytes(lost)
    new_console(monkeypatch)
    assert known_report(dataset) is None
    assert told(checked(dataset)) == told(before)


def test_a_full_disk_costs_the_next_console_a_look_and_nothing_else(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OcrwebError("usage.disk-full", path=str(path))

    monkeypatch.setattr(reports, "write_whole", full)
    assert checked(dataset) is known_report(dataset)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda root: (root / "train_gts" / "1.txt").write_text("1,2"), id="label"),
        pytest.param(lambda root: (root / "test_list.txt").write_text(""), id="list"),
        pytest.param(lambda root: (root / "test_images" / "1.jpg").unlink(), id="less"),
        pytest.param(lambda root: (root / "train_images" / "new.jpg").write_bytes(b"x"), id="more"),
        pytest.param(lambda root: (root / "train_gts" / "1.txt").rename(root / "train_gts" / "0.txt"), id="renamed"),
        pytest.param(lambda root: swap(root / "train_gts" / "1.txt", root / "train_gts" / "2.txt"), id="swapped"),
        pytest.param(lambda root: (root / "test_gts").rename(root / "Test_GTs"), id="folder"),
    ],
)
def test_after_a_change_nothing_is_known(dataset: Path, change: Any) -> None:
    checked(dataset)
    change(dataset)
    assert known_report(dataset) is None


def swap(one: Path, other: Path) -> None:
    """Two files of one size with one time change places."""
    other.write_bytes(one.read_bytes()[::-1])
    for path in (one, other):
        os.utime(path, (1, 1))
    aside = one.with_name("aside")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


@pytest.mark.parametrize("folder", ["train_gts", "Train_Gts", "train_gts/deep/er"])
def test_a_label_is_looked_at_wherever_the_check_finds_it(tmp_path: Path, folder: str) -> None:
    root = make_good(tmp_path / "data")
    if folder == "Train_Gts":
        (root / "train_gts").rename(root / folder)
    (root / folder).mkdir(parents=True, exist_ok=True)
    file = root / folder / "1.txt"
    file.write_text("5,5,40,5,40,20,5,20,a\n")
    checked(root)
    file.write_text("5,5,40,5\n")
    assert known_report(root) is None


def test_a_dataset_of_another_name_is_the_same(dataset: Path, decoded: list[str]) -> None:
    before = checked(dataset)
    decoded.clear()
    renamed = dataset.rename(dataset.with_name("renamed"))
    again = checked(renamed)
    assert (again.root, again.findings) == (renamed, before.findings)
    assert known_report(dataset) is None
    assert not decoded


def test_strictly_is_the_same_look_with_warnings_as_errors(dataset: Path, decoded: list[str]) -> None:
    usual = checked(dataset)
    decoded.clear()
    strict = checked(dataset, ValidateOptions(strict=True))
    assert not decoded
    assert told(strict) == told(validate_dataset(dataset, ValidateOptions(strict=True)))
    assert usual.severities["warning"] > 0
    assert strict.severities == {
        "error": usual.severities["error"] + usual.severities["warning"], "warning": 0, "info": usual.severities["info"]
    }  # fmt: skip
    assert [found.severity for found in strict.findings].count("error") == strict.severities["error"]


def test_options_that_find_something_else_are_not_mixed_up(tmp_path: Path) -> None:
    root = make_good(tmp_path / "data")
    small, usual = (checked(root, ValidateOptions(train_side=side)) for side in (32, 640))
    assert [report.statistics["train"]["text_height"]["train_side"] for report in (small, usual)] == [32, 640]
    quick = checked(root, ValidateOptions(open_pictures=False))
    assert (quick.decoded, checked(root).decoded) == (False, True)


def test_another_tools_folder_is_called_as_the_one_who_asks_does_and_is_known_until_it_changes(tmp_path: Path) -> None:
    root = tmp_path / "theirs"
    (root / "deep").mkdir(parents=True)
    (root / "deep" / "1.jpg").write_bytes(picture(1))
    for name in ("mine", "yours"):
        (found,) = checked(root, shown=name).findings
        assert found.rule in reports.FOREIGN
        assert name in found.hint("en")
        assert known_report(root) == checked(root, shown=name)
    (root / "deep" / "2.jpg").write_bytes(picture(2))
    assert known_report(root) is None


def test_anew_looks_at_every_picture(tmp_path: Path, decoded: list[str]) -> None:
    root = make_good(tmp_path / "data")
    checked(root)
    checked(root, anew=True)
    assert len(decoded) == 2 * PICTURES


def test_two_who_ask_at_once_get_one_look(tmp_path: Path, decoded: list[str]) -> None:
    root = make_good(tmp_path / "data")
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: checked(root), range(4)))
    assert all(report is found[0] for report in found)
    assert len(decoded) == PICTURES


def test_who_waits_for_anothers_look_can_be_stopped(tmp_path: Path) -> None:
    root = make_good(tmp_path / "data")
    halfway, go_on = threading.Event(), threading.Event()

    def slowly(done: int, total: int) -> None:
        halfway.set()
        assert go_on.wait(60)

    def stop(done: int, total: int) -> None:
        raise OcrwebError("dataset.cancelled", done=done, total=total)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(checked, root, progress=slowly)
        assert halfway.wait(60)
        with pytest.raises(OcrwebError, match="cancelled"):
            checked(root, progress=stop)
        go_on.set()
        assert first.result(60).ok


@pytest.mark.parametrize("name", ["gone", "file.txt"])
def test_what_is_no_dataset_is_said_by_the_check(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(OcrwebError):
        checked(tmp_path / name)
    assert known_report(tmp_path / name) is None
