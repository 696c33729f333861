"""Which encoding a text is in: told by a few words, never told wrongly, and not told where two would do."""

from __future__ import annotations

import json

import pytest

from ocrweb.disk import likely
from ocrweb.disk.encodings import decoded, other_text, usual_encoding
from ocrweb.disk.likely import likely_encoding
from tests.disk.kept import FILE, LONG, all_weighed, weighed

WORDS = {
    "gb18030": ("GB18030", "收银小票 鱼香肉丝 合计 找零 谢谢惠顾 欢迎光临"),
    "cp950": ("Big5", "統一發票 珍珠奶茶 合計 找零 謝謝光臨 歡迎"),
    "cp932": ("Shift-JIS", "領収書 ラーメン 合計 お釣り 消費税 ﾎﾟｲﾝﾄ"),
    "euc_jp": ("EUC-JP", "領収書 ラーメン 合計 お釣り ありがとう 消費税"),
    "cp949": ("EUC-KR", "영수증 김치찌개 합계 거스름돈 감사합니다 부가세"),
    "cp1251": ("Windows-1251", "Чек БОРЩ Итого Сдача Спасибо Пельмени"),
    "koi8_r": ("KOI8-R", "Чек БОРЩ Итого Сдача Спасибо Пельмени"),
}


@pytest.mark.parametrize(("codec", "name", "words"), [(codec, *known) for codec, known in WORDS.items()])
def test_a_few_words_tell_the_encoding_and_one_is_never_taken_for_another(codec: str, name: str, words: str) -> None:
    likely = likely_encoding(words.encode(codec))
    assert likely is not None
    assert (likely.name, words.encode(codec).decode(likely.codec)) == (name, words)
    for word in words.split():
        alone = likely_encoding(word.encode(codec))
        assert alone is None or alone.name == name, word


@pytest.mark.parametrize(
    ("codec", "words"),
    [
        ("gb18030", "清蒸鲈鱼 红烧肉 馄饨 酸菜鱼 枸杞鸡汤 白灼虾"),
        ("gb18030", "《￥１２．５０》 人民币（大写）：壹拾贰元伍角整"),
        ("cp950", "鮭魚壽司 鰻魚飯 籤詩 纜車票 囍餅"),
        ("cp950", "＄１２５．００ 「特價」 總計：壹佰貳拾伍圓整"),
        ("cp932", "珈琲とケーキ 鰻重 お寿司セット 消費税（１０％）"),
        ("euc_jp", "珈琲とケーキ 鰻重 お寿司セット 消費税（１０％）"),
        ("cp949", "뷁쉐이크 찹쌀떡 떡볶이 꽃게탕 （특별）"),
    ],
)
def test_rare_letters_and_signs_are_no_other_encodings_usual_ones(codec: str, words: str) -> None:
    likely = likely_encoding(words.encode(codec))
    assert likely is not None
    assert words.encode(codec).decode(likely.codec) == words


@pytest.mark.parametrize("words", ["Café crème", "Größe", "señor", "thé à emporter 3 €"])
def test_accents_alone_are_never_told_and_never_taken_for_chinese(words: str) -> None:
    assert likely_encoding(words.encode("cp1252")) is None
    assert other_text(words.encode("cp1252")).encoding == ""


def test_words_that_two_encodings_have_are_not_told() -> None:
    assert likely_encoding("합".encode("cp949")) is None
    assert likely_encoding(b"\x81") is None


@pytest.mark.parametrize("word", ["收", "找零", "亚滕加", "票据"])
def test_a_chinese_word_alone_is_told_as_before(word: str) -> None:
    assert getattr(likely_encoding(word.encode("gb18030")), "name", "") == "GB18030"


def test_files_beside_decide_where_one_alone_cannot_and_another_is_not_surely_likelier() -> None:
    big5, korean, untold = "統一發票".encode("cp950"), "김치찌개".encode("cp949"), "中文".encode("cp950")
    assert likely_encoding(untold) is None
    assert other_text(untold, lambda: usual_encoding([big5, untold, b"a", "票".encode()])) == ("中文", "Big5")
    assert usual_encoding([untold + b"\n\n" + "发票 收据\n".encode() * 9 + big5]) == "Big5"
    assert usual_encoding([big5, untold, korean]) == usual_encoding([b"a", "票".encode()]) == ""
    assert usual_encoding(["합계".encode("cp949"), "서울".encode("cp949"), "가".encode("cp949")]) == "EUC-KR"
    assert other_text("Größe".encode("cp1252"), lambda: "GB18030").encoding == ""
    assert other_text("統一發票".encode("cp950"), lambda: "GB18030").encoding == "Big5"


@pytest.mark.parametrize(
    ("scores", "beside", "told"),
    [
        ({"Big5": (-10.0, 0.1), "EUC-KR": (-15.0, 0.0)}, "", "Big5"),
        ({"Big5": (-10.0, 0.1), "EUC-KR": (-14.9, 0.0)}, "", ""),
        ({"Big5": (-10.0, 0.11), "EUC-KR": (-15.0, 0.0)}, "", ""),
        ({"GB18030": (-10.0, 0.34), "EUC-KR": (-13.0, 0.0)}, "", "GB18030"),
        ({"GB18030": (-10.0, 0.35), "EUC-KR": (-13.0, 0.0)}, "", ""),
        ({"GB18030": (-10.0, 0.34), "EUC-KR": (-12.9, 0.0)}, "", ""),
        ({"EUC-KR": (-10.0, 0.1)}, "", "EUC-KR"),
        ({"Windows-1252": (-10.0, 0.0)}, "", ""),
        ({"Windows-1252": (-10.0, 0.0)}, "Windows-1252", "Windows-1252"),
        ({"Big5": (-10.0, 0.0), "EUC-KR": (-14.9, 0.34)}, "EUC-KR", "EUC-KR"),
        ({"Big5": (-10.0, 0.0), "EUC-KR": (-14.9, 0.35)}, "EUC-KR", ""),
        ({"Big5": (-10.0, 0.3), "EUC-KR": (-15.0, 0.0)}, "EUC-KR", ""),
        ({"Big5": (-10.0, 0.0), "EUC-KR": (-14.9, 0.0)}, "Shift-JIS", ""),
        ({}, "Big5", ""),
    ],
)
def test_by_how_much_and_with_how_many_strange_letters_one_is_told(
    scores: dict[str, tuple[float, float]], beside: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likely, "_score", lambda data, one: scores.get(one.name))
    assert getattr(likely_encoding(b"", lambda: beside), "name", "") == told


def test_texts_are_as_likely_in_each_encoding_as_when_last_weighed() -> None:
    """Meant to be otherwise? Measure how many words are told and told wrongly, then ``python -m tests.disk.kept``."""
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    assert all_weighed() == kept
    assert kept["long"]["GB18030"] == weighed("gb18030", LONG[1][:-18])["GB18030"]


def test_a_file_that_is_only_read_is_read_in_the_likely_encoding_or_as_before() -> None:
    assert decoded("a\n領収書 ラーメン".encode("cp932")) == "a\n領収書 ラーメン"
    assert decoded("票据\n".encode() + "領収書 ラーメン".encode("cp932")) == "票据\n領収書 ラーメン"
    assert decoded("Café".encode("cp1252")) == "Café"
    assert decoded("发票".encode("utf-16")) == decoded(b"\xfe\xff" + "发票".encode("utf-16-be")) == "发票"
