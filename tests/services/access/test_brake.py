"""The brake on guessing a password."""

from __future__ import annotations

import pytest

from ocrweb.services.access.brake import ADDRESSES, FORGET, FREE, LONGEST, Brake, site_of


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_some_mistakes_cost_nothing_then_each_doubles_the_wait_up_to_a_bound(clock: Clock) -> None:
    brake = Brake(clock)
    waits = []
    for _ in range(FREE + 8):
        waits.append(brake.mistaken("203.0.113.9"))
        clock.now += brake.waiting("203.0.113.9")
    assert waits == [0.0] * (FREE - 1) + [1, 2, 4, 8, 16, 32, LONGEST, LONGEST, LONGEST]


def test_the_wait_ends_and_asking_does_not_lengthen_it(clock: Clock) -> None:
    brake = Brake(clock)
    for _ in range(FREE + 3):
        brake.mistaken("203.0.113.9")
    clock.now += 5
    assert [brake.waiting("203.0.113.9") for _ in range(3)] == [3.0] * 3
    clock.now += 3
    assert brake.waiting("203.0.113.9") == 0


def test_another_address_is_never_slowed(clock: Clock) -> None:
    brake = Brake(clock)
    for _ in range(100):
        brake.mistaken("203.0.113.9")
    assert brake.waiting("203.0.113.9") > 0
    assert brake.waiting("203.0.113.10") == 0


def test_a_right_password_and_an_hour_of_peace_forget_the_mistakes(clock: Clock) -> None:
    brake = Brake(clock)
    for _ in range(FREE + 1):
        brake.mistaken("203.0.113.9")
        brake.mistaken("203.0.113.7")
    brake.right("203.0.113.9")
    assert brake.waiting("203.0.113.9") == 0
    clock.now += FORGET
    assert brake.mistaken("203.0.113.7") == 0


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:a:b:c:d", "2001:db8:1:2::/64"),
        ("local", "local"),
    ],
)
def test_whom_a_mistake_is_counted_for(address: str, site: str) -> None:
    assert site_of(address) == site


def test_a_flood_of_addresses_takes_no_more_memory_than_the_table(clock: Clock) -> None:
    brake = Brake(clock)
    for number in range(ADDRESSES * 2):
        brake.mistaken(f"2001:db8:{number:x}::1")
    assert len(brake) == ADDRESSES


def test_when_too_many_are_remembered_the_one_that_was_quiet_for_longest_goes(clock: Clock) -> None:
    brake = Brake(clock)
    for number in range(ADDRESSES):
        for _ in range(FREE + 1 if number < 2 else 1):
            brake.mistaken(f"10.0.{number // 256}.{number % 256}")
    brake.mistaken("10.0.0.0")  # heard of again
    brake.mistaken("203.0.113.9")
    assert len(brake) == ADDRESSES
    assert brake.waiting("10.0.0.0") > 0
    assert brake.waiting("10.0.0.1") == 0
