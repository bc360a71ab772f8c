"""The log: one form for every process, as text or as JSON, and never a word of anyone who used the product."""

from __future__ import annotations

import logging
from types import TracebackType

from pythonjsonlogger.json import JsonFormatter

from campaign.settings import ROOT, Settings

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# What these say of each of their steps is no news to an operator; what goes wrong in one is.
CHATTY = ("huey", "weasyprint", "fontTools")


def configure(settings: Settings) -> None:
    """Write to standard error from now on, as this installation has it set."""
    handler = logging.StreamHandler()
    if settings.log_json:
        names = {"asctime": "time", "levelname": "level", "name": "logger"}
        handler.setFormatter(JsonFormatter("%(asctime)s%(levelname)s%(name)s%(message)s", rename_fields=names))
    else:
        handler.setFormatter(logging.Formatter(TEXT))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))


def fault(error: BaseException) -> str:
    """What a log may know of a fault: its kind, its place, and the line of ours that led there.

    Not its message: that may hold what somebody wrote.
    """
    places: list[tuple[str, int]] = []
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        places.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    if not places:
        return f"{type(error).__name__} at ?"
    ours = [(file, line) for file, line in places if file.startswith(f"{ROOT}/campaign/")]
    told = f"{type(error).__name__} at {_short(*places[-1])}"
    return told if not ours or ours[-1] == places[-1] else f"{told}, called from {_short(*ours[-1])}"


def _short(file: str, line: int) -> str:
    return f"{file.removeprefix(f'{ROOT}/').rpartition('site-packages/')[2]}:{line}"
