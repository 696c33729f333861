"""Every command that a document names, as a reader would type it, and what a test puts in the place of the reader's things."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from ocrweb.config.paths import CHECKOUT

PAGES = [
    "README.md",
    "README_zh.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *sorted(f"docs/{p.name}" for p in (CHECKOUT / "docs").glob("*.md")),
]
PROGRAMS = (
    "ocrweb",
    "bash",
    "python",
    "python3",
    "pip",
    "docker",
    "systemctl",
    "journalctl",
    "useradd",
    "install",
    "cp",
    "cd",
    "echo",
    "sudo",
    "eval",
    "source",
)
_VARIABLES = re.compile(r"^(?:[A-Z_]+=\S+ )+")


class Named(NamedTuple):
    """A command in a document. block: in a fenced one, which a reader pastes as a whole."""

    page: str
    text: str
    block: bool

    @property
    def plain(self) -> str:
        """Without the variables before it, the folder of the program, and the brackets of what may be left out."""
        text = _VARIABLES.sub("", self.text)
        return re.sub(r"^\S*/(?=(ocrweb|pip|python)\b)", "", text).replace("[", "").replace("]", "")

    @property
    def program(self) -> str:
        return self.plain.split(" ")[0]


def named(page: str) -> list[Named]:
    """All of a page, in order."""
    text = (CHECKOUT / page).read_text(encoding="utf-8")
    found: list[tuple[int, Named]] = []
    for match in re.finditer(r"^```(\w*)\n(.*?)^```", text, re.S | re.M):
        if match[1] in ("bash", "sh", ""):
            for line in match[2].replace("\\\n", " ").splitlines():
                found.append((match.start(), Named(page, re.sub(r"\s+", " ", line.split("  #")[0]).strip(), True)))
    blanked = re.sub(r"^```.*?^```", lambda match: " " * len(match[0]), text, flags=re.S | re.M)
    for match in re.finditer(r"(?<!`)`([^`\n]+)`(?!`)", blanked):
        found.append((match.start(), Named(page, match[1], False)))
    ordered = [one for _, one in sorted(found, key=lambda pair: pair[0])]
    return [
        one for one in ordered if one.program in PROGRAMS and " " in one.plain and not one.plain.startswith("eval -")
    ]


EVERY = [one for page in PAGES for one in named(page)]
OURS = [one for one in EVERY if one.program == "ocrweb"]

STANDS_FOR = {
    "PICTURE": "{picture}", "PICTURES": "{pictures}", "FOLDER": "{pictures}", "IMAGES": "{pictures}",
    "图片": "{picture}", "文件夹": "{pictures}", "DIR": "{data}", "目录": "{data}", "DATASET": "{data}", "数据集": "{data}",
    "FILE": "{file}", "文件": "{file}", "RUN": "latest", "训练名": "latest", "训练目录": "latest", "sroie": "{data}", "scene": "{data}",
    "my_data": "{data}", "TOOL": "ppocrlabel", "工具": "ppocrlabel",
    "invoices/*.pdf": "{pdf}", "bash|zsh|fish": "bash",
    "/var/lib/ocrweb-new": "{free}", "/backup/ocrweb-2026-11-29.tar.gz": "{backup}", "/backup/ocrweb-$(date": "{backup}",
}  # fmt: skip
WRITES = ("--out",)  # what stands behind it is made by the command


def words(one: Named, place: dict[str, str]) -> list[str]:
    """The words after `ocrweb`, with things of the test's in the place of the reader's. place: what `STANDS_FOR` names."""
    typed = [word for word in shlex.split(one.plain)[1:] if word not in ("…", "...", "+%F).tar.gz")]
    made = []
    for at, word in enumerate(typed):
        key, equals, value = (re.sub(r"\{\w+\}", "latest", part) for part in word.rpartition("="))
        chosen = STANDS_FOR.get(value, value)
        if at and typed[at - 1] in WRITES and chosen in ("{data}", "{pictures}"):
            chosen = "{free}"
        made.append((key + equals + chosen).format(**place) if "{" in chosen else key + equals + chosen)
    return made
