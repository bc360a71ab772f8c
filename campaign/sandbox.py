"""Work that may go wrong, in a process of its own with limits of time, memory and output.

Whoever hands in a file decides what the libraries that read it do: a document of a kilobyte may unpack to one of
gigabytes. So it is read in a child process. What goes beyond its limits ends there, with one sentence, and the process
that asked stays as it was.

A child is told what to do by a pickle, from us. What it answers is JSON with bytes in it and never a pickle: a child
that a file has taken over can then say no more than something wrong.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import os
import pickle
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any, cast

from campaign import errors
from campaign.errors import CampaignError, Refused
from campaign.settings import ROOT

log = logging.getLogger(__name__)
MB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What a child may use: seconds by the clock, bytes of memory of its own, bytes of its answer."""

    seconds: float = 10.0
    memory: int = 280 * MB
    output: int = 64 * MB


READING = Limits()
# Seconds in which a child must have started and loaded its libraries. That is our own work and none of the file's, and
# takes long where the machine is busy: it does not count against the limits.
STARTING = 60.0


def _(sentence: str) -> str:
    """Marks a sentence for translation; it is translated where it is shown."""
    return sentence


# The sentence for whatever goes beyond them.
BEYOND = _(
    "This file takes more time or memory to read than any real one. Save it anew, simpler or in parts, and try again."
)
BROKEN = _("This file is broken and cannot be read. Save it anew and try again.")
# Children that read at one time: the machine is shared with those who sign.
_AT_ONCE = threading.BoundedSemaphore(2)


class Fault(Exception):
    """A library failed in a child in a way that nobody foresaw; says where, and nothing of what was read."""


class Ended(Exception):
    """A child ended without an answer: it was killed for its limits, or by a fault of a library."""


def read(function: Callable[..., Any], *arguments: Any, limits: Limits = READING) -> Any:
    """What `function(*arguments)` returns, a value of JSON with bytes, computed in a child with limits.

    `function` stands in a module. Raises the `CampaignError` that it raises, and `Refused` for what goes beyond limits.
    """
    with _AT_ONCE:
        child = Child(limits)
        try:
            return child.call(function, *arguments)
        except Ended as ended:
            log.info("A child that read a file was ended: %s", ended)
            raise Refused(BEYOND) from ended
        except Fault as fault:
            log.error("%s", fault)
            raise Refused(BROKEN) from fault
        finally:
            child.end()


class Child:
    """A child process that takes one call after the other."""

    def __init__(self, limits: Limits, niceness: int = 5) -> None:
        self._limits = limits
        command = [sys.executable, "-m", "campaign.sandbox", str(limits.memory), str(niceness)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_")}
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
            command, env=kept, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._orders = cast(IO[bytes], self._process.stdin)
        self._answers = cast(IO[bytes], self._process.stdout)
        self.used_at = time.monotonic()

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can take another call."""
        return self._process.poll() is None

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function returns there. Raises what it raises of `CampaignError`, `Fault` and `Ended`."""
        name = f"{function.__module__}:{function.__qualname__}"
        deadline = time.monotonic() + max(STARTING, self._limits.seconds)
        try:
            self._send(pickle.dumps((name, arguments)), deadline)
            (length,) = struct.unpack(">Q", self._receive(8, deadline))
            if not length:  # it is ready, and begins
                deadline = time.monotonic() + self._limits.seconds
                (length,) = struct.unpack(">Q", self._receive(8, deadline))
            if length > self._limits.output:
                raise Ended("its answer is too large")
            answer = json.loads(self._receive(length, deadline))
        except BaseException:
            self.end()
            raise
        self.used_at = time.monotonic()
        if "error" in answer:
            raise _raised(answer)
        return _value(answer["value"])

    def end(self) -> None:
        """Kill it, and whatever it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._orders, self._answers):
            with contextlib.suppress(OSError):
                pipe.close()

    def _send(self, order: bytes, deadline: float) -> None:
        pipe = self._orders.fileno()
        os.set_blocking(pipe, False)
        left = memoryview(struct.pack(">Q", len(order)) + order)
        while left:
            _wait(deadline, writing=pipe)
            try:
                left = left[os.write(pipe, left) :]
            except BlockingIOError:
                continue
            except BrokenPipeError as error:
                raise Ended("it ended before it was told what to do") from error

    def _receive(self, length: int, deadline: float) -> bytes:
        pipe = self._answers.fileno()
        received = bytearray()
        while len(received) < length:
            _wait(deadline, reading=pipe)
            piece = os.read(pipe, min(length - len(received), MB))
            if not piece:
                raise Ended("it ended by itself")
            received += piece
        return bytes(received)


def _wait(deadline: float, reading: int | None = None, writing: int | None = None) -> None:
    poll = select.poll()
    if reading is not None:
        poll.register(reading, select.POLLIN)
    if writing is not None:
        poll.register(writing, select.POLLOUT)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise Ended("it took too long")


class Children:
    """Children kept at hand for one kind of work: started when first needed, ended when nobody has needed them."""

    def __init__(self, most: int, limits: Limits, idle_seconds: float = 120.0, calls: int = 500) -> None:
        self._free = threading.BoundedSemaphore(most)
        self._limits, self._idle_seconds, self._calls = limits, idle_seconds, calls
        self._resting: list[tuple[Child, int]] = []
        self._lock = threading.Lock()
        self._tidying = False

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function returns, in one of them. Raises what it raises of `CampaignError`, `Fault` and `Ended`."""
        with self._one() as child:
            return child.call(function, *arguments)

    @contextlib.contextmanager
    def _one(self) -> Iterator[Child]:
        with self._free:
            with self._lock:
                child, calls = self._resting.pop() if self._resting else (None, 0)
            if child is None or not child.alive:
                child, calls = Child(self._limits), 0
            try:
                yield child
            finally:
                # One that has worked for long may have grown; a fresh one costs a second.
                if child.alive and calls + 1 < self._calls:
                    with self._lock:
                        self._resting.append((child, calls + 1))
                    self._tidy_later()
                else:
                    child.end()

    def _tidy_later(self) -> None:
        with self._lock:
            if self._tidying:
                return
            self._tidying = True
        timer = threading.Timer(self._idle_seconds, self._tidy)
        timer.daemon = True
        timer.start()

    def _tidy(self) -> None:
        now = time.monotonic()
        with self._lock:
            self._tidying = False
            idle = [entry for entry in self._resting if now - entry[0].used_at >= self._idle_seconds - 1]
            self._resting = [entry for entry in self._resting if entry not in idle]
            some_left = bool(self._resting)
        for child, _calls in idle:
            child.end()
        if some_left:
            self._tidy_later()

    def end(self) -> None:
        """End all that rest."""
        with self._lock:
            resting, self._resting = self._resting, []
        for child, _calls in resting:
            child.end()


# In the child


def _main(memory: int, niceness: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    os.nice(niceness)
    orders, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer of ours
    # What is written on private pages and the heap; programs and fonts that are only mapped do not count.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while head := orders.read(8):  # nothing comes any more when the one that started us has ended, however it ended
        (length,) = struct.unpack(">Q", head)

        def ready() -> None:
            answers.write(struct.pack(">Q", 0))
            answers.flush()

        answer = _answer(orders.read(length), ready)
        answers.write(struct.pack(">Q", len(answer)))
        answers.write(answer)
        answers.flush()


def _answer(order: bytes, ready: Callable[[], None]) -> bytes:
    try:
        name, arguments = pickle.loads(order)  # noqa: S301 - from the process that started this one
        module, _colon, function = name.partition(":")
        work = getattr(import_module(module), function)
        ready()
        value = work(*arguments)
        return json.dumps({"value": _plain(value)}).encode()
    except CampaignError as error:
        values = {name: value for name, value in error.values.items() if isinstance(value, str | int)}
        return json.dumps({"error": type(error).__name__, "sentence": error.sentence, "values": values}).encode()
    except MemoryError:
        os._exit(3)
    except Exception as error:  # a library may raise anything; what anyone wrote may stand in its text
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "?"
        return json.dumps({"error": "fault", "sentence": f"{type(error).__name__} at {place}"}).encode()


def _raised(answer: dict[str, Any]) -> Exception:
    kind = getattr(errors, str(answer["error"]), None)
    if isinstance(kind, type) and issubclass(kind, CampaignError) and kind is not errors.TooMany:
        return kind(str(answer["sentence"]), **{str(name): value for name, value in answer["values"].items()})
    return Fault(f"A child failed: {answer['sentence']}")


def _plain(value: Any) -> Any:
    """A value as JSON has it; bytes stand as {"": base64}."""
    if isinstance(value, bytes):
        return {"": base64.b64encode(value).decode("ascii")}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    return value


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_value(part) for part in plain]
    if isinstance(plain, dict):
        return base64.b64decode(plain[""]) if set(plain) == {""} else {name: _value(it) for name, it in plain.items()}
    return plain


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]))
