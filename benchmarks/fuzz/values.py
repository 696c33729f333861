"""Values that a field of the page, a parameter or a body may be given by somebody who means harm, or by accident."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

NUMBERS: tuple[Any, ...] = (
    float("nan"), float("inf"), float("-inf"), 1e308, -1e308, 5e-324, -1, 0, -0.0, 2**31, 2**63, 2**64, -(2**63), 10**400, 0.1,
)  # fmt: skip
WORDS = (
    "", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "‮gpj.exe", "​", "null", "None", "undefined", "true", "NaN",
    "<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "{{7*7}}", "${7*7}", "%s%s%n", "%00", "`id`", "$(id)",
    "; cat /etc/passwd", "' OR 1=1 --", "=cmd|' /C calc'!A0", "CON", "aux.txt", "a" * 300, "发" * 300, "-rf", "--help", "\r\nX-A: b",
    "ppocrv6-small", "latest", "auto", "http://127.0.0.1:1/", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd",
    "data:image/png;base64,AAAA", "data:,", "data:image/svg+xml,<svg/>", "gopher://127.0.0.1:25/", "ftp://127.0.0.1/x",
)  # fmt: skip
ESCAPES = (
    "..", "../..", "../../../../../../etc/passwd", "/etc/passwd", "/etc/shadow", "/proc/self/environ", "/proc/self/mem", "/dev/zero",
    "/dev/stdin", "~", "~root", "~/.ssh/id_rsa", "..\\..\\windows\\win.ini", "/./././etc/passwd", "....//....//etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%252f..%252fetc%252fpasswd", "/etc/passwd\0.png", "\\\\host\\share", "C:\\boot.ini", "//etc/passwd",
)  # fmt: skip


class Values:
    """Drawn from the dice. foreign: files that nobody may ever be shown, by full path."""

    def __init__(self, foreign: list[Path]) -> None:
        self._foreign = [str(path) for path in foreign]

    def any(self, dice: random.Random, depth: int = 0) -> Any:
        kind = dice.randrange(9 if depth < 3 else 6)
        if kind <= 1:
            return self.text(dice)
        if kind == 2:
            return dice.choice(NUMBERS)
        if kind == 3:
            return dice.choice([None, True, False])
        if kind <= 5:
            return self.file(dice)
        if kind == 6:
            return [self.any(dice, depth + 1) for _ in range(dice.randrange(4))]
        if kind == 7:
            return {self.text(dice)[:50]: self.any(dice, depth + 1) for _ in range(dice.randrange(4))}
        return self.deep(dice)

    def text(self, dice: random.Random) -> str:
        kind = dice.randrange(6)
        if kind == 0:
            return self.path(dice)
        if kind == 1:
            return dice.choice([6_000, 70_000]) * dice.choice(["a", "9", "发", "(", "\\", "<", "[", " "])
        if kind == 2:
            return "".join(
                chr(dice.choice([dice.randrange(0x20), dice.randrange(0x300), dice.randrange(0x10FFFF)]))
                for _ in range(20)
            )
        return dice.choice(WORDS)

    def path(self, dice: random.Random) -> str:
        chosen = dice.choice([*ESCAPES, *self._foreign, *self._foreign])
        return chosen if dice.random() < 0.8 else dice.choice(["file://", "/gradio_api/file=", "file=", "./"]) + chosen

    def file(self, dice: random.Random) -> dict[str, Any]:
        """A file value that was never uploaded."""
        made: dict[str, Any] = {"path": self.path(dice), "meta": {"_type": "gradio.FileData"}}
        if dice.random() < 0.3:
            made["url"] = dice.choice([self.path(dice), *WORDS[-9:]])
        if dice.random() < 0.2:
            made["path"] = dice.choice([None, 5, ["/etc/passwd"], ""])
        if dice.random() < 0.2:
            made |= {"is_stream": True, "orig_name": self.path(dice), "size": dice.choice(NUMBERS[6:10])}
        return made if dice.random() < 0.8 else {"image": made, "caption": None}

    def deep(self, dice: random.Random) -> Any:
        made: Any = self.text(dice)[:100]
        for _ in range(dice.choice([40, 300])):
            made = [made] if dice.random() < 0.5 else {"a": made}
        return made
