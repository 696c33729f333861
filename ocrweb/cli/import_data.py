"""`ocrweb import`: labels of other tools, or PDFs that hold their text → the training layout."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ocrweb.cli.frame import GOOD, PROBLEMS, command, emit, text
from ocrweb.cli.parameters import JsonOption
from ocrweb.cli.validate import print_findings
from ocrweb.disk.pattern import expanded
from ocrweb.errors import OcrwebError

if TYPE_CHECKING:
    from ocrweb.services.datasets.importing import ImportOptions, ImportReport
    from ocrweb.services.datasets.validation import ValidationReport

SHOWN_PER_KIND = 3


@command
def import_data(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SRC...", help="A folder or a .zip with pictures and their labels; or PDFs of a program."
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="A new or empty folder for the dataset.")] = None,
    format: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="What SRC holds, a name of docs/formats.md; told from the files' content by default."
        ),
    ] = "auto",
    to: Annotated[
        Literal["dataset", "ppocrlabel", "label-studio", "labelme", "coco", "cvat", "mmocr", "via"],
        typer.Option(help="Write a dataset to train from, or labels for one of these tools."),
    ] = "dataset",
    val_ratio: Annotated[
        float | None, typer.Option(help="Share of test pictures. Default: the source's own split, else 0.1.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed chooses the same test pictures.")] = 0,
    ignored_as_text: Annotated[
        bool, typer.Option("--ignored-as-text", help="Boxes marked ### are text that was not transcribed.")
    ] = False,
    labels_on: Annotated[
        Literal["auto", "displayed", "stored"],
        typer.Option(help="Which pixels of pictures with an EXIF turn were labelled."),
    ] = "auto",
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", "--ignore-mark", help="A transcription whose boxes are ignored too. May be repeated."),
    ] = None,
    not_ignored: Annotated[
        list[str] | None,
        typer.Option(help="A mark that ignores nothing, as the report names it (###, difficult). May be repeated."),
    ] = None,
    looks: Annotated[
        Literal["both", "clean", "paper"],
        typer.Option(help="Pages of PDFs: drawn as they are, as a print that was scanned or photographed, or both."),
    ] = "both",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, write nothing.")] = False,
    json: JsonOption = False,
) -> int:
    """Import labels of another tool or public dataset (docs/formats.md), or label PDFs by the text that they hold; exit 1: labels were left out."""
    from ocrweb.services.datasets.importing import ImportOptions, import_sources
    from ocrweb.services.datasets.validation import validate

    if (out is None) != dry_run:
        raise OcrwebError("formats.out-or-dry-run")
    if dry_run and to != "dataset":
        raise OcrwebError("usage.bad-value", name="--to", value=to, expected="dataset (--dry-run)")
    options = ImportOptions(
        format, val_ratio, seed, ignored_as_text, labels_on, tuple(ignore or ()), tuple(not_ignored or ()), looks
    )
    sources = expanded(sources)
    if to != "dataset" and out is not None:
        if len(sources) > 1:
            raise OcrwebError("usage.bad-value", name="SRC", value=str(sources[1]), expected="1 × SRC (--to)")
        return _export(sources[0], out, to, options, as_json=json)
    report = import_sources(sources, out, options, _progress() if sys.stderr.isatty() and not json else None)
    checked = validate(report.out) if report.out else None
    if json:
        emit({**report.to_dict(), "findings": checked.to_dict()["findings"] if checked else []})
    else:
        _print(report, checked)
    return GOOD if report.lossless else PROBLEMS


def _export(source: Path, out: Path, to: str, options: ImportOptions, *, as_json: bool) -> int:
    from ocrweb.services.datasets.tools import export_labels

    result, report = export_labels(source, out, to, options)
    if as_json:
        files = [str(file) for file in result.files]
        problems = report.to_dict()["problems"]
        written = {"pictures": result.pictures, "boxes": result.boxes, "files": files}
        emit({"out": str(result.folder), **written, "problems": problems})
    else:
        _print_problems(report)
        print(
            text(
                "dataset_tools.exported",
                pictures=result.pictures,
                boxes=result.boxes,
                files=", ".join(map(str, result.files)),
            )
        )
    return GOOD if report.lossless else PROBLEMS


def _print(report: ImportReport, checked: ValidationReport | None) -> None:
    """checked: what a check finds in the dataset that was written."""
    numbers = report.to_dict()
    key = "dataset_tools.imported" if report.out else "dataset_tools.would-import"
    print(text(key, **{name: value for name, value in numbers.items() if name not in ("problems", "read")}))
    for name in ("ignored", "empty", *report.adjusted):
        if numbers[name]:
            print("  " + text(f"dataset_tools.{name.replace('_', '-')}", count=numbers[name]))
    if report.account.pages:
        read = report.account
        looks = read.pictures // (read.pages + report.counts["broken"] + report.counts["unlabelled"])
        print("  " + text("dataset_tools.read-pages", pages=read.pages, lines=read.lines, looks=looks))
    if report.ignored_because:
        marks = ", ".join(f"{mark} ({count})" for mark, count in report.ignored_because.items())
        print("  " + text("dataset_tools.ignored-because", marks=marks))
    if report.guessed:
        print(text("dataset_tools.guessed"))
    if report.all_ignored:
        print(text("dataset_tools.all-ignored"))
    _print_problems(report)
    if report.out and checked:
        print_findings(checked, report.out)
        print(text("dataset_tools.next-validate", path=report.out))
    if report.autolabel:
        print(text("dataset_tools.next-autolabel", count=report.counts["scanned"], command=report.autolabel))


def _print_problems(report: ImportReport) -> None:
    shown: dict[str, int] = {}
    for problem in report.problems:
        shown[problem.kind] = shown.get(problem.kind, 0) + 1
        if shown[problem.kind] <= SHOWN_PER_KIND:
            print(f"! {problem.message()}")
        elif shown[problem.kind] == SHOWN_PER_KIND + 1:
            print("  " + text("dataset_tools.more", count=report.counts[problem.kind] - SHOWN_PER_KIND))


def _progress() -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        end = "\n" if done == total else ""
        print(f"\r{text('dataset_tools.importing', done=done, total=total)}", end=end, file=sys.stderr, flush=True)

    return tell
