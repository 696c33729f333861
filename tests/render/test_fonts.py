"""The shipped fonts are licensed, small, and the held-out ones stay apart."""

from __future__ import annotations

import numpy as np
import pytest

from ocrweb.render import fonts
from ocrweb.render.fonts import FACES, FOLDER, draws, faces, pick
from ocrweb.render.page import KINDS, render_page
from ocrweb.render.words import vocabulary

STYLES = ("sans", "narrow", "serif", "mono", "display", "hand")


def test_every_face_has_a_file_a_licence_and_a_line_in_the_readme() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    licences = {
        path.stem.removeprefix("LICENSE-"): path.read_text(encoding="utf-8") for path in FOLDER.glob("LICENSE-*.txt")
    }
    for face in FACES:
        assert (FOLDER / face.file).is_file()
        assert f"| {face.file} |" in readme
        stem = face.file.rsplit(".", 1)[0]
        owner = max((name for name in licences if stem.startswith(name)), key=len)
        assert "SIL Open Font License" in licences[owner] or "Apache License" in licences[owner]
    shipped = {path.name for path in FOLDER.iterdir() if path.suffix in (".ttf", ".otf")}
    assert shipped == {face.file for face in FACES}


def test_the_fonts_are_small() -> None:
    sizes = [path.stat().st_size for path in FOLDER.iterdir()]
    assert max(sizes) < 1_400_000
    assert sum(sizes) < 5_000_000


@pytest.mark.parametrize("chinese", [False, True])
@pytest.mark.parametrize("style", STYLES)
def test_every_style_has_faces_in_both_sets_and_none_in_common(style: str, chinese: bool) -> None:
    train = faces(style, chinese=chinese, fonts="train")  # type: ignore[arg-type]
    held_out = faces(style, chinese=chinese, fonts="held-out")  # type: ignore[arg-type]
    assert train
    assert held_out
    assert not {face.file for face in train} & {face.file for face in held_out}


@pytest.mark.parametrize("book", ["train", "held-out"])
def test_a_page_opens_only_fonts_of_its_set(book: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: set[str] = set()
    original = fonts.load

    def spy(file: str, size: int) -> object:
        opened.add(file)
        return original(file, size)

    monkeypatch.setattr(fonts, "load", spy)
    for kind in KINDS:
        for seed in range(3):
            render_page(kind, seed, (200, 200), book)  # type: ignore[arg-type]
    held_out = {face.file for face in FACES if face.held_out}
    assert opened
    assert opened <= held_out if book == "held-out" else not opened & held_out


@pytest.mark.parametrize("face", [face for face in FACES if face.chinese], ids=lambda face: face.file)
def test_chinese_faces_draw_most_of_the_vocabulary(face: fonts.Face) -> None:
    used = sorted(
        {character for words in vocabulary().values() for word in words for character in word if character >= "一"}
    )
    assert len(used) > 700
    assert np.mean([draws(face.file, character) for character in used]) > 0.97


def test_a_missing_glyph_is_noticed() -> None:
    assert draws("noto-sans-sc.otf", "中")
    assert not draws("noto-sans-sc.otf", "\u9f98")
    assert not draws("inter.ttf", "中")


def test_a_type_scales_its_faces() -> None:
    kind = pick(np.random.default_rng(0), "sans", 20, "train")
    assert kind.sized(40).font(chinese=False).size > kind.font(chinese=False).size
