"""Who holds a build: a process of one computer, told so that another there can see whether it still runs.

Only the same computer, started the same time, can tell; of any other, the lease alone decides.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

_PROCESSES = Path("/proc")
# Of /proc/PID/stat: the fields after the name, in brackets; the twentieth of them is when the process started.
_STARTED = 19


def myself() -> str | None:
    """This process, as a build's holder; None where it cannot be told (no Linux)."""
    here, started = _here(), _started(os.getpid())
    return f"{here} {os.getpid()} {started}" if here and started else None


def is_gone(holder: str | None) -> bool:
    """Whether that process no longer runs, as far as can be known here: never True by mere guess."""
    try:
        here, number, started = (holder or "").split(" ")
        return here == _here() and _started(int(number)) != started
    except ValueError:
        return False


@cache
def _here() -> str:
    """This start of this computer, and the space its processes are numbered in; empty where that cannot be told."""
    try:
        boot = (_PROCESSES / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{(_PROCESSES / 'self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(number: int) -> str:
    """When a process started, in ticks; empty if there is none, or it only waits to be buried."""
    try:
        told = (_PROCESSES / str(number) / "stat").read_text()
    except OSError:
        return ""
    fields = told.rpartition(")")[2].split()
    return "" if fields[0] in {"Z", "X"} else fields[_STARTED]
