"""Presses: processes that print side by side, each one job at a time.

A press that loses the process that started it (killed, out of memory) ends by itself: it waits on a pipe of which
nobody else holds the other end. That is why this is no `ProcessPoolExecutor`, whose workers wait for ever.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeAlias, TypeVar, cast

from campaign.errors import CampaignError

Pipe: TypeAlias = "Connection[Any, Any]"
Job = TypeVar("Job")
Done = TypeVar("Done")

# Jobs that a press has on hand: one that it prints, and one so that it need not wait for the next.
ON_HAND = 2
# Fewer jobs than this are not worth the second or so that a process takes to start.
WORTH_STARTING = 4


class Presses:
    """A pool of processes; `with Presses(4) as presses: presses.print(work, jobs)`. With one, no process is started."""

    def __init__(self, processes: int | None = None) -> None:
        self.processes = processes or os.cpu_count() or 1
        self._started: list[tuple[BaseProcess, Pipe]] = []

    def __enter__(self) -> Presses:
        return self

    def __exit__(self, *_raised: object) -> None:
        for process, pipe in self._started:
            pipe.close()
            process.terminate()
            process.join()
        self._started = []

    def expect(self, jobs: int) -> None:
        """So many jobs will come: processes that are worth starting start now, while the first jobs are made ready."""
        if self.processes > 1 and jobs >= WORTH_STARTING:
            self._start()

    def print(self, work: Callable[[Job], Done], jobs: Iterable[Job]) -> Iterator[Done]:
        """The results of `work` on each job, as they come; jobs are taken only as fast as they are done.

        `work` is a function of a module, jobs and results can be pickled. What a press raises is raised here.
        """
        if self.processes == 1:
            yield from map(work, jobs)
            return
        coming = iter(jobs)
        first = list(_few(coming, 1 if self._started else WORTH_STARTING))
        if not self._started and len(first) < WORTH_STARTING:
            yield from map(work, first)
            return
        yield from self._print(work, _chained(first, coming))

    def _print(self, work: Callable[[Job], Done], jobs: Iterator[Job]) -> Iterator[Done]:
        self._start()
        on_hand = dict.fromkeys((pipe for _, pipe in self._started), 0)
        # Round by round, so that the first jobs set all presses to work.
        for _ in range(ON_HAND):
            for pipe in on_hand:
                for job in _few(jobs, 1):
                    pipe.send((work, job))
                    on_hand[pipe] += 1
        while any(on_hand.values()):
            for ready in wait([pipe for pipe, waiting in on_hand.items() if waiting]):
                pipe = cast(Pipe, ready)
                result = _received(pipe)
                on_hand[pipe] -= 1
                for job in _few(jobs, 1):
                    pipe.send((work, job))
                    on_hand[pipe] += 1
                yield result

    def _start(self) -> None:
        # Spawned, not forked: this process may have threads, and Pango and SQLite survive no fork.
        context = multiprocessing.get_context("spawn")
        while len(self._started) < self.processes:
            here, there = context.Pipe()
            process = context.Process(target=_press, args=(there,), daemon=True)
            process.start()
            there.close()
            self._started.append((process, here))


def _press(pipe: Pipe) -> None:
    # Ctrl-C goes to all processes of a terminal: the one that started the presses decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            work, job = pipe.recv()
            try:
                result: Any = (True, work(job))
            except CampaignError as foreseen:
                result = (False, foreseen)
            except Exception:
                result = (False, RuntimeError(f"A print worker failed:\n{traceback.format_exc()}"))
            pipe.send(result)


def _received(pipe: Pipe) -> Any:
    try:
        well, result = pipe.recv()
    except EOFError as gone:
        raise RuntimeError("A print worker was stopped from outside.") from gone
    if not well:
        raise result
    return result


def _few(coming: Iterator[Job], most: int) -> Iterator[Job]:
    for _ in range(most):
        try:
            yield next(coming)
        except StopIteration:
            return


def _chained(first: list[Job], others: Iterator[Job]) -> Iterator[Job]:
    yield from first
    yield from others
