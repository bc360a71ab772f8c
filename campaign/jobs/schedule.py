"""When which job runs. Huey keeps the clock, and the queue in the worker's own memory."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from huey import Huey, MemoryHuey, crontab
from huey.api import TaskWrapper

from campaign import job_runs
from campaign.job_runs import Runs, one_at_a_time
from campaign.jobs.sweeps import Jobs
from campaign.settings import Settings
from campaign.storage import Storage

# How often a worker asks what is owed.
LOOK_SECONDS = 2


@dataclass(frozen=True)
class Schedule:
    """A worker's clock and queue, and its look at what is owed, which queues what would find work."""

    huey: Huey
    look: Callable[[], None]


def schedule(settings: Settings, storage: Storage, stopping: Callable[[], bool] = lambda: False) -> Schedule:
    """All jobs of this installation; long ones ask whether the worker is `stopping`."""
    huey = MemoryHuey("campaign", results=False)
    jobs, runs = Jobs(settings, storage, stopping), Runs(storage)

    def logged(name: str, job: Callable[[], object], idle: int = logging.INFO) -> Callable[[], None]:
        return job_runs.logged(name, job, runs, idle)

    def sweep(name: str, job: Callable[[], object]) -> TaskWrapper:
        """A job of every few seconds: it passes if the one before is still at work, and says only what it did."""
        return huey.task(name=name, expires=30)(one_at_a_time(logged(name, job, idle=logging.DEBUG)))

    sweeps = {
        name: sweep(name, job)
        for name, job in {
            "count": jobs.count,
            "post": jobs.post,
            "spread": jobs.spread,
            "freeze": jobs.freeze,
            "invalidate": jobs.invalidate,
            "build": jobs.build,
            "forward": jobs.forward,
            "tell": jobs.tell,
        }.items()
    }

    def look() -> None:
        for name in sorted(jobs.owed()):
            sweeps[name]()

    def every_one() -> None:
        # Also without a look: what it overlooked must not wait for ever, and who watches sees that jobs run.
        for it in sweeps.values():
            it()

    huey.periodic_task(crontab(minute="*/5"), name="all")(every_one)
    huey.periodic_task(crontab(), name="note")(runs.note)
    huey.periodic_task(crontab(), name="close")(logged("close", jobs.close))
    huey.periodic_task(crontab(), name="open")(logged("open", jobs.open_due))
    huey.periodic_task(crontab(), name="remind")(logged("remind", jobs.remind, idle=logging.DEBUG))
    # The office's hour may be at any minute of UTC; who has today's digest gets no other.
    huey.periodic_task(crontab(minute="*/5"), name="digest")(logged("digest", jobs.digest))
    huey.periodic_task(crontab(), name="stamp")(one_at_a_time(logged("stamp", jobs.stamp)))
    huey.periodic_task(crontab(minute="*/5"), name="bounces")(one_at_a_time(logged("bounces", jobs.bounces)))
    huey.periodic_task(crontab(), name="rotate")(one_at_a_time(logged("rotate", jobs.rotate)))
    huey.periodic_task(crontab(), name="group")(one_at_a_time(logged("group", jobs.group, idle=logging.DEBUG)))
    huey.periodic_task(crontab(minute="23"), name="settle")(logged("settle", jobs.settle))
    huey.periodic_task(crontab(minute="17"), name="purge")(logged("purge", jobs.purge))
    huey.periodic_task(crontab(minute="53"), name="learn")(logged("learn", jobs.learn))
    huey.periodic_task(crontab(minute="41", hour="2"), name="reconcile")(logged("reconcile", jobs.reconcile))
    # It lists all that is stored, so once a day.
    huey.periodic_task(crontab(minute="11", hour="3"), name="sort")(logged("sort", jobs.sort))
    return Schedule(huey, logged("look", look, idle=logging.DEBUG))
