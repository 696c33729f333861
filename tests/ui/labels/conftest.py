"""The label editor in a browser: a page with a hand that draws in pixels of the picture."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Console

WIDTH, HEIGHT = 480, 360
Point = tuple[int, int]


def quad(left: int, top: int, right: int, bottom: int) -> list[list[int]]:
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def line(points: list[list[int]], text: str) -> str:
    return ",".join(str(value) for point in points for value in point) + f",{text}"


LEFT_HALF, RIGHT_HALF = quad(40, 80, 150, 120), quad(156, 81, 300, 120)
TWO_WORDS = quad(40, 140, 300, 180)
SHIFTED = quad(40, 200, 200, 240)
NOTHING = quad(320, 20, 460, 60)
BLURRED = quad(40, 260, 200, 300)


def lines_of(dataset: Path, picture: int = 1) -> list[str]:
    return (dataset / f"train_gts/{picture}.txt").read_text(encoding="utf-8").splitlines()


def points_of(text: str) -> list[list[int]]:
    numbers = [int(value) for value in text.split(",")[:8]]
    return [numbers[i : i + 2] for i in range(0, 8, 2)]


def put_dataset(root: Path, labels: list[list[str]], size: tuple[int, int] = (WIDTH, HEIGHT)) -> Path:
    """A dataset with one training picture for each list of label lines, and a test picture."""
    for split, files in (("train", labels), ("test", [[line(quad(20, 20, 120, 60), "one")]])):
        (root / f"{split}_images").mkdir(parents=True)
        (root / f"{split}_gts").mkdir()
        names = []
        for number, lines in enumerate(files, 1):
            page = np.full((size[1], size[0], 3), 245, np.uint8)
            cv2.putText(page, f"{split} {number}", (30, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (30, 30, 30), 2)
            (root / f"{split}_images/{number}.png").write_bytes(cv2.imencode(".png", page)[1].tobytes())
            (root / f"{split}_gts/{number}.txt").write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
            names.append(f"{split}_images/{number}.png {split}_gts/{number}.txt\n")
        (root / f"{split}_list.txt").write_text("".join(names), encoding="utf-8")
    return root


class Editor:
    """A visitor's editor. Points are pixels of the picture; what was really hit comes back, as screens have whole pixels."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def screen(self, at: Point) -> tuple[int, int]:
        view, box = self._view()
        x, y = view["x"] + at[0] * view["scale"] + box["x"], view["y"] + at[1] * view["scale"] + box["y"]
        return round(x), round(y)

    def hit(self, at: Point) -> list[int]:
        """The pixel of the picture that a click for `at` lands on."""
        view, box = self._view()
        x, y = self.screen(at)
        exact = (x - box["x"] - view["x"]) / view["scale"], (y - box["y"] - view["y"]) / view["scale"]
        return [int(np.floor(value + 0.5)) for value in exact]

    def click(self, at: Point) -> None:
        self.page.mouse.click(*self.screen(at))

    def drag(self, start: Point, end: Point) -> None:
        self.page.mouse.move(*self.screen(start))
        self.page.mouse.down()
        x, y = self.screen(end)
        self.page.mouse.move(x, y, steps=4)
        self.page.mouse.up()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def saved(self) -> None:
        expect(self.page.locator("#saved")).to_have_attribute("data-state", "saved")

    def shows(self, picture: str) -> None:
        expect(self.page.locator("#canvas")).to_have_attribute("data-picture", picture)

    def _view(self) -> tuple[dict[str, float], dict[str, float]]:
        # a change of the view is drawn with the next frame; the attribute is of the last one drawn
        self.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        canvas = self.page.locator("#canvas")
        box = canvas.bounding_box()
        assert box is not None
        return json.loads(str(canvas.get_attribute("data-view"))), {"x": box["x"], "y": box["y"]}


@pytest.fixture
def edit(chromium: Browser, console: Console) -> Iterator[Callable[..., Editor]]:
    """Open the editor as a visitor; a script that fails fails the test."""
    contexts: list[Any] = []
    errors: list[str] = []

    def open_editor(
        dataset: str, lang: str = "en-US", width: int = 1440, height: int = 900, touch: bool = False, url: str = ""
    ) -> Editor:
        context = chromium.new_context(locale=lang, viewport={"width": width, "height": height}, has_touch=touch)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{url or console.url}/labels/edit?{urlencode({'dataset': dataset})}")
        page.wait_for_selector("body[data-ready]")
        return Editor(page)

    yield open_editor
    for context in contexts:
        context.close()
    assert not errors
