"""Names of files: their parts, what they say a file is, and which of them mean the same."""

from __future__ import annotations

import pytest

from ocrweb.data.checks.names import (  # fmt: skip
    is_label_name,
    is_picture_name,
    known_label_stems,
    similar_name_key,
    stem_of,
    suffix_of,
)


@pytest.mark.parametrize(
    ("name", "stem", "suffix"),
    [
        ("a/b/1.jpg", "1", ".jpg"), ("1.tar.GZ", "1.tar", ".GZ"), ("a.b/none", "none", ""), ("none", "none", ""), (".hidden", ".hidden", ".hidden"),
        ("a/.x.txt", ".x", ".txt"), ("dot.", "dot", "."), ("票 据.png", "票 据", ".png"),
    ],
)  # fmt: skip
def test_stem_and_suffix(name: str, stem: str, suffix: str) -> None:
    assert (stem_of(name), suffix_of(name)) == (stem, suffix)


@pytest.mark.parametrize(
    ("name", "picture", "label"),
    [
        ("1.JPG", True, False), ("1.jpeg", True, False), ("1.tiff", True, False), ("1.heic", True, False), ("1.avif", True, False), ("1.webp", True, False),
        ("1.txt", False, True), ("1.TXT", False, True), ("1.pdf", False, False), ("jpg", False, False), ("a.jpg/1", False, False), ("1.jpg.txt", False, True),
    ],
)  # fmt: skip
def test_what_a_name_says_a_file_is(name: str, picture: bool, label: bool) -> None:
    assert (is_picture_name(name), is_label_name(name)) == (picture, label)


def test_names_other_tools_give_to_the_label_of_a_picture() -> None:
    assert known_label_stems("train_images/a/1.x.jpg") == ("gt_1.x", "1.x.jpg", "gt_1.x.jpg", "res_1.x")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a/1.jpg", "a/1.PNG", True), ("a/1.jpg", "A/1.jpg", True), ("a/é.jpg", "a/e\u0301.jpg", True), ("a/1.txt", "a/1.TXT", True),
        ("a/1.jpg", "a/1.txt", False), ("a/1.jpg", "b/1.jpg", False), ("a/1.jpg", "a/2.jpg", False), ("a/1", "a/1.jpg", False), ("a/x", "a/X", True),
        ("a/1.txt", "a/1.csv", False), ("a/Straße.jpg", "a/STRASSE.jpg", True),
        ("a/（１）.jpg", "a/(1).jpg", True), ("a/1.txt.txt", "a/1.txt", True), ("a/1.JPG.jpg", "a/1.jpg", True), ("a/1.jpg.txt", "a/1.txt", False),
        ("a/ 1 .txt", "a/1.txt", True), ("a/1.txt ", "a/1.txt", True), ("a/1 2.txt", "a/12.txt", False),
    ],
)  # fmt: skip
def test_names_that_differ_in_case_suffix_or_form_alone_mean_the_same(one: str, other: str, same: bool) -> None:
    assert (similar_name_key(one) == similar_name_key(other)) is same
