"""CVAT for video: tracks, whose shapes say the number of their frame and not the name of its picture.

The pictures of frames are told by the numbers in their names, as CVAT itself writes them (``frame_000012.png``), or, where
there are as many as frames, by their order.
"""

from __future__ import annotations

import itertools
import posixpath
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from ocrweb.data.checks.names import stem_of
from ocrweb.data.formats.annotated import Items, LabelledPicture, Shape, Trouble, size_in, split_in, text_in
from ocrweb.data.formats.cvat import shape_of
from ocrweb.data.formats.tree import SourceTree, composed

_NUMBER = re.compile(r"(\d{1,18})\D*$")
_OWN = re.compile(r"frame_\d{6}")  # CVAT's name of a frame
_STEP = re.compile(r"step\s*=\s*(\d{1,9})")


@dataclass(frozen=True, slots=True)
class _Task:
    """first, step: of the numbers of frames. count: of frames, 0 where nobody says. source: the video's name."""

    first: int
    step: int
    count: int
    source: str

    def holds(self, frame: int) -> bool:
        behind, odd = divmod(frame - self.first, self.step)
        return not odd and behind >= 0 and (not self.count or behind < self.count)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A track on a frame. outside: it is not to be seen there."""

    frame: int
    shape: Shape | str
    outside: bool


def is_video(root: Element) -> bool:
    return root.tag == "annotations" and root.find("track") is not None and root.find("image") is None


def read_video(tree: SourceTree, file: str, root: Element) -> Items:
    """A picture for each frame of the task that has one, with or without shapes. Between two frames of a track that a file
    leaves out, shapes move evenly, as they do in CVAT."""
    tracks: list[list[_Seen]] = []
    for number, track in enumerate(root.findall("track"), start=1):
        seen, odd = _seen(track)
        tracks.append(seen)
        if odd:
            yield Trouble("broken", f"{file}#track {number}", "frame", odd)
    wanted = {one.frame for seen in tracks for one in seen if not one.outside}
    several = len({track.get("task_id") for track in root.findall("track")}) > 1
    task = _task_of(root)
    names = {} if several else _pictures_of(tree, file, task, wanted)
    told = sorted(frame for frame in names if task.holds(frame))
    frames: dict[int, list[Shape | str]] = {frame: [] for frame in told}
    homeless: dict[int, int] = defaultdict(int)
    for seen in tracks:
        for frame, shape in (*_shown(seen), *_between(seen, told)):
            if frame in frames:
                frames[frame].append(shape)
            else:
                homeless[frame] += 1
    size = size_in(root.findtext(".//original_size/width"), root.findtext(".//original_size/height"))
    for frame, count in homeless.items():
        yield Trouble("which-frame", f"{file}#{frame}", str(frame), count)
    for frame in told:
        yield _picture(names[frame], frames[frame], f"{file}#{frame}", posixpath.dirname(file), size)


def _picture(
    name: str, read: list[Shape | str], where: str, folder: str, size: tuple[int, int] | None
) -> LabelledPicture:
    shapes = tuple(shape for shape in read if isinstance(shape, Shape))
    bad = tuple(shape for shape in read if isinstance(shape, str))
    return LabelledPicture((name,), shapes, where, folder, size, bad, split_in(where) or split_in(name))


def _seen(track: Element) -> tuple[list[_Seen], int]:
    """A track in the order of its frames, and how many of its shapes say no frame."""
    label = text_in(track.get("label"))
    found: list[_Seen] = []
    odd = 0
    for entry in track:
        if entry.tag == "attribute":
            continue
        frame = re.fullmatch(r"\s*(\d{1,18})\s*", entry.get("frame") or "")
        outside = (entry.get("outside") or "").strip().lower() in ("1", "true")
        if frame:
            found.append(_Seen(int(frame[1]), shape_of(entry, label), outside))
        else:
            odd += 1
    return sorted(found, key=lambda one: one.frame), odd


def _shown(seen: list[_Seen]) -> Iterator[tuple[int, Shape | str]]:
    return ((one.frame, one.shape) for one in seen if not one.outside)


def _between(seen: list[_Seen], frames: list[int]) -> Iterator[tuple[int, Shape | str]]:
    """What a track is on frames that it leaves out. frames: in order."""
    for one, after in itertools.pairwise(seen):
        if one.outside:
            continue
        for frame in frames[bisect_right(frames, one.frame) : bisect_left(frames, after.frame)]:
            yield frame, _moved(one, after, (frame - one.frame) / (after.frame - one.frame))


def _moved(one: _Seen, after: _Seen, share: float) -> Shape | str:
    """A shape a share of the way to the next one; it stays where it is until the track ends."""
    if after.outside or isinstance(one.shape, str):
        return one.shape
    if isinstance(after.shape, str) or after.shape.points.shape != one.shape.points.shape:
        return "points"  # CVAT moves other outlines in ways of its own
    return replace(one.shape, points=one.shape.points + (after.shape.points - one.shape.points) * share)


def _task_of(root: Element) -> _Task:
    step = _STEP.search(root.findtext(".//frame_filter") or "")
    source = text_in(root.findtext(".//meta//source"))
    return _Task(_count(root, "start_frame"), max(1, int(step[1])) if step else 1, _count(root, "size"), source)


def _count(root: Element, name: str) -> int:
    said = re.fullmatch(r"\s*(\d{1,18})\s*", root.findtext(f"meta/*/{name}") or "")
    return int(said[1]) if said else 0


def _pictures_of(tree: SourceTree, file: str, task: _Task, wanted: set[int]) -> dict[int, str]:
    """Frame → picture; none where it is not sure. wanted: frames that have shapes."""
    pictures = _near(tree, file, task.source)
    numbered = _numbered(pictures)
    begin = min(numbered, default=-1)
    known = wanted <= numbered.keys() and all(map(task.holds, wanted))
    own = bool(pictures) and all(_OWN.fullmatch(stem_of(name)) for name in pictures)
    if known and begin in (0, task.first) and (task.step == 1 or all(map(task.holds, numbered))):
        return numbered
    if len(pictures) == task.count and list(pictures) == sorted(pictures):
        return {task.first + task.step * place: name for place, name in enumerate(pictures)}
    return numbered if own and begin != 1 else {}


def _numbered(pictures: tuple[str, ...]) -> dict[int, str]:
    """Pictures by the last number in their names; none where two have the same."""
    found = [(int(said[1]), name) for name in pictures if (said := _NUMBER.search(stem_of(name)))]
    numbered = dict(found)
    return numbered if len(numbered) == len(found) else {}


def _near(tree: SourceTree, file: str, source: str) -> tuple[str, ...]:
    """The pictures in a folder that is called as the file or its video, else those beside or below the file, else all."""
    called = {composed(stem_of(name)).casefold() for name in (file, source.replace("\\", "/")) if name}
    folder = PurePosixPath(posixpath.dirname(file))
    named = tuple(
        name
        for name in tree.pictures
        if called & {composed(part).casefold() for part in PurePosixPath(name).parts[:-1]}
    )
    below = tuple(name for name in tree.pictures if PurePosixPath(name).is_relative_to(folder))
    return named or below or tree.pictures
