"""What stands between the points and the text of a label line: nothing, a script (MLT), or a difficulty (RCTW)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

Dialect = Literal["plain", "scripts", "difficulty"]
SCRIPTS = ("Arabic", "Latin", "Chinese", "Japanese", "Korean", "Bangla", "Hindi", "Symbols", "Mixed", "None")
_IN_CHINESE = ("阿拉伯文", "拉丁文", "英文", "中文", "日文", "韩文", "孟加拉文", "印地文", "符号", "混合", "无")
SCRIPT = re.compile(rf"({'|'.join((*SCRIPTS, 'English', *_IN_CHINESE))}),(.*)", re.DOTALL | re.IGNORECASE)
DIFFICULTY = re.compile(r"([01]),\"(.*)\"", re.DOTALL)


def dialect_of(texts: Sequence[str]) -> Dialect:
    """The one of most lines. texts: all that follows the points of each."""
    marked = [text for text in texts if "," in text]
    if 2 * len(marked) <= len(texts):  # as in nearly every file; asking each line cost a sixth of all the time
        return "plain"
    found: Counter[Dialect] = Counter({"plain": len(texts) - len(marked)})
    for text in marked:
        scripts, difficulty = SCRIPT.fullmatch(text), DIFFICULTY.fullmatch(text)
        found["scripts" if scripts else "difficulty" if difficulty else "plain"] += 1
    most = found.most_common(1)
    return most[0][0] if most and 2 * most[0][1] > found.total() else "plain"
