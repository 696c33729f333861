"""Faults are put into the code one at a time, the same ones for the same seed, and the tests' word is counted."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import yaml

from benchmarks.mutants import ARGUED, ROOT, completed, line_of, report
from benchmarks.mutating.again import found_again, together
from benchmarks.mutating.areas import Mutant, asked_about, draw
from benchmarks.mutating.faults import Fault, faults_of, reads
from benchmarks.mutating.trial import ENDLESS, EQUIVALENT, NOTICED, SURVIVED, UNASKED, Trial, Verdict

SOURCE = '''
"""A module."""
LIMIT: int = 3
def clipped(value, low=0, high=LIMIT):
    """Its docstring."""
    if value is None:
        return None
    note(value, high)
    if value < low and high:
        value += 1
    return min(high, value) if value >= 0.5 else low - 1
'''


def of_kind(kind: str) -> list[str]:
    return [
        SOURCE.encode()[f.start : f.stop].decode() + " → " + f.new for f in faults_of(SOURCE.encode()) if f.kind == kind
    ]


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("removed guard", ["if value is None:\n        return None → pass"]),
        ("removed call", ["note(value, high) → pass"]),
        ("swapped arguments", ["note(value, high) → note(high, value)"]),
        ("shifted boundary", ["value < low → (value <= low)", "value >= 0.5 → (value > 0.5)"]),
        ("and or or", ["value < low and high → (value < low or high)"]),
        ("other constant", ["0 → 1", "1 → 2", "0.5 → 1.0", "1 → 2"]),
        ("other sign", ["value += 1 → value -= 1", "low - 1 → (low + 1)"]),
        ("nothing returned", ["return min(high, value) if value >= 0.5 else low - 1 → return None"]),
    ],
)
def test_each_kind_of_fault(kind: str, found: list[str]) -> None:
    assert of_kind(kind) == found


def test_docstrings_and_types_are_left_alone_and_every_fault_can_be_read() -> None:
    found = faults_of(SOURCE.encode())
    assert not [fault for fault in found if fault.line in (2, 5)]
    assert all(reads(fault, SOURCE.encode()) for fault in found)


def test_how_a_dataclass_lies_in_memory_is_no_fault() -> None:
    source = b"@dataclass(frozen=True, slots=True, eq=False)\nclass One:\n    two: int = field(init=True)\n"
    assert [(fault.line, fault.new) for fault in faults_of(source)] == [(1, "True"), (3, "False")]


def test_what_is_the_same_either_way_is_no_fault() -> None:
    source = b"a = rng.random() < 0.4 or 0.1 >= self.rng.random() or max(b, np.hypot(c, d), 1e-9) < 1e-9 or e.reshape(-1) or np.clip(f, g, h)"
    found = [(fault.kind, fault.new) for fault in faults_of(source)]
    assert [kind for kind, _ in found if kind in ("shifted boundary", "swapped arguments")] == ["shifted boundary"]
    assert [new for kind, new in found if kind == "other constant"] == ["0.8", "0.2", "2e-09"]


def test_a_border_that_a_drawn_number_would_have_to_meet_is_no_fault_whatever_it_is_called() -> None:
    source = b"a, kind = 1, rng.random()\nb = studio.rng.random()\nc = kind < 0.3 or 0.4 > b or a < 0.5 or b / 2 < 1\n"
    shifted = [fault.new for fault in faults_of(source) if fault.kind == "shifted boundary"]
    assert shifted == ["(a <= 0.5)"]


def test_a_fault_that_python_would_not_read_or_that_changes_nothing_is_not_drawn() -> None:
    source = b"a = f(1, 2)\nb = a\n"
    assert not reads(Fault("removed call", 1, 4, 9, "pass f"), source)
    assert not reads(Fault("other constant", 1, 6, 7, "1"), source)


def test_the_same_seed_gives_the_same_faults_of_many_kinds() -> None:
    first = draw(ROOT, "geometry", 9, seed=1)
    assert first == draw(ROOT, "geometry", 9, seed=1) != draw(ROOT, "geometry", 9, seed=2)
    assert len({mutant.fault.kind for mutant in first}) >= 7


def test_a_modules_own_tests_are_asked_first() -> None:
    assert asked_about(ROOT, "ocrweb/evaluation/sweep.py")[0] == ["tests/evaluation/test_sweep.py"]
    own, others, _ = asked_about(ROOT, "ocrweb/data/checks/list_line.py")
    assert own == ["tests/data/checks/test_list_line.py"]
    assert "tests/data/test_reader.py" in others


def test_then_those_that_import_it_and_those_of_what_uses_it_the_nearest_first(tmp_path: Path) -> None:
    for name, text in {
        "ocrweb/__init__.py": "", "ocrweb/area/__init__.py": "", "ocrweb/area/room/__init__.py": "",
        "ocrweb/area/room/part.py": "ONE = 1", "ocrweb/area/user.py": "from ocrweb.area.room.part import ONE",
        "ocrweb/area/far.py": "import ocrweb.area.user",
        "tests/area/test_many.py": "import os, sys, ocrweb.area.room.part", "tests/area/test_far.py": "import ocrweb.area.far",
        "tests/area/test_few.py": "import ocrweb.area.room.part", "tests/area/test_room.py": "import os, ocrweb.area.room.part",
        "tests/other/test_one.py": "import ocrweb.area.room.part", "tests/area/test_uses.py": "import ocrweb.area.user",
        "tests/area/test_swaps.py": "SWAPPED = 'ocrweb.area.user.ONE'",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    own, others, users = asked_about(tmp_path, "ocrweb/area/room/part.py")
    assert own == []
    assert [Path(path).stem for path in others] == ["test_room", "test_few", "test_many", "test_one"]
    assert [Path(path).stem for path in users] == ["test_uses", "test_swaps", "test_far"]


def test_of_a_part_of_the_page_those_are_asked_too_that_use_its_widgets(tmp_path: Path) -> None:
    for name, text in {
        "ocrweb/__init__.py": "", "ocrweb/ui/__init__.py": "", "ocrweb/ui/room/__init__.py": "", "ocrweb/ui/room/part.py": "",
        "tests/ui/room/test_clicks.py": "from tests.ui.desk import Desk", "tests/ui/room/test_other.py": "import os",
        "tests/ui/next/test_clicks.py": "from tests.ui.desk import Desk",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert asked_about(tmp_path, "ocrweb/ui/room/part.py")[1][:1] == ["tests/ui/room/test_clicks.py"]
    assert "tests/ui/next/test_clicks.py" not in asked_about(tmp_path, "ocrweb/ui/room/part.py")[1]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A package of one function that one test looks at, from one side."""
    root = tmp_path / "checkout"
    for folder in ("ocrweb/area", "tests/area", "benchmarks", "tools", "configs", "docs", "scripts", "deploy"):
        (root / folder).mkdir(parents=True)
    (root / "ocrweb/__init__.py").touch()
    (root / "ocrweb/area/__init__.py").touch()
    (root / "ocrweb/area/half.py").write_text("def half(n):\n    while n > 9:\n        n -= 3\n    return n / 2\n")
    (root / "tests/area/test_half.py").write_text(
        "from ocrweb.area.half import half\ndef test_half():\n    assert half(4) == 2\n    assert half(11) == 4\n"
    )
    (root / "pytest.ini").write_text("[pytest]\nmarkers = slow\n    browser\n")
    return root


def test_a_fault_is_noticed_survives_or_never_ends(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.mutating.trial.LONGEST", 4)
    trial = Trial(checkout, tmp_path / "copy", heavy=("pytest", "hypothesis"))
    source = (checkout / "ocrweb/area/half.py").read_bytes()
    wanted = {
        ("other sign", "n * 2"): NOTICED,
        ("shifted boundary", "n >= 9"): SURVIVED,
        ("other sign", "n += 3"): ENDLESS,
    }
    for fault in faults_of(source):
        outcome = wanted.get((fault.kind, fault.new.strip("()")))
        if outcome:
            verdict = trial.judge(Mutant("area", "ocrweb/area/half.py", fault))
            assert (verdict.outcome, verdict.asked) == (outcome, ("tests/area/test_half.py",))
            assert (verdict.by == "tests/area/test_half.py::test_half") is (outcome == NOTICED)
            wanted.pop((fault.kind, fault.new.strip("()")))
    trial.close()
    assert wanted == {}
    assert (trial.copy / "ocrweb/area/half.py").read_bytes() == source


def test_tests_that_fail_without_any_fault_prove_nothing(checkout: Path, tmp_path: Path) -> None:
    (checkout / "tests/area/test_half.py").write_text(
        "from ocrweb.area.half import half\ndef test():\n    assert half(1) == 7\n"
    )
    faults = faults_of((checkout / "ocrweb/area/half.py").read_bytes())
    fault = next(fault for fault in faults if fault.new == "(n * 2)")  # one that ends
    with contextlib.closing(Trial(checkout, tmp_path / "copy", heavy=("pytest", "hypothesis"))) as trial:
        assert trial.judge(Mutant("area", "ocrweb/area/half.py", fault)).outcome == UNASKED


def test_the_score_counts_what_was_noticed_or_never_ended() -> None:
    mutant = Mutant("disk", "ocrweb/disk/lock.py", Fault("not", 1, 0, 3, "x"))
    document = report([Verdict(mutant, outcome) for outcome in (NOTICED, ENDLESS, SURVIVED, UNASKED)], seed=1)
    assert (document["mutants"], document["noticed"], document["score"]) == (3, 2, 0.667)
    assert document["areas"]["disk"]["mutants"] == 3
    assert len(document["survivors"]) == len(document["unasked"]) == 1


def test_every_argued_fault_is_one_of_the_code_and_says_why() -> None:
    """One whose line was changed since is argued about nothing any more, and goes."""
    entries = yaml.safe_load(ARGUED.read_text(encoding="utf-8"))
    assert len({(entry["module"], entry["line"]) for entry in entries}) == len(entries)
    for entry in entries:
        faults = faults_of((ROOT / entry["module"]).read_bytes())
        lines = {line_of(Mutant("", entry["module"], fault)) for fault in faults}
        assert entry["line"] in lines, entry
        assert len(entry["why"].split()) > 5


def test_those_that_change_nothing_count_nowhere() -> None:
    mutant = Mutant("disk", "ocrweb/disk/lock.py", Fault("not", 1, 0, 3, "x"))
    document = report([Verdict(mutant, outcome) for outcome in (NOTICED, EQUIVALENT)], seed=1)
    assert (document["mutants"], document["score"], document["equivalent"]) == (1, 1.0, 1)
    assert document["survivors"] == document["unasked"] == []


def test_survivors_are_asked_about_again_where_they_stand_now(tmp_path: Path) -> None:
    (tmp_path / "ocrweb/area").mkdir(parents=True)
    (tmp_path / "ocrweb/area/half.py").write_text("\n\nhalf = whole / 2\nthird = whole / 3\n")

    def told(mutant: Mutant) -> str:
        return f"{mutant.module}:{mutant.fault.line} {mutant.fault.kind}: {mutant.fault.new}"

    here, gone = "ocrweb/area/half.py:1 other sign: (whole * 3)", "ocrweb/area/half.py:1 other sign: (whole * 4)"
    found = dict(found_again(tmp_path, [here, gone, "ocrweb/area/none.py:1 not: x"], told))
    assert [mutant and mutant.fault.line for mutant in found.values()] == [4, None, None]


def test_a_report_is_completed_by_what_its_survivors_have_come_to() -> None:
    module = "ocrweb/disk/lock.py"
    row = {"mutants": 5, "noticed": 1, "score": 0.2}
    survivors = [f"{module}:{line} not: x" for line in (1, 2, 3, 4)]
    before = {"seed": 1, "areas": {"disk": row}, "survivors": survivors, "unasked": [], "equivalent": 0}
    mutant = Mutant("disk", module, Fault("not", 1, 0, 3, "x"))
    after = completed(together([before]), [Verdict(mutant, outcome) for outcome in (NOTICED, SURVIVED, EQUIVALENT)])
    assert (after["mutants"], after["noticed"], after["equivalent"]) == (3, 2, 1)
    assert after["areas"]["disk"]["score"] == after["score"] == 0.667
    assert len(after["survivors"]) == 1
