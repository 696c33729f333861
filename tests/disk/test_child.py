"""A module in a process of its own finds this package wherever it is started, and is ended with all that it started."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import ocrweb
from ocrweb.disk.child import converse, end_group, module_command, module_environment, run_module, start_module
from ocrweb.disk.process import Process

OTHER = "import json, os, sys\nprint(json.dumps([sys.argv[1:], os.environ.get('SAID'), os.environ.get('KEPT')]))\n"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder far from the package, with modules of a test's own on the search path."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def test_the_package_is_found_and_so_is_what_was_on_the_search_path(elsewhere: Path) -> None:
    (elsewhere / "asks.py").write_text("import ocrweb\nprint(ocrweb.__file__)\n")
    child = run_module("asks", patience=60)
    assert (child.returncode, child.stdout.strip()) == (0, ocrweb.__file__), child.stderr


def test_the_path_is_this_packages_before_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    own = str(Path(ocrweb.__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", "/other")
    assert module_environment()["PYTHONPATH"] == f"{own}{os.pathsep}/other"
    assert module_environment({"A": "1"}) == {"A": "1", "PYTHONPATH": f"{own}{os.pathsep}/other"}
    monkeypatch.delenv("PYTHONPATH")
    assert module_environment({})["PYTHONPATH"] == own


def test_the_command_is_a_list_so_that_no_argument_is_a_word_of_a_shell() -> None:
    assert module_command("a.b", Path("x; y"), 3) == [sys.executable, "-m", "a.b", "x; y", "3"]


@pytest.mark.parametrize("given", [None, {"SAID": "b"}], ids=["inherited", "given"])
def test_a_module_knows_the_environment_it_is_given_and_no_other(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str] | None
) -> None:
    (elsewhere / "asks.py").write_text(OTHER)
    monkeypatch.setenv("KEPT", "a")
    answer = run_module("asks", "发票", 3, patience=60, environment=given).stdout
    expected = [["发票", "3"], None, "a"] if given is None else [["发票", "3"], "b", None]
    assert json.loads(answer) == expected


def test_letters_that_are_not_utf8_are_replaced_and_both_its_outputs_told(elsewhere: Path) -> None:
    (elsewhere / "mumbles.py").write_text(
        "import sys\nsys.stdout.buffer.write(b'a\\xff\\n')\nsys.stderr.buffer.write('票'.encode() + b'\\xfe')\nsys.exit(3)\n"
    )
    child = run_module("mumbles", patience=60)
    assert (child.stdout, child.stderr, child.returncode) == ("a\ufffd\n", "票\ufffd", 3)


def test_one_that_takes_too_long_is_ended(elsewhere: Path) -> None:
    (elsewhere / "waits.py").write_text("import time\ntime.sleep(600)\n")
    with pytest.raises(subprocess.TimeoutExpired):
        run_module("waits", patience=0.1)


EVENTS = """
print("a library's word")
print("[1]")
print('{"no": "kind"}')
print('{"kind": "stage", "stage": "read", "share": 0.5}')
print('{"kind": "measured", "x": 1}')
print('{"kind": "error", "code": "a"}')
"""


@pytest.mark.parametrize(
    ("body", "answer"), [(EVENTS, {"kind": "error", "code": "a"}), ("", None)], ids=["all", "none"]
)
def test_its_stages_are_heard_and_its_last_word_is_the_answer(
    elsewhere: Path, body: str, answer: dict[str, str] | None
) -> None:
    (elsewhere / "tells.py").write_text(body)
    heard: list[tuple[str, float]] = []
    child = start_module("tells", stdout=subprocess.PIPE)
    assert converse(child, lambda stage, share: heard.append((stage, share))) == answer
    assert child.wait() == 0
    assert heard == ([("read", 0.5)] if body else [])


def test_of_a_line_without_an_end_only_the_last_part_is_kept(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that prints for ever without a line end does not fill this one's memory; its last word still counts."""
    (elsewhere / "babbles.py").write_text(
        """import sys\nsys.stdout.write('x' * 300_000 + '{"kind": "done"}')\n""", encoding="utf-8"
    )
    monkeypatch.setattr("ocrweb.disk.child.LONGEST_LINE", len('{"kind": "done"}'))
    child = start_module("babbles", stdout=subprocess.PIPE)
    assert converse(child, lambda stage, share: None) == {"kind": "done"}


def test_a_last_word_without_an_end_of_line_counts_and_one_who_holds_the_pipe_is_not_waited_for(
    elsewhere: Path,
) -> None:
    (elsewhere / "leaves.py").write_text(
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        """sys.stdout.write('{"kind": "done", "pid": %d}' % child.pid)\n"""
    )
    child = start_module("leaves", stdout=subprocess.PIPE)
    answer = converse(child, lambda stage, share: None)
    assert answer is not None
    os.kill(answer["pid"], signal.SIGKILL)


def test_who_watches_a_silent_one_can_leave_it(elsewhere: Path) -> None:
    (elsewhere / "silent.py").write_text("import time\ntime.sleep(600)\n")
    child = start_module("silent", stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)

    def watch() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        converse(child, lambda stage, share: None, watch)
    end_group(child)
    assert child.returncode == -signal.SIGKILL


def test_with_a_process_ends_all_that_it_started(elsewhere: Path) -> None:
    (elsewhere / "starts.py").write_text(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\ntime.sleep(600)\n"
    )
    child = start_module("starts", stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    assert child.stdout is not None
    started = int(child.stdout.readline())
    try:
        assert Process(started).is_running()
        end_group(child)
        assert child.returncode == -9
        assert select.select([child.stdout], [], [], 30)[0]  # when the last one that holds the pipe has ended
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(started, signal.SIGKILL)
    assert child.stdin is not None
    assert child.stdin.closed


@pytest.mark.parametrize(("over", "read"), [(0, True), (1, False)])
def test_a_word_may_be_a_mebibyte_long_and_no_longer(elsewhere: Path, over: int, read: bool) -> None:
    (elsewhere / "long.py").write_text(
        f"""import sys\nsys.stdout.write('{{"kind": "done", "a": "' + 'x' * ({(1 << 20) - 25 + over}) + '"}}')\n""",
        encoding="utf-8",
    )
    child = start_module("long", stdout=subprocess.PIPE)
    assert (converse(child, lambda stage, share: None) is not None) is read
