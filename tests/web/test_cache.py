"""Kept pages: made once however many ask, and no longer than they are true."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from campaign.web.cache import PageCache


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_page_is_made_once_while_it_is_fresh_and_again_after() -> None:
    clock, made = Clock(), []
    cache = PageCache(seconds=3, clock=clock)

    def render() -> tuple[bytes, str]:
        made.append(clock.now)
        return f"made at {clock.now}".encode(), str(clock.now)

    for now in (0.0, 1.0, 2.9, 3.0, 5.9, 7.0):
        clock.now = now
        cache.page("list", render)
    assert made == [0.0, 3.0, 7.0]


def test_many_who_miss_the_same_page_at_once_wait_for_one_making() -> None:
    cache, made, begun = PageCache(), [], threading.Barrier(8)

    def render() -> tuple[bytes, str]:
        made.append(1)
        return b"page", ""

    def ask(_: int) -> bytes:
        begun.wait()
        return cache.page("list", render).body

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [b"page"] * 8
    assert len(made) == 1


def test_a_page_that_could_not_be_made_is_tried_again_by_the_next() -> None:
    cache = PageCache()

    def fail() -> tuple[bytes, str]:
        raise OSError

    for _ in range(2):
        with pytest.raises(OSError):
            cache.page("list", fail)
    assert cache.page("list", lambda: (b"page", "")).body == b"page"


def test_only_so_many_pages_are_kept_the_longest_kept_goes_first() -> None:
    cache, made = PageCache(most=2), []
    for key in ("a", "b", "c", "c", "b", "a"):
        cache.page(key, lambda key=key: (made.append(key) or b"", ""))
    assert made == ["a", "b", "c", "a"]


def test_what_pages_of_their_own_share_is_read_once_and_forgotten_with_the_pages() -> None:
    clock, read = Clock(), []
    cache = PageCache(seconds=3, clock=clock)

    def appeal() -> str:
        read.append(clock.now)
        return f"read at {clock.now}"

    assert [cache.value("signed", appeal) for _ in range(3)] == ["read at 0.0"] * 3
    clock.now = 3.0
    assert cache.value("signed", appeal) == "read at 3.0"
    cache.empty()
    cache.value("signed", appeal)
    assert read == [0.0, 3.0, 3.0]
