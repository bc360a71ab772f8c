"""Building: printed by one process at a time, gone on with after a death, never printed twice."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from campaign import clock
from campaign.delivery import build_queue, build_run, verifying, volumes
from campaign.delivery.build_queue import LEASE, MOST_ATTEMPTS, Progress, Stopped
from campaign.errors import Conflict, Unknown, Unprintable
from campaign.printing.book import volumes as plans
from campaign.printing.book.page_batches import PAGES
from campaign.storage import Storage
from campaign.storage.tables import Dossier, DossierBuild, DossierEntry, DossierVolume, Signature
from campaign.vocabulary import BuildPhase, BuildStatus, Disclosure, DossierStatus, WordsStatus
from tests import made, opened
from tests.delivery.signed import entries, freeze, leased, press, printed, say, sign_all, texts


@pytest.fixture
def signed(storage: Storage) -> Storage:
    with storage.writing() as session:
        made.action(session)
    sign_all(storage)
    return storage


@pytest.fixture
def frozen(signed: Storage) -> str:
    return freeze(signed)


def state(storage: Storage, code: str) -> Progress:
    with storage.reading() as session:
        return build_queue.progress(session, code)


def lapse(storage: Storage) -> None:
    """Let every lease run out."""
    with storage.writing() as session:
        session.execute(
            update(DossierBuild)
            .where(DossierBuild.lease.is_not(None))
            .values(leased_until=made.NOON - timedelta(days=1))
        )


@pytest.mark.databases
def test_a_volume_holds_every_disclosed_name_once_in_order_and_no_withheld_one(
    signed: Storage, frozen: str, tmp_path: Path
) -> None:
    text = "\n".join(texts(printed(signed, tmp_path, frozen)))
    places = [text.index(name) for name in ("高橋 さくら", "Ada Lovelace", "<b>Bobby</b> file:///etc/passwd")]
    assert places == sorted(places)
    for name in ("Ada Lovelace", "高橋 さくら", "عائشہ قریشی", "<b>Bobby</b> file:///etc/passwd"):
        assert text.count(name) == 1, name
    assert "Hidden Person" not in text


def test_each_name_stands_on_the_page_that_is_recorded_for_it(signed: Storage, frozen: str, tmp_path: Path) -> None:
    pages = texts(printed(signed, tmp_path, frozen))
    with signed.reading() as session:
        for entry in session.scalars(select(DossierEntry)):
            assert opened.name_of(signed, entry) in pages[(entry.page or 0) - 1]


def test_a_printed_dossier_is_ready_with_its_volumes_weighed(signed: Storage, frozen: str, tmp_path: Path) -> None:
    pdf = printed(signed, tmp_path, frozen)
    with signed.reading() as session:
        found = verifying.sealed(session, frozen)
    (volume,) = found.volumes
    assert (found.status, found.build, found.pages) == (DossierStatus.READY, BuildStatus.DONE, len(texts(pdf)))
    assert (volume.numbers, volume.bytes, volume.sealed_by) == ((1, 4), len(pdf), None)
    assert volume.sha256 == hashlib.sha256(pdf).hexdigest()


def test_the_archive_holds_the_volumes_their_hashes_and_a_manifest_and_is_the_same_every_time(
    signed: Storage, frozen: str, tmp_path: Path
) -> None:
    pdf = printed(signed, tmp_path, frozen)
    packed = signed.files.read(volumes.archive_name(frozen))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        name = f"dossier-{frozen}.pdf"
        assert archive.namelist() == [
            "check-this-without-us.pdf",
            "manifest.json",
            "SHA256SUMS",
            name,
            "root.txt",
            "verify_entry.py",
            "counted.txt",
            "compare_books.py",
            "verify_audit.py",
        ]
        assert archive.read(name) == pdf
        root, counted = archive.read("root.txt"), archive.read("counted.txt")
        assert archive.read("SHA256SUMS").decode() == (
            f"{hashlib.sha256(pdf).hexdigest()}  {name}\n{hashlib.sha256(root).hexdigest()}  root.txt\n"
            f"{hashlib.sha256(counted).hexdigest()}  counted.txt\n"
        )
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["code"] == frozen
    assert (manifest["named"], manifest["withheld"]) == (4, 1)
    assert manifest["volumes"][0]["sha256"] == hashlib.sha256(pdf).hexdigest()
    assert "Ada" not in json.dumps(manifest)
    with signed.reading() as session:
        packing = volumes.packing(session, frozen)
    volumes.pack(packing, signed.files)
    assert signed.files.read(volumes.archive_name(frozen)) == packed


def test_nothing_that_was_set_is_left_in_the_work_folder(signed: Storage, frozen: str, tmp_path: Path) -> None:
    printed(signed, tmp_path, frozen)
    assert list((tmp_path / "work").iterdir()) == []


def test_a_ready_dossier_is_never_printed_over(signed: Storage, frozen: str, tmp_path: Path) -> None:
    printed(signed, tmp_path, frozen)
    with signed.writing() as session:
        assert build_queue.lease(session, clock.now(), frozen) is None
        with pytest.raises(Conflict):
            build_queue.again(session, frozen, clock.now())
        with pytest.raises(Conflict):
            build_queue.cancel(session, frozen, clock.now())


def test_the_same_freeze_printed_in_two_installations_gives_the_same_bytes(
    signed: Storage, frozen: str, tmp_path: Path
) -> None:
    first = printed(signed, tmp_path, frozen)
    with signed.writing() as session:
        session.execute(
            update(DossierBuild).values(status=BuildStatus.WAITING, lease=None, leased_until=None, attempts=0)
        )
        session.execute(DossierVolume.__table__.delete())
    assert printed(signed, tmp_path / "elsewhere", frozen, processes=2) == first


def test_a_name_erased_before_printing_is_an_empty_line_under_its_number(
    signed: Storage, frozen: str, tmp_path: Path
) -> None:
    with signed.writing() as session:
        session.execute(update(DossierEntry).where(DossierEntry.number == 3).values(name=None, signature_id=None))
    text = "\n".join(texts(printed(signed, tmp_path, frozen)))
    assert "Ada Lovelace" not in text
    assert "<b>Bobby</b>" in text


def test_words_are_printed_with_who_wrote_them(signed: Storage, tmp_path: Path) -> None:
    say(signed, "Ada Lovelace", "Please renew the cards of my neighbours.")
    say(signed, "Hidden Person", "I am hidden.")
    text = "\n".join(texts(printed(signed, tmp_path, freeze(signed))))
    assert "3 · Ada Lovelace · United Kingdom" in text
    assert "Please renew the cards of my neighbours." in text
    # Who asked not to be named is heard too: their words go along without the name.
    assert "I am hidden." in text
    assert "Hidden Person" not in text


def test_words_hidden_or_taken_back_after_the_freeze_are_not_printed(signed: Storage, tmp_path: Path) -> None:
    say(signed, "Ada Lovelace", "Ada's words.")
    say(signed, "高橋 さくら", "Sakura's words.")
    code = freeze(signed)
    say(signed, "Ada Lovelace", "Ada's words.", WordsStatus.HIDDEN)
    with signed.writing() as session:
        session.execute(update(Signature).where(Signature.country == "JP").values(message=None))
    assert "words." not in "\n".join(texts(printed(signed, tmp_path, code)))


@pytest.mark.databases
def test_one_build_is_had_by_one_process_at_a_time(signed: Storage, frozen: str) -> None:
    leased(signed, frozen)
    with signed.writing() as session:
        assert build_queue.lease(session, made.NOON + timedelta(days=1)) is None


@pytest.mark.databases
def test_the_eldest_is_built_first_and_two_do_not_disturb_each_other(
    signed: Storage, frozen: str, tmp_path: Path
) -> None:
    second = freeze(signed)
    one, two = leased(signed), leased(signed)
    assert (one.code, two.code) == (frozen, second)

    def meanwhile(progress: Progress) -> None:
        if progress.phase is BuildPhase.BINDING and progress.done == 0:
            build_run.build(signed, press(tmp_path), two)

    build_run.build(signed, press(tmp_path, told=meanwhile), one)
    with signed.reading() as session:
        for code in (frozen, second):
            assert code in texts(volumes.read(session, signed.files, code, 1))[0]


@pytest.mark.databases
def test_a_build_whose_process_died_is_taken_up_when_its_lease_has_run_out(
    signed: Storage, frozen: str, tmp_path: Path
) -> None:
    gone = leased(signed, frozen)
    lapse(signed)
    assert printed(signed, tmp_path, frozen)
    with pytest.raises(Stopped):
        build_run.build(signed, press(tmp_path), gone)


@pytest.mark.databases
def test_a_build_whose_process_no_longer_runs_is_taken_up_at_once(
    signed: Storage, frozen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("os.getpid", lambda: gone.pid)
        leased(signed, frozen)
    with signed.writing() as session:
        assert build_queue.abandoned(session) == []
        assert build_queue.lease(session, made.NOON + timedelta(days=1), frozen) is None
    gone.communicate()
    with signed.reading() as session:
        (found,) = build_queue.abandoned(session)
        assert (found.code, found.leased_until) == (frozen, made.NOON + timedelta(days=1) + LEASE)
        assert build_queue.waiting(session, made.NOON + timedelta(days=1))
    assert printed(signed, tmp_path, frozen)


@pytest.mark.databases
def test_a_process_that_lost_its_lease_unawares_overwrites_nothing(
    signed: Storage, frozen: str, tmp_path: Path
) -> None:
    slow = leased(signed, frozen)
    pdfs = []

    def meanwhile(progress: Progress) -> None:
        if not pdfs and progress.phase is BuildPhase.BINDING:
            lapse(signed)
            pdfs.append(printed(signed, tmp_path, frozen))

    with pytest.raises(Stopped):
        build_run.build(signed, press(tmp_path, told=meanwhile), slow)
    with signed.reading() as session:
        assert volumes.read(session, signed.files, frozen, 1) == pdfs[0]
        assert session.scalar(select(func.count()).select_from(DossierVolume)) == 1


def test_a_build_that_kills_its_process_again_and_again_is_given_up(signed: Storage, frozen: str) -> None:
    for _ in range(MOST_ATTEMPTS):
        leased(signed, frozen)
        lapse(signed)
    with signed.writing() as session:
        assert build_queue.lease(session, clock.now()) is None
    found = state(signed, frozen)
    assert (found.status, found.problem) == (
        BuildStatus.FAILED,
        "Printing failed too many times.",
    )


def test_a_cancelled_build_stops_leaves_no_name_behind_and_can_be_done_after_all(
    signed: Storage, frozen: str, tmp_path: Path
) -> None:
    def cancel(progress: Progress) -> None:
        with signed.writing() as session:
            build_queue.cancel(session, frozen, clock.now())

    with pytest.raises(Stopped):
        build_run.build(signed, press(tmp_path, told=cancel), leased(signed, frozen))
    assert state(signed, frozen).status is BuildStatus.CANCELLED
    assert not (tmp_path / "work" / frozen).exists()
    with signed.writing() as session:
        assert build_queue.lease(session, clock.now()) is None
        build_queue.again(session, frozen, clock.now())
    assert printed(signed, tmp_path, frozen)


def test_a_process_that_is_to_stop_gives_the_build_back_at_once(signed: Storage, frozen: str, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        build_run.build(signed, press(tmp_path, stopping=lambda: True), leased(signed, frozen))
    assert state(signed, frozen).status is BuildStatus.WAITING
    assert printed(signed, tmp_path, frozen)


def test_progress_tells_phase_and_how_much_is_done(signed: Storage, frozen: str, tmp_path: Path) -> None:
    told: list[Progress] = []
    printed(signed, tmp_path, frozen, told=told.append)
    assert [it.phase for it in told][-3:] == [BuildPhase.BINDING, BuildPhase.BINDING, BuildPhase.PACKING]
    assert [(it.done, it.total) for it in told][-3:] == [(0, 1), (1, 1), (0, 1)]
    assert Progress(BuildStatus.BUILDING, BuildPhase.SETTING, 300, 1_000, 100, None).left == 7


def test_a_name_that_no_font_has_stops_nothing(signed: Storage, tmp_path: Path) -> None:
    with signed.writing() as session:
        for signature in session.scalars(select(Signature)):
            signature.name = signed.vault.encrypt("Ada \U0010fffd", "signatures.name", signature.reference)
    pages = texts(printed(signed, tmp_path, freeze(signed)))
    assert "".join(pages).count("Ada \U0010fffd") == 4
    assert "1, 2, 3, 4." in pages[-1]


def test_what_cannot_be_printed_is_recorded_with_the_reason(signed: Storage, tmp_path: Path) -> None:
    code = freeze(signed)
    with signed.writing() as session:
        dossier = session.scalars(select(Dossier)).one()
        dossier.appeal = dossier.appeal.replace("Renew", "\U0010fffd")
    with pytest.raises(Unprintable):
        printed(signed, tmp_path, code)
    found = state(signed, code)
    assert found.status is BuildStatus.FAILED
    assert "No installed font can print this" in (found.problem or "")


def test_a_dossier_of_many_volumes_records_each_with_its_numbers(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "MOST_PAGES", 10)
    with storage.writing() as session:
        made.action(session)
    sign_all(storage, [(f"Person {n:04}", "FR", Disclosure.PUBLIC) for n in range(500)])
    code = freeze(storage)
    printed(storage, tmp_path, code)
    with storage.reading() as session:
        found = verifying.sealed(session, code)
        pdfs = [volumes.read(session, storage.files, code, it.number) for it in found.volumes]
        recorded = {it.number: it.page for it in session.scalars(select(DossierEntry))}
    assert len(pdfs) > 1
    assert found.pages == sum(len(texts(pdf)) for pdf in pdfs)
    names = dict(entries(storage, code))
    last = 0
    for volume, pdf in zip(found.volumes, pdfs, strict=True):
        pages = texts(pdf)
        first, until = volume.numbers or (0, 0)
        assert first == last + 1
        for number in (first, (first + until) // 2, until):
            assert f"{number}\u2002{names[number]}" in pages[(recorded[number] or 0) - 1].replace(" ", "\u2002", 1) or (
                names[number] in pages[(recorded[number] or 0) - 1]
            )
        last = until
    assert last == 500
    with zipfile.ZipFile(io.BytesIO(storage.files.read(volumes.archive_name(code)))) as archive:
        assert [it for it in archive.namelist() if it.startswith("dossier-") and it.endswith(".pdf")] == [
            it.file for it in found.volumes
        ]
        assert found.volumes[0].file == f"dossier-{code}-volume-1-of-{len(pdfs)}.pdf"


def test_a_volume_that_is_recorded_is_not_printed_again(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "MOST_PAGES", 10)
    with storage.writing() as session:
        made.action(session)
    sign_all(storage, [(f"Person {n:04}", "FR", Disclosure.PUBLIC) for n in range(500)])
    code = freeze(storage)

    def stop_after_one() -> bool:
        with storage.reading() as session:
            return bool(session.scalar(select(func.count()).select_from(DossierVolume)))

    with pytest.raises(Stopped):
        printed(storage, tmp_path, code, stopping=stop_after_one)
    with storage.reading() as session:
        (before,) = session.execute(select(DossierVolume.number, DossierVolume.sha256)).all()
        with pytest.raises(Unknown):
            volumes.read(session, storage.files, code, 1)
    written: list[str] = []
    writing = storage.files.writing
    monkeypatch.setattr(storage.files, "writing", lambda name: (written.append(name), writing(name))[1])
    printed(storage, tmp_path, code)
    assert volumes.file_name(code, before.sha256) not in written
    assert len(written) >= 2


def test_a_lease_outlasts_the_setting_of_a_galley() -> None:
    assert timedelta(seconds=60) < LEASE
    assert PAGES <= 32
