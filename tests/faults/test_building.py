"""Dossiers survive their printer: killed at any point, a build goes on and gives the bytes of an undisturbed one."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from sqlalchemy import delete, insert, select, update

from campaign.delivery import build_run, volumes
from campaign.settings import ROOT, Settings
from campaign.storage import Storage
from campaign.storage.tables import Dossier, DossierBuild, DossierEntry, DossierVolume, PaperName, PaperSheet
from campaign.vocabulary import BuildStatus, DossierStatus
from tests import made
from tests.delivery.signed import freeze, leased, press, sign_all
from tests.faults.served import alive, eventually

pytestmark = [pytest.mark.faults, pytest.mark.databases]

NAMES = 2_000
# Builds with two processes and thin volumes, says where it is, and waits there to be killed.
PRINTER = """
import sys, time
from campaign.delivery import build_run
from campaign.printing.book import volumes as plans
from campaign.settings import Settings
from campaign.storage import Storage
from tests.delivery.signed import leased, press
from pathlib import Path

build_run.BEAT_SECONDS = 0
plans.MOST_PAGES = 8
phase, least = sys.argv[2], int(sys.argv[3])

def told(it):
    if it.phase == phase and it.done >= least:
        print("here", flush=True)
        time.sleep(600)

if __name__ == "__main__":
    storage = Storage(Settings.from_environment())
    mine = leased(storage, sys.argv[4])
    build_run.build(storage, press(Path(sys.argv[1]), processes=2, together=2, told=told), mine)
"""


@pytest.fixture
def code(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> str:
    """A dossier of two thousand in thin volumes."""
    monkeypatch.setattr("campaign.printing.book.volumes.MOST_PAGES", 8)
    with storage.writing() as session:
        made.action(session)
    sign_all(storage)
    with storage.writing() as session:
        typed = [
            PaperName(row=n, name=storage.vault.encrypt(name, "paper_names.name", f"1/{n}"), name_hash=bytes([n]) * 32)
            for n, name in enumerate(("Mary Shelley", "王小明"), 1)
        ]
        session.add(
            PaperSheet(action_id=1, number="7Q4-2M9K", country="GB", names=9, typed=typed, created_at=made.NOON)
        )
    frozen = freeze(storage)
    with storage.writing() as session:
        dossier_id = session.scalars(select(Dossier.id)).one()
        sealed = [
            storage.vault.encrypt(name, "signatures.name", b"")
            for name in ("Ada Lovelace", "عائشہ قریشی", "高橋 さくら", "Ольга", "Anna 😀")
        ]
        more = [
            {"dossier_id": dossier_id, "number": n, "name": sealed[n % 5], "country": "GB"} for n in range(5, NAMES + 1)
        ]
        session.execute(insert(DossierEntry), more)
        session.execute(update(Dossier).values(named=NAMES))
    return frozen


def sums(storage: Storage, code: str) -> tuple[list[str], bytes]:
    """The SHA-256 of every volume, and the archive."""
    with storage.reading() as session:
        found = session.scalars(select(DossierVolume.sha256).order_by(DossierVolume.number)).all()
    return list(found), storage.files.read(volumes.archive_name(code))


def start_over(storage: Storage) -> None:
    """Forget that anything was printed."""
    with storage.writing() as session:
        session.execute(delete(DossierVolume))
        session.execute(update(Dossier).values(status=DossierStatus.FROZEN, pages=None, sha256=None))
        session.execute(
            update(DossierBuild).values(
                status=BuildStatus.WAITING, lease=None, leased_until=None, ended_at=None, attempts=0
            )
        )


def killed_at(settings: Settings, work: Path, code: str, phase: str, least: int) -> None:
    """Print in another process until it is there, and kill it; its presses end by themselves."""
    script = work / "printer.py"
    work.mkdir(parents=True, exist_ok=True)
    script.write_text(PRINTER)
    printer = subprocess.Popen(
        [sys.executable, str(script), str(work), phase, str(least), code],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={
            "PYTHONPATH": str(ROOT),
            "CAMPAIGN_HOME": str(settings.home),
            "CAMPAIGN_DATABASE_URL": settings.database_url,
            "CAMPAIGN_SECRET_KEY": settings.secret_key,
            "CAMPAIGN_DATA_KEYS": ",".join(settings.data_keys),
        },
    )
    assert printer.stdout is not None
    assert printer.stdout.readline() == b"here\n"
    presses = psutil.Process(printer.pid).children(recursive=True)
    printer.kill()
    printer.wait()
    eventually(lambda: not any(map(alive, presses)), "its presses have ended")


def test_a_build_killed_at_three_points_goes_on_and_gives_the_bytes_of_an_undisturbed_one(
    settings: Settings, storage: Storage, code: str, tmp_path: Path
) -> None:
    build_run.build(storage, press(tmp_path / "undisturbed", together=2), leased(storage, code))
    undisturbed = sums(storage, code)
    assert len(undisturbed[0]) >= 3
    start_over(storage)

    for phase, least in (("setting", 300), ("binding", 1), ("packing", 0)):
        killed_at(settings, tmp_path, code, phase, least)
        with storage.writing() as session:
            session.execute(update(DossierBuild).values(leased_until=made.NOON - timedelta(days=1)))
    with storage.reading() as session:
        assert session.scalars(select(Dossier.status)).one() is DossierStatus.FROZEN
    build_run.build(storage, press(tmp_path, together=2), leased(storage, code))

    assert sums(storage, code) == undisturbed
    with storage.reading() as session:
        assert session.scalars(select(Dossier.status)).one() is DossierStatus.READY
        assert None not in session.scalars(select(DossierEntry.page)).all()
    assert not (tmp_path / "work" / code).exists()


def test_after_a_kill_the_terminal_says_what_is_so_and_goes_on_at_once(
    settings: Settings, storage: Storage, code: str, tmp_path: Path
) -> None:
    killed_at(settings, tmp_path, code, "setting", 1)
    with storage.reading() as session:
        until = session.scalars(select(DossierBuild.leased_until)).one()
    environment = {
        "CAMPAIGN_HOME": str(settings.home),
        "CAMPAIGN_DATABASE_URL": settings.database_url,
        "CAMPAIGN_SECRET_KEY": settings.secret_key,
        "CAMPAIGN_DATA_KEYS": ",".join(settings.data_keys),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
    }
    campaign = str(Path(sys.executable).with_name("campaign"))

    resumed = subprocess.run(
        [campaign, "dossier", "resume", code], env=environment, cwd=ROOT, capture_output=True, check=False
    )

    assert resumed.returncode == 0
    assert until is not None
    said = f"A process that no longer runs held this until {until:%H:%M} UTC. Going on."
    assert said in resumed.stderr.decode()
    assert status(storage) is BuildStatus.DONE


def test_ctrl_c_cancels_a_build_at_the_terminal_and_it_can_be_done_after_all(
    settings: Settings, storage: Storage, code: str, tmp_path: Path
) -> None:
    killed_at(settings, tmp_path, code, "setting", 1)
    with storage.writing() as session:
        session.execute(update(DossierBuild).values(status=BuildStatus.CANCELLED, lease=None, leased_until=None))
    environment = {
        "CAMPAIGN_HOME": str(settings.home),
        "CAMPAIGN_DATABASE_URL": settings.database_url,
        "CAMPAIGN_SECRET_KEY": settings.secret_key,
        "CAMPAIGN_DATA_KEYS": ",".join(settings.data_keys),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
    }
    campaign = str(Path(sys.executable).with_name("campaign"))
    # Held up in the middle: the lease is taken, and nothing is printed yet.
    terminal = subprocess.Popen(
        [campaign, "dossier", "resume", code], stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    eventually(lambda: status(storage) is BuildStatus.BUILDING, "it prints")
    terminal.send_signal(2)
    _, said = terminal.communicate(timeout=120)
    if terminal.returncode == 130:
        assert b"Cancelled." in said
        assert status(storage) is BuildStatus.CANCELLED
        assert subprocess.run([campaign, "dossier", "resume", code], env=environment, check=False).returncode == 0
    assert status(storage) is BuildStatus.DONE


def status(storage: Storage) -> BuildStatus:
    """How the one build stands."""
    with storage.reading() as session:
        return session.scalars(select(DossierBuild.status)).one()
