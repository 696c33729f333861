"""A browser gets an upright JPEG or PNG as it is and everything else written again, once for each version of the file."""

from __future__ import annotations

import io
import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from ocrweb.errors import OcrwebError
from ocrweb.imaging.picture import DEFAULT_LIMITS
from ocrweb.services.labels import picture as module
from ocrweb.services.labels.entries import LabelledSet, LabelPlace
from ocrweb.services.labels.picture import THUMBNAIL, picture_tag, shown_picture, thumbnail


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    module._turned.clear()


@pytest.fixture
def place(labelled: LabelledSet) -> LabelPlace:
    return labelled.place("train_images/1.png")


def written(place: LabelPlace, kind: str, orientation: int = 1) -> bytes:
    """120 wide and 60 high as it lies, the left half red."""
    pixels = np.zeros((60, 120, 3), np.uint8)
    pixels[:, :60, 0] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    given = {} if kind == "BMP" else {"exif": exif}
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind, **given)
    place.image.write_bytes(stream.getvalue())
    return stream.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(("kind", "media"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_an_upright_file_goes_out_byte_by_byte(place: LabelPlace, kind: str, media: str) -> None:
    content = written(place, kind)
    shown = shown_picture(place)
    assert (shown.content, shown.kind, shown.tag) == (content, media, picture_tag(place))


@pytest.mark.parametrize(
    ("kind", "orientation", "media", "format"),
    [("JPEG", 6, "image/jpeg", "JPEG"), ("PNG", 6, "image/png", "PNG"), ("BMP", 1, "image/png", "PNG")],
)
def test_what_lies_on_its_side_or_no_browser_knows_is_written_again_once(
    place: LabelPlace, kind: str, orientation: int, media: str, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(place, kind, orientation)
    shown = shown_picture(place)
    picture = opened(shown.content)
    assert (shown.kind, picture.format) == (media, format)
    assert picture.size == ((60, 120) if orientation == 6 else (120, 60))
    assert np.asarray(picture.convert("RGB"))[2, 2].tolist() == pytest.approx([255, 0, 0], abs=40)  # top-left in both
    small = thumbnail(place)
    monkeypatch.setattr(module, "read_picture", None)
    monkeypatch.setattr(module, "read_small", None)
    assert shown_picture(place) is shown
    assert thumbnail(place) is small
    assert module._turned.size() == len(shown.content) + len(small.content)


def test_another_file_under_the_same_name_is_another_picture(place: LabelPlace) -> None:
    written(place, "PNG", 6)
    before, small = shown_picture(place), thumbnail(place)
    state = os.stat(place.image)
    beside = place.image.with_name("new.png")
    beside.write_bytes(place.image.read_bytes())
    os.utime(beside, ns=(state.st_atime_ns, state.st_mtime_ns))
    os.replace(beside, place.image)  # as large and as old as the one before
    after = shown_picture(place)
    assert after.tag != before.tag
    assert thumbnail(place).tag != small.tag


def test_a_thumbnail_is_a_small_upright_jpeg(place: LabelPlace) -> None:
    written(place, "PNG", 6)
    small = thumbnail(place)
    picture = opened(small.content)
    assert (small.kind, picture.format, picture.size) == ("image/jpeg", "JPEG", (THUMBNAIL // 2, THUMBNAIL))


@pytest.mark.parametrize("show", [shown_picture, thumbnail])
def test_a_picture_that_is_gone_or_none_is_told_by_its_name(place: LabelPlace, show: object) -> None:
    for content, code in ((b"no picture", "image."), (None, "image.missing")):
        place.image.unlink()
        if content is not None:
            place.image.write_bytes(content)
        with pytest.raises(OcrwebError) as refused:
            show(place)  # type: ignore[operator]
        assert refused.value.code.startswith(code)
        assert place.picture in refused.value.message("en")
        assert str(place.image) not in refused.value.message("en")


def test_a_picture_that_says_it_is_too_large_is_not_sent_though_it_lies_upright(
    place: LabelPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(place, "PNG")
    monkeypatch.setattr(module, "DEFAULT_LIMITS", replace(DEFAULT_LIMITS, side=119))
    with pytest.raises(OcrwebError, match=r"image\.too-long"):
        shown_picture(place)
    monkeypatch.setattr(module, "DEFAULT_LIMITS", replace(DEFAULT_LIMITS, side=120))
    assert shown_picture(place).kind == "image/png"
