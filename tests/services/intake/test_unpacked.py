"""Zips are opened in the data root, by whoever opens them, and nothing of them stays."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.datasets.importing import opened_source
from ocrweb.services.datasets.opened import opened
from ocrweb.services.datasets.validation import validate
from ocrweb.services.files.temporary import temporary_root
from ocrweb.services.intake.sources import open_sources
from ocrweb.services.intake.unpacked import unpacked
from tests.data.corpus import make_good


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dataset as a zip; the system's temporary folder holds nothing."""
    make_good(tmp_path / "good")
    archive = Path(shutil.make_archive(str(tmp_path / "good"), "zip", tmp_path / "good"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no such folder"))
    return archive


@contextmanager
def pictures(archive: Path) -> Iterator[Path]:
    with open_sources([archive]) as found:
        yield found[0].path.parent


WAYS = {"itself": unpacked, "validation": opened, "import": opened_source, "batch": pictures}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_zip_is_opened_in_the_data_root_and_gone_at_the_end(
    way: Callable[[Path], AbstractContextManager[Path]], packed: Path
) -> None:
    with way(packed) as root:
        assert root.is_dir()
        assert root.is_relative_to(temporary_root())
    assert list(temporary_root().iterdir()) == []


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_of_a_zip_that_is_refused_nothing_stays(
    way: Callable[[Path], AbstractContextManager[Path]], packed: Path
) -> None:
    packed.write_bytes(packed.read_bytes()[:-200])
    with pytest.raises(OcrwebError, match=r"archive\.") as caught, way(packed):
        pass
    assert str(temporary_root()) not in caught.value.message("en")
    assert list(temporary_root().iterdir()) == []


def test_a_validation_takes_no_room_but_the_data_roots(packed: Path) -> None:
    assert validate(packed).counts["train_pictures"] == 10
    assert list(temporary_root().iterdir()) == []
