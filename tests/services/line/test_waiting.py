"""A bounded line: fair between visitors, honest about the wait, and no place is lost."""

from __future__ import annotations

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.line.waiting import Caller, Ticket, WaitingLine


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def line(clock: Clock | None = None, **limits: int) -> WaitingLine:
    return WaitingLine(clock or Clock(), **{"at_once": 1, "longest": 100, "longest_each": 100, **limits})


def served_in_turn(waiting: WaitingLine, tickets: dict[Ticket, str]) -> str:
    """Names of all tickets in the order in which they are served."""
    order = []
    while tickets:
        now = next(ticket for ticket in tickets if ticket.serving)
        order.append(tickets.pop(now))
        waiting.leave(now)
    return "".join(order)


def test_visitors_are_served_in_turn_however_much_one_of_them_asks_for() -> None:
    waiting = line()
    tickets = {waiting.join(Caller("greedy")): "g" for _ in range(5)}
    tickets |= {waiting.join(Caller("anna")): "a" for _ in range(2)}
    tickets[waiting.join(Caller("ben"))] = "b"
    assert served_in_turn(waiting, tickets) == "ggabgagg"


def test_windows_of_one_address_share_its_turns() -> None:
    waiting = line()
    tickets = {waiting.join(Caller("office", "script")): "s" for _ in range(4)}
    tickets[waiting.join(Caller("office", "window"))] = "w"
    tickets |= {waiting.join(Caller("home")): "h" for _ in range(2)}
    assert served_in_turn(waiting, tickets) == "sshwhss"


def test_the_place_told_is_the_place_served() -> None:
    waiting = line()
    tickets = [waiting.join(Caller(address)) for address in ("a", "a", "b", "a", "c")]
    told = sorted(tickets[1:], key=lambda ticket: waiting.place(ticket) or 0)
    assert list(waiting.order()) == told
    assert [waiting.place(ticket) for ticket in tickets] == [0, 0, 1, 3, 2]


def test_only_so_many_are_served_at_once_and_each_turn_is_told() -> None:
    turns: list[str] = []
    waiting = line(at_once=2)
    tickets = [waiting.join(Caller("a"), lambda name=name: turns.append(name)) for name in "abcd"]  # type: ignore[misc]
    assert turns == ["a", "b"]
    waiting.leave(tickets[1])
    waiting.leave(tickets[0])
    assert turns == ["a", "b", "c", "d"]


def test_a_line_that_is_widened_serves_those_who_wait() -> None:
    waiting = line(at_once=1)
    tickets = [waiting.join(Caller("a")) for _ in range(4)]
    waiting.widen(3)
    assert (waiting.at_once, [ticket.serving for ticket in tickets]) == (3, [True, True, True, False])


@pytest.mark.parametrize(("limits", "callers"), [({"longest": 2}, "abcd"), ({"longest_each": 2}, "aaaa")])
def test_a_full_line_says_how_many_are_before_and_about_how_long(limits: dict[str, int], callers: str) -> None:
    clock = Clock()
    waiting = line(clock, **limits)
    first = waiting.join(Caller("x"))
    clock.now = 10.0
    waiting.leave(first)
    for address in callers[:3]:
        waiting.join(Caller(address))
    with pytest.raises(OcrwebError) as refused:
        waiting.join(Caller(callers[3]))
    assert refused.value.code == "line.busy"
    assert refused.value.params == {"before": 3, "seconds": 30}
    assert len(waiting) == 2
    assert waiting.refused == 1


def test_one_address_at_its_limit_leaves_room_for_others() -> None:
    waiting = line(longest_each=1)
    waiting.join(Caller("a"))
    waiting.join(Caller("a"))
    assert waiting.place(waiting.join(Caller("b"))) == 1


def test_who_leaves_frees_the_place_and_may_leave_twice() -> None:
    waiting = line(longest=2)
    serving, second, third = (waiting.join(Caller("a")) for _ in range(3))
    waiting.leave(second)
    waiting.leave(second)
    assert waiting.place(second) is None
    assert waiting.place(third) == 0
    waiting.join(Caller("a"))
    waiting.leave(serving)
    waiting.leave(serving)
    assert third.serving
    assert waiting.serving() == 1


def test_work_that_was_broken_off_says_nothing_about_how_long_work_takes() -> None:
    clock = Clock()
    waiting = line(clock)
    for seconds, counted in ((2.0, True), (500.0, False)):
        ticket = waiting.join(Caller("a"))
        clock.now += seconds
        waiting.leave(ticket, counted=counted)
    assert waiting.seconds(place=4) == 10


def test_a_window_that_closes_while_it_waits_leaves_the_others_of_its_address_their_turns() -> None:
    waiting = line()
    serving, closed, other = (waiting.join(Caller("office", name)) for name in ("a", "b", "c"))
    waiting.leave(closed)
    waiting.leave(serving)
    assert other.serving
    assert [waiting.place(ticket) for ticket in (serving, closed, other)] == [None, None, 0]


def test_two_at_once_are_served_twice_as_fast() -> None:
    clock = Clock()
    waiting = line(clock, at_once=2)
    ticket = waiting.join(Caller("a"))
    clock.now += 3.0
    waiting.leave(ticket)
    assert [waiting.seconds(place) for place in (0, 1, 9)] == [2, 3, 15]
