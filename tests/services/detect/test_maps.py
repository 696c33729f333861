from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.services.detect.maps import KeptPage, MapStore


@dataclass
class Page:
    map: np.ndarray = field(default_factory=lambda: np.zeros(75, np.float32))
    picture: np.ndarray = field(default_factory=lambda: np.zeros(100, np.uint8))


def kept(page: Any = None) -> KeptPage:
    return KeptPage(request=None, shown="a.jpg", source=Path("a.jpg"), page=page or Page(), place=None)  # type: ignore[arg-type]


def test_the_least_recently_used_page_is_dropped_and_its_request_remembered() -> None:
    store = MapStore(budget=1000)
    first, second = store.put(kept()), store.put(kept())
    store.get(first)
    third = store.put(kept())
    assert store.size() == 800
    held = {handle: store.get(handle).page is not None for handle in (first, second, third)}  # type: ignore[union-attr]
    assert held == {first: True, second: False, third: True}
    assert store.get(second).source == Path("a.jpg")  # type: ignore[union-attr]


def test_the_newest_page_is_kept_even_when_it_is_over_the_budget() -> None:
    store = MapStore(budget=10)
    handle = store.put(kept())
    assert store.get(handle).page is not None  # type: ignore[union-attr]


def test_memory_is_bounded_whatever_the_count() -> None:
    store = MapStore(budget=4000, remembered=20)
    handles = [store.put(kept()) for _ in range(200)]
    assert store.size() <= 4000
    assert store.get(handles[0]) is None
    assert store.get(handles[-20]) is not None


def test_a_page_put_back_under_its_handle_counts_once() -> None:
    store = MapStore(budget=4000)
    handle = store.put(kept())
    assert store.put(kept(), handle) == handle
    assert store.size() == 400


def test_an_unknown_handle_is_none() -> None:
    assert MapStore().get("x") is None
