"""Turns to write: one at a time, and nobody waits for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from campaign.errors import Busy
from campaign.settings import ROOT
from campaign.storage.write_queue import Turn

HOLDS = """
import sys, time
from pathlib import Path
from campaign.storage.write_queue import Turn
with Turn(Path(sys.argv[1]), 30).taken():
    print("mine", flush=True)
    time.sleep(600)
"""


@contextmanager
def another_process_holds(file: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", HOLDS, str(file)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == "mine\n"
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_stopped_process_keeps_nobody_waiting_for_ever(tmp_path: Path) -> None:
    turn = Turn(tmp_path / "turn", 0.2)
    with another_process_holds(tmp_path / "turn") as other:
        os.kill(other.pid, signal.SIGSTOP)
        for _ in range(2):  # nor does the first to give up leave anything in the way of the second
            with pytest.raises(Busy), turn.taken():
                raise AssertionError("two have the turn")


def test_the_turn_of_a_killed_process_is_free(tmp_path: Path) -> None:
    turn = Turn(tmp_path / "turn", 30)
    with another_process_holds(tmp_path / "turn") as other:
        threading.Timer(0.2, other.kill).start()
        with turn.taken():
            assert other.wait() == -signal.SIGKILL


def test_a_thread_that_waits_in_vain_is_told_so_and_one_that_waits_long_enough_gets_its_turn(tmp_path: Path) -> None:
    patient, impatient = Turn(tmp_path / "turn", 30), Turn(tmp_path / "turn", 0.05)
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        with patient.taken():
            taken.set()
            done.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    assert taken.wait(30)
    with pytest.raises(Busy), impatient.taken():
        raise AssertionError("two have the turn")
    threading.Timer(0.1, done.set).start()
    with patient.taken():
        assert done.is_set()
    holder.join()


def test_what_fails_in_its_turn_gives_it_back(tmp_path: Path) -> None:
    turn = Turn(tmp_path / "turn", 0.2)
    with pytest.raises(RuntimeError), turn.taken():
        raise RuntimeError("the power went")
    with turn.taken():
        pass
