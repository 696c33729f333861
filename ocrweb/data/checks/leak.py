"""The same picture in training and test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ocrweb.data.checks.finding import Finding, finding
from ocrweb.data.checks.list_file import Entry
from ocrweb.data.checks.tree import Tree
from ocrweb.data.sample import Split


@dataclass
class LeakFinder:
    """Compares contents, but only of files whose size occurs in both parts: the others cannot be equal.

    sizes: bytes that occur on both sides. train: content hash → the first training picture with it.
    """

    tree: Tree
    sizes: frozenset[int]
    train: dict[bytes, str] = field(default_factory=dict)

    @classmethod
    def between(cls, tree: Tree, train: Iterable[Entry], test: Iterable[Entry]) -> LeakFinder:
        sizes = [{tree.files[entry.image] for entry in part if entry.image} for part in (train, test)]
        return cls(tree, frozenset(sizes[0] & sizes[1]))

    def wants(self, image: str | None) -> bool:
        return image is not None and self.tree.files[image] in self.sizes

    def check(self, split: Split, image: str, digest: bytes) -> list[Finding]:
        """Training pictures are remembered, test pictures compared."""
        if split == "train":
            self.train.setdefault(digest, image)
            return []
        other = self.train.get(digest)
        return [finding("split.leak", other=other).at(image)] if other else []
