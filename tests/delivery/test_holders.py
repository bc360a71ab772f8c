"""Whether the process that held a build still runs: known of this computer, never guessed of another."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from campaign.delivery import holders


def test_a_process_that_runs_is_not_gone_and_one_that_ended_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not holders.is_gone(holders.myself())
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with monkeypatch.context() as there:
        there.setattr("os.getpid", lambda: other.pid)
        held = holders.myself()
    assert not holders.is_gone(held)
    other.kill()
    other.wait()
    assert holders.is_gone(held)


def test_another_process_that_got_the_same_number_is_not_taken_for_it() -> None:
    here, number, started = (holders.myself() or "").split(" ")
    assert number == str(os.getpid())
    assert holders.is_gone(f"{here} {number} {int(started) - 1}")


def test_of_another_computer_or_another_start_of_this_one_nothing_is_known() -> None:
    assert not holders.is_gone("another-boot/pid:[1] 1 1")
    assert not holders.is_gone(None)
    assert not holders.is_gone("nonsense")
