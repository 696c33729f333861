"""Without the part [ray]."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.cluster.needed import check_libraries


def test_what_is_missing_is_named_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ray" else found(name))
    with pytest.raises(OcrwebError) as caught:
        check_libraries()
    assert (caught.value.code, caught.value.params["names"]) == ("cluster.not-installed", "ray")
    assert "pip install 'ocrweb[ray]'" in caught.value.hint("en")


def test_the_room_is_imported_without_its_libraries() -> None:
    """Nor are they loaded by it: `ocrweb detect` starts as quickly as before."""
    program = (
        "import sys\n"
        "for name in ('ray', 'pyarrow', 'fsspec'): sys.modules[name] = None\n"
        "from ocrweb.cli import cluster\n"
        "from ocrweb.runtime.cluster import connection, needed\n"
        "from ocrweb.services.cluster import job\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
