"""Volumes as they are kept: each file under its hash, the list of hashes, the manifest, and one archive of it all."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.delivery import proofs
from campaign.delivery.proofs import Tree
from campaign.delivery.sealing import Seal, certificate_fingerprint
from campaign.errors import Gone, Unknown
from campaign.printing.book.volumes import Plan, Section
from campaign.printing.sheets import check_page
from campaign.printing.sheets.check_page import CheckSheet, Stamp
from campaign.settings import ROOT as SOURCE
from campaign.storage import Storage, guarded
from campaign.storage.files import Files, Stored
from campaign.storage.tables import Dossier, DossierEntry, DossierStamp, DossierVolume
from campaign.vocabulary import DossierStatus, Paper

if TYPE_CHECKING:  # who hands volumes out prints none
    from campaign.printing.book.dossier import Bound

# Pages whose names are told where they stand in one transaction: all other writers wait for it.
PAGES_AT_ONCE = 40
SUMS, ROOT, ROOTS, COUNTED = "SHA256SUMS", "root.txt", "time-stamp-roots.pem", "counted.txt"
# Checks a proof with nothing but Python; it ships in the documents, and in every archive.
SCRIPT = SOURCE / "docs" / "verify_entry.py"
# Follows the office's record of changes up to the printed link, likewise.
AUDIT_SCRIPT = SOURCE / "docs" / "verify_audit.py"
# Compares who is counted in two books, likewise.
COMPARING = SOURCE / "docs" / "compare_books.py"
# What an archive says of the age of its files: nothing, so that the same volumes give the same bytes.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Finished:
    """A volume as it will be handed over: claimed, sealed if there is a seal, and weighed."""

    number: int
    pages: int
    numbers: tuple[int, int] | None
    pdf: bytes
    sha256: str
    sealed_by: str | None
    stamped_at: datetime | None


@dataclass(frozen=True)
class Packed:
    """A dossier complete: its pages, and the SHA-256 (hex) of the list of its volumes' own."""

    pages: int
    sha256: str


def finished(bound: Bound, code: str, seal: Seal | None) -> Finished:
    """A bound volume made ready. What it is before it is sealed is the same every time."""
    pdf = claimed(seal.prepared(bound.file.read_bytes()) if seal is not None else bound.file.read_bytes(), code)
    sealed = seal.seal(pdf) if seal is not None else None
    content = sealed.pdf if sealed else pdf
    return Finished(
        bound.number,
        bound.pages,
        bound.numbers,
        content,
        hashlib.sha256(content).hexdigest(),
        sealed.by if sealed else None,
        sealed.stamped_at if sealed else None,
    )


def claim(code: str) -> bytes:
    """A comment that says which dossier a file is of; twice, so that no single changed byte hides it."""
    return f"%dossier {code}\n".encode() * 2


def folder(code: str) -> str:
    """Where all files of a dossier lie in the store."""
    return f"dossiers/{code}"


def claimed(pdf: bytes, code: str) -> bytes:
    """A volume with its claim, for when the rest cannot be read: before the last lines, since an archive wants nothing
    behind those."""
    before, found, last = pdf.rpartition(b"startxref")
    return before + claim(code) + found + last


def file_name(code: str, sha256: str) -> str:
    """Where a volume lies in the store."""
    return f"dossiers/{code}/{sha256}.pdf"


def archive_name(code: str) -> str:
    """Where a dossier's archive lies in the store."""
    return f"dossiers/{code}/dossier-{code}.zip"


def download_name(code: str, number: int, of: int) -> str:
    """What a volume is called by those who get it."""
    return f"dossier-{code}.pdf" if of == 1 else f"dossier-{code}-volume-{number}-of-{of}.pdf"


def read(session: Session, files: Files, code: str, number: int) -> bytes:
    """A printed volume. Raises `Unknown` if there is none."""
    return files.read(_stored(session, code, number))


def stream(session: Session, files: Files, code: str, number: int) -> Stored:
    """The same, piece by piece."""
    return files.stream(_stored(session, code, number))


def _stored(session: Session, code: str, number: int) -> str:
    found = session.scalars(
        select(DossierVolume.sha256)
        .join(Dossier, Dossier.id == DossierVolume.dossier_id)
        .where(Dossier.code == code, DossierVolume.number == number, Dossier.status == DossierStatus.READY)
    ).one_or_none()
    if found is None:
        raise Unknown("This signature book has no such volume, or it is not printed yet.")
    if session.scalar(select(Dossier.volumes_ended_at).where(Dossier.code == code)) is not None:
        raise Gone("The volumes of this signature book were deleted when their stated time was over.")
    return file_name(code, found)


def archive(session: Session, files: Files, code: str) -> Stored:
    """All volumes with their manifest and SHA256SUMS, as one zip. Raises `Unknown` if it is not printed yet."""
    # Not by the store alone: that knows nobody's eyes.
    if session.scalar(select(Dossier.id).where(Dossier.code == code)) is None:
        raise Unknown("This file was not found.")
    return files.stream(archive_name(code))


def faults(session: Session, files: Files) -> tuple[int, list[str]]:
    """(printed volumes that should be stored, a sentence for each that is not, or not as it was printed)."""
    kept = session.execute(
        select(Dossier.code, DossierVolume.number, DossierVolume.sha256)
        .join(DossierVolume, DossierVolume.dossier_id == Dossier.id)
        .where(Dossier.volumes_ended_at.is_(None))
        .order_by(Dossier.code, DossierVolume.number)
    ).all()
    found = []
    for code, number, sha256 in kept:
        digest = hashlib.sha256()
        try:
            for piece in files.stream(file_name(code, sha256)).pieces:
                digest.update(piece)
        except Unknown:
            found.append(f"Volume {number} of signature book {code} is missing.")
            continue
        if digest.hexdigest() != sha256:
            found.append(f"Volume {number} of signature book {code} is not the file that was printed.")
    return len(kept), found


def record(session: Session, dossier_id: int, volume: Finished) -> None:
    """Record a volume that is stored."""
    first, last = volume.numbers or (None, None)
    session.add(
        DossierVolume(
            dossier_id=dossier_id,
            number=volume.number,
            pages=volume.pages,
            first_number=first,
            last_number=last,
            sha256=volume.sha256,
            bytes=len(volume.pdf),
            sealed_by=volume.sealed_by,
            stamped_at=volume.stamped_at,
        )
    )


def page_batches(plan: Plan, number: int) -> Iterator[Sequence[tuple[int, int, int]]]:
    """(first number, last number, page) of the name pages of a volume, some at a time."""
    volume = plan.volumes[number - 1]
    pages = [
        (page.first, page.last, volume.page_of(place))
        for place, page in enumerate(plan.pages_in(volume), volume.start)
        if page.section is Section.NAMES and page.first is not None and page.last is not None
    ]
    for start in range(0, len(pages), PAGES_AT_ONCE):
        yield pages[start : start + PAGES_AT_ONCE]


def record_pages(session: Session, dossier_id: int, pages: Sequence[tuple[int, int, int]]) -> None:
    """Record on which page each number stands. A name that goes on over the end of a page stands where it begins."""
    for first, last, page in pages:
        guarded.change(
            session,
            DossierEntry,
            DossierEntry.dossier_id == dossier_id,
            DossierEntry.number.between(first, last),
            page=page,
        )


@dataclass(frozen=True)
class Packing:
    """All that an archive is made from, read at once: nothing is printed or stored while the tables are read."""

    code: str
    pages: int
    manifest: bytes
    check: CheckSheet
    paper: Paper
    volumes: tuple[tuple[str, str], ...]  # file, SHA-256
    tokens: tuple[tuple[str, bytes], ...] = ()  # file, what an authority answered
    counted: tuple[str, bytes] | None = None  # where the marks of those who are counted lie, their SHA-256


def packing(session: Session, code: str) -> Packing:
    """What is to be packed of a dossier."""
    dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
    names = {it.number: download_name(code, it.number, len(dossier.volumes)) for it in dossier.volumes}
    tree = proofs.tree_of(session, dossier.id)
    appeal = json.loads(dossier.appeal)
    printed = tuple((names[it.number], it.sha256) for it in dossier.volumes)
    asked = session.scalars(
        select(DossierStamp).where(DossierStamp.dossier_id == dossier.id).order_by(DossierStamp.authority)
    ).all()
    came = [stamp for stamp in asked if stamp.token is not None and stamp.stamped_at is not None]
    tokens = {stamp.authority: f"time-stamp-{n}.tsr" for n, stamp in enumerate(came, 1)}
    check = CheckSheet(
        locale=dossier.locale,
        organisation=appeal["organisation"],
        code=code,
        title=appeal["title"],
        frozen_at=dossier.frozen_at,
        tree=(tree.size, tree.hexadecimal) if tree else None,
        volumes=printed,
        sums=SUMS,
        sealed_by=next((it.sealed_by for it in dossier.volumes), None),
        stamps=tuple(
            Stamp(
                urlsplit(stamp.authority).hostname or stamp.authority, stamp.stamped_at, tokens[stamp.authority], ROOTS
            )
            for stamp in came
            if stamp.stamped_at is not None
        ),
        audit_head=appeal.get("audit", {}).get("link"),
        owed=tuple(urlsplit(stamp.authority).hostname or stamp.authority for stamp in asked if stamp.token is None),
    )
    return Packing(
        code,
        sum(it.pages for it in dossier.volumes),
        json.dumps(_manifest(dossier, names, tree), ensure_ascii=False, indent=2).encode() + b"\n",
        check,
        Paper(appeal.get("paper_size", Paper.A4)),
        printed,
        tuple((tokens[stamp.authority], bytes(stamp.token or b"")) for stamp in came),
        (proofs.counted_file(code, tree.root), bytes(tree.counted)) if tree and tree.counted else None,
    )


def pack(what: Packing, files: Files, roots: bytes | None = None) -> Packed:
    """Put the archive beside the volumes: with the list of hashes, the manifest, and how to check it all without us.

    `roots` are the certificates (PEM) that the authorities of its time stamps lead to. The same gives the same bytes.
    """
    listed = _sums(what)
    fingerprint = None
    if what.check.sealed_by and what.volumes:
        fingerprint = certificate_fingerprint(files.read(file_name(what.code, what.volumes[0][1])))
    page = check_page.check_pdf(replace(what.check, fingerprint=fingerprint), what.paper)
    with (
        files.writing(archive_name(what.code)) as target,
        zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archived,
    ):
        for name, content in (("check-this-without-us.pdf", page), ("manifest.json", what.manifest), (SUMS, listed)):
            archived.writestr(zipfile.ZipInfo(name, _NO_DATE), content)
        for name, digest in what.volumes:
            with archived.open(zipfile.ZipInfo(name, _NO_DATE), "w") as part:
                part.writelines(files.stream(file_name(what.code, digest)).pieces)
        for name, content in _beside(what, files, roots):
            archived.writestr(zipfile.ZipInfo(name, _NO_DATE), content)
    return Packed(what.pages, hashlib.sha256(listed).hexdigest())


def _beside(what: Packing, files: Files, roots: bytes | None) -> Iterator[tuple[str, bytes]]:
    """What is needed to check the volumes without us."""
    if what.check.tree:
        yield ROOT, _root(what)
        yield SCRIPT.name, SCRIPT.read_bytes()
    if what.counted:
        yield COUNTED, files.read(what.counted[0])
        yield COMPARING.name, COMPARING.read_bytes()
    if what.check.audit_head:
        yield AUDIT_SCRIPT.name, AUDIT_SCRIPT.read_bytes()
    yield from what.tokens
    if what.tokens and roots:
        yield ROOTS, roots


def pack_again(storage: Storage, code: str, roots: bytes) -> None:
    """The archive with what has come since: its list of hashes stays what it was."""
    with storage.reading() as session:
        what = packing(session, code)
    pack(what, storage.files, roots)


def sums(storage: Storage, code: str) -> bytes:
    """The list of hashes of a dossier: what authorities vouch for."""
    with storage.reading() as session:
        return _sums(packing(session, code))


def _sums(what: Packing) -> bytes:
    listed = [(digest, file) for file, digest in what.volumes]
    if what.check.tree:
        listed.append((hashlib.sha256(_root(what)).hexdigest(), ROOT))
    if what.counted:
        listed.append((what.counted[1].hex(), COUNTED))
    return "".join(f"{digest}  {file}\n" for digest, file in listed).encode()


def _root(what: Packing) -> bytes:
    return f"{what.check.tree[1] if what.check.tree else ''}\n".encode()


def record_ready(session: Session, dossier_id: int, complete: Packed) -> None:
    """Record a dossier as printed."""
    guarded.change(
        session,
        Dossier,
        Dossier.id == dossier_id,
        Dossier.status == DossierStatus.FROZEN,
        status=DossierStatus.READY,
        pages=complete.pages,
        sha256=complete.sha256,
    )


def _manifest(dossier: Dossier, names: dict[int, str], tree: Tree | None) -> dict[str, Any]:
    """What a machine may want to know of the archive."""
    appeal = json.loads(dossier.appeal)
    return {
        "code": dossier.code,
        "action": {"number": appeal["number"], "title": appeal["title"], "language": dossier.locale},
        "organisation": appeal["organisation"],
        "official": {"name": appeal["official"]["name"], "office": appeal["official"]["office"]},
        "frozen_at": dossier.frozen_at.isoformat(),
        "named": dossier.named,
        "withheld": dossier.withheld,
        "tree": {"entries": tree.size, "root": tree.hexadecimal} if tree else None,
        "counted": {"file": COUNTED, "sha256": tree.counted.hex()} if tree and tree.counted else None,
        "audit": appeal.get("audit"),
        "totals": [
            {"country": it.country, "named": it.named, "withheld": it.withheld}
            for it in sorted(dossier.totals, key=lambda it: it.country)
        ],
        "days": [{"day": it.day.isoformat(), "signatures": it.count} for it in dossier.days],
        "volumes": [
            {
                "number": it.number,
                "file": names[it.number],
                "pages": it.pages,
                "first_name": it.first_number,
                "last_name": it.last_number,
                "bytes": it.bytes,
                "sha256": it.sha256,
                "sealed_by": it.sealed_by,
                "time_stamp": it.stamped_at.isoformat() if it.stamped_at else None,
            }
            for it in dossier.volumes
        ],
    }
