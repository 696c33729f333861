"""A journey passes the files in which a function ran, in its own process or another, and none that was only loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.journeys import HERE, files_passed


def test_files_count_whose_functions_ran_in_whichever_process(tmp_path: Path) -> None:
    own, beside = files_passed(HERE, tmp_path, ("sample-data", "--out", "data", "--train", "2", "--test", "1"))
    assert "cli/sample_data.py" in own
    assert "render/page.py" in own | beside
    own, beside = files_passed(HERE, tmp_path, ("validate", "data", "--no-decode"))
    assert {"cli/validate.py", "services/datasets/validation.py", "data/validate.py"} <= own
    assert "data/repair/apply.py" not in own  # loaded, and nothing of it was called for
    assert not beside


def test_a_command_that_could_not_go_its_way_is_no_journey(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="exit 2"):
        files_passed(HERE, tmp_path, ("validate", "gone"))
