"""Who ended the worker."""

from __future__ import annotations

from ocrweb.services.cluster.ledger import Ledger


def test_those_in_work_when_a_worker_ends_are_suspected_and_those_answered_are_not() -> None:
    ledger = Ledger()
    assert ledger.start("part") == {}
    for place in range(3):
        ledger.begin("part", place)
    ledger.end("part", 0)
    assert ledger.start("part") == {1: 1, 2: 1}
    ledger.begin("part", 1)
    ledger.end("part", 1)
    ledger.begin("part", 2)
    assert ledger.start("part") == {1: 1, 2: 2}


def test_parts_do_not_mix_and_a_finished_one_is_forgotten() -> None:
    ledger = Ledger()
    for part in ("a", "b"):
        ledger.start(part)
        ledger.begin(part, 0)
    ledger.finish("a")
    assert (ledger.start("a"), ledger.start("b")) == ({}, {0: 1})
