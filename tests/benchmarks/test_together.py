"""What several pictures a call cost is said against one a call, and not at all where the turns disagree."""

from __future__ import annotations

from benchmarks.together import COUNTS, document_of


def test_the_quickest_turn_counts_and_noise_hides_the_ratio() -> None:
    found = document_of({1: [0.2, 0.2, 0.21], 2: [0.1, 0.1, 0.11], 4: [0.1, 0.2, 0.4]})
    assert (found["1"]["ratio"], found["2"]["ratio"], found["4"]["ratio"]) == (1.0, 0.5, None)
    assert (found["2"]["ms"], found["4"]["median_ms"]) == (100.0, 200.0)
    assert list(found) == [str(count) for count in COUNTS]
