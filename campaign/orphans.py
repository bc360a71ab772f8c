"""No process serves on when the one that started it is gone, unseen and restarted by no one (Linux only)."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Have this process told to end (SIGTERM) as soon as its parent has ended, however it ended."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended in this very moment, before anyone was listening
        os.kill(os.getpid(), signal.SIGTERM)
