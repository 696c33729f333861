"""How likely texts were in each encoding when somebody last weighed them: python -m tests.disk.kept keeps those of today.

The texts hold letters of every class that an encoding weighs differently, and pairs of letters that no word has.
"""

from __future__ import annotations

import json
from pathlib import Path

from ocrweb.disk.likely import ENCODINGS, LOOKED_AT, _score, likely_encoding

FILE = Path(__file__).parent / "likely.json"
TEXTS = {
    "gb18030": (
        "收银小票 合计",
        "清蒸鲈鱼 馄饨 囍",
        "《￥１２》、。",
        "鑫淼 ㄅㄆ ㈠",
        "Ａ区中a国b",
        "中\x80a国",
        "亍丌",
        "𠮷野家",
        "䶮",
    ),
    "cp950": ("統一發票 合計", "鮭魚 籤詩 囍餅", "＄１２「特價」", "鑫a淼b", "ㄅㄆ"),
    "cp932": ("領収書 お釣り ラーメン", "珈琲 鰻重 鬱", "ﾎﾟｲﾝﾄ！＄", "a領b収", "①Ⅳ"),
    "euc_jp": ("領収書 ありがとう ラーメン", "珈琲 鰻重 鬱", "ﾎﾟｲﾝﾄ、。", "丂"),
    "cp949": ("영수증 합계", "뷁쉐이크 찹쌀떡 꽃게탕", "（특별）！", "金氏 漢字", "㉠ㆍ갂", "가나다"),
    "cp1251": ("Чек БОРЩ Итого", "чЕк aЧек Щёлк", "№ 5 «Їжа» І", "Ђ ‰ Љ", "ЧЕК"),
    "koi8_r": ("Чек БОРЩ Итого", "чЕк aЧек Щёлк", "─ ═ ©", "ЧЕК"),
    "cp1252": ("Café crème", "Größe 3 €", "þ ð ¿ñ", "É à"),
}
LONG = ("gb18030", "收" * LOOKED_AT + "a中" * 9)  # what lies beyond is not looked at


def weighed(codec: str, text: str) -> dict[str, object]:
    """told: the encoding alone, and beside files in each other one. Each encoding that can be: logarithm, and share of strange letters."""
    data = text.encode(codec)
    names = [one.name for one in ENCODINGS]
    told = [likely_encoding(data, lambda name=name: name) for name in ["", *names]]  # type: ignore[misc]
    scores = {one.name: score for one in ENCODINGS if (score := _score(data, one)) is not None}
    return {
        "told": [one.name if one else "" for one in told],
        **{name: [round(likely, 2), round(strange, 3)] for name, (likely, strange) in scores.items()},
    }


def all_weighed() -> dict[str, dict[str, object]]:
    texts = [(codec, text) for codec, each in TEXTS.items() for text in each]
    return {f"{codec} {text}": weighed(codec, text) for codec, text in texts} | {"long": weighed(*LONG)}


def main() -> None:
    rows = ",\n".join(f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(of)}" for name, of in all_weighed().items())
    FILE.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
