"""Pictures to label next: each is looked at in two sizes, what cannot be read is told, and the chosen have their reasons."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.evaluation.choosing import Impression, Pick
from ocrweb.services.intake.sources import Source
from ocrweb.services.labels import choose as service
from ocrweb.services.labels.choose import ChooseReport, ChooseRequest, Chosen, choose

EMPTY = OcrwebError("image.empty", where="b.png")


def request(folder: str = "/pile", count: int = 2) -> ChooseRequest:
    detect: Any = SimpleNamespace(detector=lambda: "detector")
    return ChooseRequest(Path(folder), count, detect)


@pytest.fixture
def pile(monkeypatch: pytest.MonkeyPatch) -> list[Source]:
    """Sources by name; the impression of each has the number of places that its name says."""
    sources: list[Source] = []

    @contextlib.contextmanager
    def pictures(folder: Path) -> Any:
        yield tuple(sources)

    def look(detector: str, source: Source) -> Impression:
        assert detector == "detector"
        if source.error is not None:
            raise source.error
        return Impression(np.zeros(1), 0.5, int(source.shown[0]), 0.256)

    monkeypatch.setattr(service, "_pictures", pictures)
    monkeypatch.setattr(service, "_look", look)
    monkeypatch.setattr(service, "pick", lambda seen, count: [Pick(len(seen) - 1 - n, 1 - n / 4, "unsure", n) for n in range(min(count, len(seen)))])  # fmt: skip
    return sources


def test_the_chosen_are_told_with_their_reasons_and_the_failed_with_theirs(pile: list[Source]) -> None:
    pile += [Source(Path("x"), "3.png"), Source(Path("x"), "b.png", EMPTY), Source(Path("x"), "5.png"), Source(Path("x"), "7.png")]  # fmt: skip
    told: list[tuple[int, int]] = []
    report = choose(request(), lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert (report.pictures, report.failed) == (3, (("b.png", EMPTY),))
    assert [(one.picture, one.places, one.disagreement) for one in report.chosen] == [("7.png", 7, 0.256), ("5.png", 5, 0.256)]  # fmt: skip
    document = report.to_dict("en")
    assert [(row["picture"], row["score"]) for row in document["chosen"]] == [("7.png", 1.0), ("5.png", 0.75)]
    assert "7" in document["chosen"][0]["why"]
    assert [(row["picture"], row["code"]) for row in document["failed"]] == [("b.png", "image.empty")]


def test_a_pile_of_which_nothing_can_be_read_is_an_error(pile: list[Source]) -> None:
    pile += [Source(Path("x"), "b.png", EMPTY), Source(Path("x"), "c.png", OcrwebError("image.truncated", where="c.png"))]  # fmt: skip
    with pytest.raises(OcrwebError, match=r"image\.empty"):
        choose(request())


@pytest.mark.parametrize("reason", ["unsure", "scales", "stands-for", "unlike", "nothing"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_reason_has_its_words(reason: Any, lang: str) -> None:
    assert Chosen("a", Pick(0, 1.0, reason, 4), 3, 0.256).why(lang)
    assert "26" in Chosen("a", Pick(0, 1.0, "scales", 4), 3, 0.256).why(lang)
    assert ChooseReport((), 0, ()).to_dict(lang) == {"chosen": [], "pictures": 0, "failed": []}


@pytest.mark.parametrize(
    ("size", "fixed", "sides"),
    [((640, 480), False, [None, 384]), ((480, 1280), False, [None, 768]), ((32, 64), False, [None, 64]), ((640, 480), True, [None])],
)  # fmt: skip
def test_a_picture_is_looked_at_once_more_at_about_six_tenths(size: tuple[int, int], fixed: bool, sides: list[int | None], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    asked: list[int | None] = []

    def probability(pixels: Any, resize: Any = None) -> Any:
        asked.append(resize.limit_side if resize else None)
        assert resize is None or resize.limit_type == "max"
        return SimpleNamespace(map=np.full(size, len(asked), np.float32))

    monkeypatch.setattr(service, "read_picture", lambda path, name: SimpleNamespace(pixels=f"pixels of {name}"))
    monkeypatch.setattr(service, "impression", lambda pixels, large, small: (pixels, large.max(), small.max()))
    detector: Any = SimpleNamespace(probability=probability, loaded=SimpleNamespace(engine=SimpleNamespace(fixed_size=(1, 1) if fixed else None)))  # fmt: skip
    seen: Any = service._look(detector, Source(Path("/x/a.png"), "a.png"))
    assert asked == sides
    assert seen == ("pixels of a.png", 1, len(sides))
    with pytest.raises(OcrwebError, match=r"image\.empty"):
        service._look(detector, Source(Path("x"), "b.png", EMPTY))


def test_of_a_stored_dataset_those_are_looked_at_that_nobody_has_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "datasets" / "shop").mkdir(parents=True)
    states = {"a": "new", "b": "checked", "c": "check", "d": "auto", "e": "aside"}
    rows = [SimpleNamespace(picture=name, state=state) for name, state in states.items()]
    places = {name: SimpleNamespace(image=Path(f"/shop/{name}")) for name in states}
    monkeypatch.setattr(service, "stored_set", lambda name: SimpleNamespace(name=name, places=places))
    monkeypatch.setattr(service, "list_pictures", lambda labelled: SimpleNamespace(pictures=rows))
    with service._pictures(Path("shop")) as sources:
        assert [(source.shown, source.path) for source in sources] == [(name, Path(f"/shop/{name}")) for name in "acd"]
    for row in rows:
        row.state = "checked"
    with pytest.raises(OcrwebError, match=r"batch\.no-pictures"), service._pictures(Path("shop")):
        pass
    opened: list[Any] = []

    @contextlib.contextmanager
    def open_sources(paths: list[Path]) -> Any:
        opened.extend(paths)
        yield ()

    monkeypatch.setattr(service, "open_sources", open_sources)
    (tmp_path / "shop").mkdir()  # a folder here goes before a dataset of that name
    for path in (Path("shop"), tmp_path / "datasets" / "shop", Path("other")):
        with service._pictures(path):
            pass
    assert opened == [Path("shop"), tmp_path / "datasets" / "shop", Path("other")]
