"""Download published weights that training can start from, once, checked before they count."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from ocrweb.config.model_names import HOUSE
from ocrweb.disk.address import missing_path
from ocrweb.disk.atomic import replace_file
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence
from ocrweb.runtime.published import OFFICIAL, PUBLISHED_WEIGHTS, Published, folder, kept_at
from ocrweb.services.intake.fetch import MOST, fetch, sha256_of
from ocrweb.services.models.weights import network_of

OnProgress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Downloaded:
    """path: of the weights. sha256: of that file. fresh: False when they were there already."""

    name: str
    path: str
    sha256: str
    fresh: bool

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def download(
    what: str,
    *,
    source: Path | None = None,
    on_progress: OnProgress = lambda name, done, total: None,
    weights: Sequence[Published] = PUBLISHED_WEIGHTS,
) -> list[Downloaded]:
    """Get published weights into this installation; those that are there are left alone.

    what: ``official``. source: a folder with the files of the urls, for a machine without a network. on_progress: called
    with name, bytes done and in all. Raises what `fetch` raises, ``usage.unknown-name``, ``usage.missing-path``,
    ``download.damaged`` (a wrong checksum or archive) and ``download.not-the-weights``.
    """
    if what != OFFICIAL:
        raise OcrwebError("usage.unknown-name", what=Sentence("command.word-download"), name=what, nearest=OFFICIAL)
    folder().mkdir(parents=True, exist_ok=True)
    return [_get(published, source, on_progress) for published in weights]


def _get(published: Published, source: Path | None, on_progress: OnProgress) -> Downloaded:
    target = kept_at(published)
    if target.is_file():
        return Downloaded(published.name, str(target), sha256_of(target), fresh=False)
    if source is not None:
        _keep(published, _local(published, source), target)
    else:
        part = target.with_name(f"{target.name}.part")
        fetch(published.url, part, lambda done, total: on_progress(published.name, done, total))
        try:
            _keep(published, part, target)
        finally:
            for leftover in (part, part.with_name(f"{part.name}.etag")):
                leftover.unlink(missing_ok=True)
    return Downloaded(published.name, str(target), sha256_of(target), fresh=True)


def _local(published: Published, source: Path) -> Path:
    path = source / published.url.rpartition("/")[2]
    if not path.is_file():
        raise missing_path(path)
    return path


def _keep(published: Published, received: Path, target: Path) -> None:
    """Check what was received, and put the weights in it where the catalogue looks for them."""
    if published.sha256 and sha256_of(received) != published.sha256:
        raise OcrwebError("download.damaged", url=published.url, reason="SHA-256")

    def write(temporary: Path) -> None:
        if published.member:
            _unpack(published, received, temporary)
        else:
            shutil.copyfile(received, temporary)
        _check_tensors(published, temporary)

    replace_file(target, write)


def _unpack(published: Published, archive: Path, target: Path) -> None:
    """Copy the one wanted file out of a tar; no name in the archive ever becomes a path."""
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.isreg() and member.name.rpartition("/")[2] == published.member and member.size <= MOST:
                    content: IO[bytes] | None = tar.extractfile(member)
                    if content is not None:
                        with target.open("wb") as file:
                            shutil.copyfileobj(content, file)
                        return
    except (tarfile.TarError, EOFError) as error:
        raise OcrwebError("download.damaged", url=published.url, reason=str(error)) from error
    raise OcrwebError("download.damaged", url=published.url, reason=f"{published.member} ?")


def _check_tensors(published: Published, path: Path) -> None:
    """Whether names and shapes are those of the house network."""
    found: object
    try:
        found = network_of(path)
    except (OcrwebError, ValueError) as error:
        found = error
    if found != HOUSE:
        raise OcrwebError("download.not-the-weights", url=published.url, reason=found)
