"""Granian as `campaign serve` runs it: what its processes load is loaded once, before they part, and shared.

`python -m campaign.granian` takes the arguments of `granian`.
"""

from __future__ import annotations

import gc
import multiprocessing
from importlib import import_module

from granian.cli import entrypoint


def main() -> None:
    """Load, then serve."""
    # Where processes are not forked (Python 3.14 and newer) each has to load for itself.
    if multiprocessing.get_start_method() == "fork":
        import_module("campaign.web")
        # What stays for good is looked at no more: a collector that writes into it would copy it into each process.
        gc.collect()
        gc.freeze()
    entrypoint()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
