"""A worker: `python -m campaign.jobs` runs the schedule and its jobs."""

from __future__ import annotations

import os
import threading

from campaign import logs
from campaign.jobs.schedule import LOOK_SECONDS, schedule
from campaign.settings import Settings
from campaign.storage import Storage


def main() -> None:
    """A worker: `python -m campaign.jobs` runs the schedule and its jobs until SIGTERM or SIGINT."""
    os.umask(0o077)
    settings = Settings.from_environment()
    logs.configure(settings)
    # A job that is at work when the signal comes is finished first.
    # One worker may be printing a dossier for minutes: two are left for all else.
    planned = schedule(settings, Storage(settings), lambda: bool(consumer.stop_flag.is_set()))
    consumer = planned.huey.create_consumer(workers=3, initial_delay=0.1, max_delay=0.5, graceful_signal="TERM")

    def look() -> None:
        planned.look()
        while not consumer.stop_flag.wait(LOOK_SECONDS):
            planned.look()

    # It ends with the process: a look changes nothing.
    threading.Thread(target=look, name="look", daemon=True).start()
    consumer.run()


if __name__ == "__main__":
    main()
