"""What no answer may ever show, and what may never have been touched."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fuzz.request import Answer, Bad, Pressed, Raw

TRACEBACK = "Traceback (most recent call last)"
LIBRARIES = re.compile(
    r"/site-packages/|/dist-packages/|/usr/(?:lib|local|share)/[\w.-]+/|/root/[\w.-]+/|\.py\", line \d+"
)
KNOWN_FILES = re.compile(r"root:[x*]:0:0:|OCRWEB_HOME=/|\[extensions\]|BEGIN [A-Z ]*PRIVATE KEY")
MAY_NAME_FOLDERS = ("batch.outside-root",)  # who may type a folder of the server is told which ones
WATCHED = ("/etc", "/usr/local", "/opt", "/home", "/srv")


@dataclass(frozen=True)
class Found:
    """kind: traceback, path, foreign content, no answer, too late, unforeseen. what: the words that tell it."""

    kind: str
    what: str


@dataclass
class Surroundings:
    """Files around a data root that nobody may read or write, each with a word in it that no answer may ever hold.

    canaries: path → that word; those in the data root are read by the console itself, so that only their words count.
    """

    place: Path
    home: Path
    source: Path
    canaries: dict[Path, str] = field(default_factory=dict)
    own: dict[Path, str] = field(default_factory=dict)
    before: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def plant(self) -> None:
        outside = self.place / "outside"
        for name in ("secret.txt", "secret.png", "folder/secret.yml", "model.onnx", "data/train_list.txt"):
            self._plant(self.canaries, outside / name)
        for name in ("secret.txt", ".ocrweb/secret.json", "workdirs/notes.txt"):
            self._plant(self.own, self.home / name)
        os.mkfifo(outside / "pipe")
        (outside / "link.png").symlink_to(outside / "secret.png")
        for path in self.canaries:
            os.utime(path, (1000, 2000))  # so old that the next reading shows in the time of access
        self.before = self._seen()

    def foreign(self) -> list[Path]:
        outside = self.place / "outside"
        return [*self.canaries, *self.own, outside / "pipe", outside / "link.png", outside, self.home / ".ocrweb" / "page_secret",
                self.home / ".ocrweb", Path("/dev/zero"), self.home]  # fmt: skip

    def words(self) -> list[str]:
        return [*self.canaries.values(), *self.own.values()]

    def touched(self) -> list[str]:
        """Canaries that were read, files that came, went or changed outside of the data root."""
        found = [f"read: {path}" for path in self.canaries if path.exists() and path.stat().st_atime != 1000]
        after = self._seen()
        found += [f"written: {path}" for path in after if self.before.get(path) != after[path]]
        return found + [f"removed: {path}" for path in self.before if path not in after]

    def _plant(self, group: dict[Path, str], path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        group[path] = f"canary{secrets.token_hex(12)}"
        path.write_text(group[path] + "\n", encoding="utf-8")

    def _seen(self) -> dict[Path, tuple[int, int]]:
        """Size and time of change of what lies around."""
        roots = [self.place / "outside", self.source / "ocrweb", self.source / "configs", *map(Path, WATCHED)]
        found: dict[Path, tuple[int, int]] = {}
        for root in roots:
            for folder, folders, files in os.walk(root):
                folders[:] = [name for name in folders if name != "__pycache__"]
                for name in files:
                    with contextlib.suppress(OSError):
                        state = os.lstat(os.path.join(folder, name))
                        found[Path(folder, name)] = (state.st_size, state.st_mtime_ns)
        return found


def judge(bad: Bad, answer: Answer, around: Surroundings) -> list[Found]:
    """What is wrong with an answer. What was sent may come back: it is no secret of the console's."""
    if answer.late:
        return [Found("too late", "no answer")]
    found = []
    sent = _sent(bad)
    for word in around.words():
        if word in answer.text:
            found.append(Found("foreign content", word))
    if (known := KNOWN_FILES.search(answer.text)) and known[0] not in sent:
        found.append(Found("foreign content", known[0]))
    if TRACEBACK in answer.text:
        found.append(Found("traceback", _around(answer.text, answer.text.index(TRACEBACK))))
    if "usage.internal" in answer.text:
        found.append(Found("unforeseen", _around(answer.text, answer.text.index("usage.internal"))))
    paths = [match for match in LIBRARIES.finditer(answer.text) if match[0] not in sent]
    if paths:
        found.append(Found("path", _around(answer.text, paths[0].start())))
    elif answer.error and not any(code in answer.text for code in MAY_NAME_FOLDERS):
        for root in (str(around.home), str(around.source)):
            at = answer.text.find(root)
            if at >= 0 and not _is_echo(answer.text[at : at + 200], sent):
                found.append(Found("path", _around(answer.text, at)))
    if answer.status == 0 and (isinstance(bad, Pressed) or (isinstance(bad, Raw) and bad.strict)):
        found.append(Found("no answer", answer.text[:200]))
    if answer.status == 500:
        found.append(Found("unforeseen", answer.text[:300]))
    return found


def _sent(bad: Bad) -> str:
    if isinstance(bad, Raw):
        return bad.data.decode("utf-8", "replace")
    return repr(bad.values)


def _is_echo(told: str, sent: str) -> bool:
    """Whether a path in an answer is one that the visitor named, or begins with it."""
    path = re.split(r"[\s\"'“”‘’「」<>&\\,)]", told, maxsplit=1)[0].rstrip(".:;")
    return len(path) > 1 and path in sent


def _around(text: str, at: int) -> str:
    return text[max(0, at - 120) : at + 280]
