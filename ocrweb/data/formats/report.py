"""What an import found and did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
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
    "which-pixels",
    "which-picture",
    "which-frame",
    "scanned",
    "blank",
    "hidden",
    "unseen",
    "off-page",
    "rule",
    "maybe-points",
    "corners",
    "maybe-size",
    "maybe-pixels",
    "columns",
    "leading-number",
    "number-commas",
    "swapped",
    "maybe-swapped",
]
SWAPPED = ("swapped", "maybe-swapped")
READ_SO = ("columns", "leading-number", "number-commas")
# nobody had labelled it as text, or it was read and a person should look at it
NO_LOSS = (
    "unlabelled",
    "scanned",
    "blank",
    "hidden",
    "unseen",
    "off-page",
    "rule",
    "maybe-points",
    "corners",
    *READ_SO,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something left out. kind: see `ProblemKind`. where: file, and line or number in it. detail: a name or a reason."""

    kind: str
    where: str
    detail: str = ""

    def message(self, lang: str | None = None) -> str:
        """What a check of label files would find too is said in its words."""
        if self.kind not in (*READ_SO, *SWAPPED):
            return messages.text(f"dataset_tools.problem-{self.kind}", lang, where=self.where, detail=self.detail)
        width, _, height = self.detail.partition("×")
        values = {"example": self.detail, "other": self.detail, "width": width, "height": height}
        said = messages.field("rules", f"label.{self.kind}", "message", lang, **values)
        ending = "read-so" if self.kind in READ_SO else "left-out"
        return messages.text(f"dataset_tools.problem-{ending}", lang, where=self.where, said=said)

    def to_dict(self, lang: str | None = None) -> dict[str, str]:
        return {"kind": self.kind, "where": self.where, "detail": self.detail, "message": self.message(lang)}


@dataclass
class Tally:
    """Counts while an import goes on. problems: at most ``KEPT_PER_KIND`` of a kind; counts are exact."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def add(self, kind: str, where: str, detail: str = "", times: int = 1) -> None:
        self.counts[kind] += times
        if self.counts[kind] <= KEPT_PER_KIND:
            self.problems.append(Problem(kind, where, detail))


@dataclass
class Account:
    """What came in and where it went. pictures: files and pictures inside of label files. boxes: outlines in label files,
    readable or not. left_out, pictures_left_out: boxes and pictures not written, by `ProblemKind` or "duplicates".
    pages, lines: of PDFs, whose pages become a picture for each way in which they are drawn, with each line in it."""

    pictures: int = 0
    boxes: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    pictures_left_out: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    lines: int = 0

    def lose(self, kind: str, boxes: int) -> None:
        if boxes:
            self.left_out[kind] += boxes

    def copy(self) -> Account:
        return replace(self, left_out=Counter(self.left_out), pictures_left_out=Counter(self.pictures_left_out))

    def closes(self, pictures: int, boxes: int) -> bool:
        """Whether what was written and what was left out are what came in."""
        left_out = self.pictures_left_out.total(), self.left_out.total()
        return (pictures + left_out[0], boxes + left_out[1]) == (self.pictures, self.boxes)

    def to_dict(self) -> dict[str, Any]:
        return {
            "pictures": self.pictures,
            "boxes": self.boxes,
            **({"pages": self.pages, "lines": self.lines} if self.pages else {}),
            "pictures_left_out": {kind: count for kind, count in self.pictures_left_out.items() if count},
            "boxes_left_out": {kind: count for kind, count in self.left_out.items() if count},
        }


@dataclass(frozen=True, slots=True)
class Reasons(messages.Told):
    """Why nothing is left: how many fell out for which reason, with an example each, in the reader's language."""

    tally: Tally

    def message(self, lang: str | None = None) -> str:
        first: dict[str, Problem] = {}
        for problem in self.tally.problems:
            first.setdefault(problem.kind, problem)
        told = [f"{self.tally.counts[kind]} × {problem.message(lang)}" for kind, problem in first.items()]
        return " ".join(told)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """format: what the source is. pictures = train + test. ignored: part of boxes. empty: pictures without a box.

    clipped: boxes that stuck out of their picture. reduced: outlines made quadrilaterals. reordered: boxes whose points
    were. duplicates: boxes left out because they were there twice. exif_rotated: pictures with an EXIF turn, written
    upright; turned_labels: of those, labels that were drawn on the unturned pixels. rescaled: pictures resized since they
    were labelled. shares: pictures whose labels were shares of their sides. converted: pictures written in another format. guessed: labels are a tool's predictions, which nobody
    confirmed. all_ignored: not one box counts as text. split: "source" or "seeded". problems: what was left out, with
    exact ``counts`` by kind. ignored_because: how many boxes each mark ignores. account: what came in. out: the dataset, None for a dry run.
    to_autolabel: documents with the pages that a model must label (``scan.pdf#2-5,9``); autolabel: the command that does it.
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
    ignored_because: dict[str, int] = field(default_factory=dict)
    account: Account = field(default_factory=Account)
    to_autolabel: tuple[str, ...] = ()
    autolabel: str = ""

    @property
    def accounted(self) -> bool:
        """Pictures and boxes in = written + reported."""
        return self.account.closes(self.pictures, self.boxes)

    @property
    def lossless(self) -> bool:
        """Every label found its place; pictures that nobody labelled, and text that nobody sees, are no loss."""
        return not any(count for kind, count in self.counts.items() if kind not in NO_LOSS)

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
            "ignored_because": dict(self.ignored_because),
            "read": self.account.to_dict(),
            "empty": self.empty,
            "all_ignored": self.all_ignored,
            "guessed": self.guessed,
            **self.adjusted,
            **{kind.replace("-", "_"): count for kind, count in self.counts.items()},
            "out_of_range": self.adjusted["clipped"] + self.counts["outside"],
            "to_autolabel": list(self.to_autolabel),
            "autolabel": self.autolabel or None,
            "problems": [problem.to_dict(lang) for problem in self.problems],
        }
