"""The same picture in training and test, or twice in one of them with other labels."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from ocrweb.data.checks.finding import Finding, finding
from ocrweb.data.checks.label_file import ScannedLabels
from ocrweb.data.checks.list_file import Entry
from ocrweb.data.checks.tree import Tree
from ocrweb.data.sample import Split


@dataclass
class LeakFinder:
    """Compares contents, but only of files whose size occurs twice: the others cannot be equal.

    sizes: bytes that occur more than once. first: part and content hash → the first picture with it, and its boxes.
    """

    tree: Tree
    sizes: frozenset[int]
    first: dict[tuple[Split, bytes], tuple[str, bytes]] = field(default_factory=dict)

    @classmethod
    def between(cls, tree: Tree, train: Iterable[Entry], test: Iterable[Entry]) -> LeakFinder:
        images = {entry.image for part in (train, test) for entry in part if entry.image}
        sizes = Counter(tree.files[image] for image in images)
        return cls(tree, frozenset(size for size, count in sizes.items() if count > 1))

    def wants(self, image: str | None) -> bool:
        return image is not None and self.tree.files[image] in self.sizes

    def check(self, split: Split, image: str, digest: bytes, labels: ScannedLabels | None) -> list[Finding]:
        """Test pictures are compared with those of the training, and all with those before them in their own part."""
        boxes = _boxes_of(labels)
        other, others = self.first.setdefault((split, digest), (image, boxes))
        found = [finding("split.contradiction", other=other).at(image)] if boxes != others else []
        if split == "test" and (learnt := self.first.get(("train", digest))):
            found.append(finding("split.leak", other=learnt[0]).at(image))
        return found


def _boxes_of(labels: ScannedLabels | None) -> bytes:
    """Equal for equal boxes in any order."""
    if labels is None:
        return b""
    rows = np.column_stack([labels.quads.reshape(-1, 8), labels.ignored]) + 0.0  # no -0
    return hashlib.blake2b(b"".join(sorted({row.tobytes() for row in rows})), digest_size=16).digest()
