from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ocrweb.services.files.recent import Recent


def test_of_more_than_may_be_kept_the_longest_unused_goes() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    assert recent.put("c", 3) == 3
    assert [recent.get(key) for key in "abc"] == [1, None, 3]


def test_sizes_count_where_they_are_what_is_bounded_and_the_newest_stays_whatever_its_own() -> None:
    recent: Recent[str, bytes] = Recent(10, len)
    for key in "abc":
        recent.put(key, b"1234")
    assert (recent.get("a"), recent.get("b"), recent.size()) == (None, b"1234", 8)
    recent.put("b", b"12")  # in place of the four bytes before
    assert recent.size() == 6
    recent.put("d", b"x" * 99)
    assert (recent.size(), recent.get("d"), recent.get("c")) == (99, b"x" * 99, None)


def test_after_clearing_nothing_is_kept() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.clear()
    assert (recent.get("a"), recent.size()) == (None, 0)


def test_threads_that_put_at_once_leave_no_more_than_may_be_kept() -> None:
    recent: Recent[int, int] = Recent(5)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: recent.put(number % 20, number), range(2000)))
    assert recent.size() == 5
    assert sum(recent.get(number) is not None for number in range(20)) == 5
