"""Building: printing a frozen dossier, in the background or at the terminal, by one process at a time.

Whoever builds holds a lease and tells how far it is; a build whose process died is taken up by another when the lease
runs out, goes on from the galleys that lie in the work folder, and gives the same bytes. A volume that is recorded is
never printed again.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.delivery import build_queue, proofs, volumes
from campaign.delivery.build_queue import Lease, Progress, Stopped
from campaign.delivery.print_data import entries_of, sheet_of, words_of
from campaign.delivery.sealing import Seal, seal_of
from campaign.errors import Incomplete, Unprintable
from campaign.printing.book.dossier import Book, bind, set_pages
from campaign.printing.book.page_batches import PAGES
from campaign.printing.book.print_workers import Presses
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import DossierBuild, DossierVolume
from campaign.vocabulary import BuildPhase, BuildStatus

BEAT_SECONDS = 1.0


@dataclass(frozen=True)
class Press:
    """What a build is done with: where its galleys lie, the public address, how many processes, and the seal if any.

    `stopping` is asked between steps; a build that is stopped is given back and goes on later. `told` is called with
    every sign of life.
    """

    work: Path
    base_url: str
    processes: int | None = None
    seal: Seal | None = None
    stopping: Callable[[], bool] = lambda: False
    told: Callable[[Progress], None] = lambda _progress: None
    together: int = PAGES  # pages of a galley


def press_of(
    settings: Settings,
    stopping: Callable[[], bool] = lambda: False,
    told: Callable[[Progress], None] = lambda _progress: None,
) -> Press:
    """What an installation builds with: a process for each processor, and its seal, which `Incomplete` may refuse."""
    return Press(settings.home / "work", settings.base_url, None, seal_of(settings), stopping, told)


def build(storage: Storage, press: Press, mine: Lease) -> None:
    """Print all volumes that are not recorded yet, store them, and record the dossier as ready.

    Printing and storing run outside of any transaction. Raises `Stopped` if the lease was lost or given back. What
    cannot be printed is recorded as failed, and raised; anything else leaves the lease to run out, and is tried again.
    """
    try:
        _build(storage, press, mine, press.work / mine.code)
    except Unprintable as unprintable:
        with storage.writing() as session:
            build_queue.hold(
                session, mine, **build_queue.ended(BuildStatus.FAILED, clock.now()), problem=str(unprintable)[:300]
            )
        clear(press, mine.code)
        raise
    except Stopped:
        with storage.reading() as session:
            cancelled = build_queue.progress(session, mine.code).status is BuildStatus.CANCELLED
        if cancelled:
            clear(press, mine.code)
        raise
    except Incomplete:
        clear(press, mine.code)  # what lies there was set with other fonts, and can never be bound
        raise
    except OSError:
        # Whoever has taken the build up may have ended it, and cleared the folder away: then this is no fault.
        with storage.writing() as session:
            build_queue.hold(session, mine)
        raise
    # Names lie in it as they are printed.
    clear(press, mine.code)


def clear(press: Press, code: str) -> None:
    """Let go of what was set of a dossier whose printing was cancelled."""
    shutil.rmtree(press.work / code, ignore_errors=True)


def _build(storage: Storage, press: Press, mine: Lease, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    proofs.grow(storage, mine.dossier_id)
    with storage.reading() as session:
        sheet = sheet_of(session, storage.vault, press.base_url, mine.code)
        recorded = frozenset(
            session.scalars(select(DossierVolume.number).where(DossierVolume.dossier_id == mine.dossier_id))
        )
    beat = _Beat(storage, press, mine, sheet.named)
    with Presses(press.processes) as presses:
        book = set_pages(
            sheet,
            entries_of(storage, mine.dossier_id, sheet.locale),
            words_of(storage, mine.dossier_id, sheet.locale),
            folder,
            presses,
            beat.set,
            press.together,
        )
        total = len(book.plan.volumes)
        beat.tell(BuildPhase.BINDING, len(recorded), total)
        for done, bound in enumerate(bind(book, presses, recorded), len(recorded) + 1):
            _store(storage, press, mine, book, volumes.finished(bound, mine.code, press.seal))
            beat.tell(BuildPhase.BINDING, done, total)
    beat.tell(BuildPhase.PACKING, 0, 1)
    with storage.reading() as session:
        packing = volumes.packing(session, mine.code)
    packed = volumes.pack(packing, storage.files)
    with storage.writing() as session:
        build_queue.hold(session, mine, **build_queue.ended(BuildStatus.DONE, clock.now()), done=1)
        volumes.record_ready(session, mine.dossier_id, packed)


def _store(storage: Storage, press: Press, mine: Lease, book: Book, volume: volumes.Finished) -> None:
    # Stored under its own hash: a process that lost its lease unawares can overwrite nothing.
    storage.files.write(volumes.file_name(mine.code, volume.sha256), volume.pdf)
    for pages in volumes.page_batches(book.plan, volume.number):
        # Whoever takes their signature back meanwhile changes the same entries.
        storage.write(partial(_record_pages, mine, pages))
    with storage.writing() as session:
        build_queue.hold(session, mine)
        volumes.record(session, mine.dossier_id, volume)


def _record_pages(mine: Lease, pages: Sequence[tuple[int, int, int]], session: Session) -> None:
    build_queue.hold(session, mine)
    volumes.record_pages(session, mine.dossier_id, pages)


class _Beat:
    """Signs of life: told to the table at most once a second, and an occasion to hear that all is off."""

    def __init__(self, storage: Storage, press: Press, mine: Lease, names: int) -> None:
        self._storage, self._press, self._mine, self._names = storage, press, mine, names
        self._began = self._told = time.monotonic()
        self._first: int | None = None
        self._pace: int | None = None

    def set(self, names: int) -> None:
        """So many names (and words) are set."""
        now = time.monotonic()
        if now - self._told < BEAT_SECONDS and not self._press.stopping():
            return
        # Those that lay there from before cost nothing, and would promise too much.
        self._first = names if self._first is None else self._first
        if names > self._first:
            self._pace = max(1, round((names - self._first) / (now - self._began)))
        else:
            self._began = now
        self.tell(BuildPhase.SETTING, names, max(names, self._names))

    def tell(self, phase: BuildPhase, done: int, total: int) -> None:
        """Tell how far it is. Raises `Stopped` if that is no longer of interest."""
        now = clock.now()
        if self._press.stopping():
            with self._storage.writing() as session:
                waiting = {"status": BuildStatus.WAITING, "lease": None, "leased_until": None}
                build_queue.hold(session, self._mine, **waiting, attempts=DossierBuild.attempts - 1)
            raise Stopped("Printing of this signature book has paused. It continues later.")
        with self._storage.writing() as session:
            build_queue.hold(session, self._mine, beat_at=now, phase=phase, done=done, total=total, pace=self._pace)
        self._told = time.monotonic()
        self._press.told(Progress(BuildStatus.BUILDING, phase, done, total, self._pace, None))
