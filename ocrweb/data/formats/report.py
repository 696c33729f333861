"""What an import found and did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from ocrweb import messages

KEPT_PER_KIND = 1000
ProblemKind = Literal[
    "missing",
    "ambiguous",
    "broken",
    "unreadable",
    "size-mismatch",
    "repeated",
    "unlabelled",
    "bad-shape",
    "outside",
    "no-area",
    "other-annotator",
    "categories",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something left out. kind: see `ProblemKind`. where: file, and line or number in it. detail: a name or a reason."""

    kind: str
    where: str
    detail: str = ""

    def message(self, lang: str | None = None) -> str:
        return messages.text(f"dataset_tools.problem-{self.kind}", lang, where=self.where, detail=self.detail)

    def to_dict(self, lang: str | None = None) -> dict[str, str]:
        return {"kind": self.kind, "where": self.where, "detail": self.detail, "message": self.message(lang)}


@dataclass
class Tally:
    """Counts while an import goes on. problems: at most ``KEPT_PER_KIND`` of a kind; counts are exact."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def add(self, kind: str, where: str, detail: str = "") -> None:
        self.counts[kind] += 1
        if self.counts[kind] <= KEPT_PER_KIND:
            self.problems.append(Problem(kind, where, detail))


@dataclass(frozen=True, slots=True)
class ImportReport:
    """format: what the source is. pictures = train + test. ignored: part of boxes. empty: pictures without a box.

    clipped: boxes that stuck out of their picture. reduced: outlines made quadrilaterals. reordered: boxes whose points
    were. duplicates: boxes left out because they were there twice. exif_rotated: pictures with an EXIF turn, written
    upright; turned_labels: of those, labels that were drawn on the unturned pixels. rescaled: pictures resized since they
    were labelled. converted: pictures written in another format. guessed: labels are a tool's predictions, which nobody
    confirmed. all_ignored: not one box counts as text. split: "source" or "seeded". problems: what was left out, with
    exact ``counts`` by kind. out: the dataset, None for a dry run.
    """

    format: str
    pictures: int
    train: int
    test: int
    boxes: int
    ignored: int
    empty: int
    split: str
    all_ignored: bool
    guessed: bool
    adjusted: dict[str, int]
    counts: dict[str, int]
    problems: tuple[Problem, ...]
    out: str | None = None

    @property
    def lossless(self) -> bool:
        """Every label found its place; pictures that nobody labelled are no loss."""
        return not any(count for kind, count in self.counts.items() if kind != "unlabelled")

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        return {
            "format": self.format,
            "out": self.out,
            "pictures": self.pictures,
            "train": self.train,
            "test": self.test,
            "split": self.split,
            "boxes": self.boxes,
            "ignored": self.ignored,
            "empty": self.empty,
            "all_ignored": self.all_ignored,
            "guessed": self.guessed,
            **self.adjusted,
            **{kind.replace("-", "_"): count for kind, count in self.counts.items()},
            "out_of_range": self.adjusted["clipped"] + self.counts["outside"],
            "problems": [problem.to_dict(lang) for problem in self.problems],
        }
