"""Verifying: what a code stands for, and whether a file is what was printed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import sandbox
from campaign.delivery import codes, printed_codes, proofs
from campaign.delivery.proofs import Proof, Tree
from campaign.delivery.volumes import download_name
from campaign.errors import Refused, Unknown
from campaign.storage.tables import Dossier, DossierVolume
from campaign.vocabulary import BuildStatus, DossierStatus

_CLAIMED = re.compile(rb"%dossier ([0-9A-Z]{4}-[0-9A-Z]{4})")


@dataclass(frozen=True)
class Volume:
    """A printed volume as anyone may know it. `numbers` are those of its first and last name."""

    number: int
    file: str
    pages: int
    numbers: tuple[int, int] | None
    sha256: str
    bytes: int
    sealed_by: str | None
    stamped_at: datetime | None


@dataclass(frozen=True)
class Sealed:
    """What anyone may know of a dossier who holds its code. `build` is how far its printing is."""

    code: str
    action_number: str | None
    action_title: str
    action_slug: str
    official: str
    office: str | None
    locale: str
    frozen_at: datetime
    status: DossierStatus
    build: BuildStatus | None
    named: int
    withheld: int
    countries: int
    on_paper: int  # signatures on paper, which were counted separately
    pages: int | None
    volumes: tuple[Volume, ...]
    tree: tuple[int, str] | None = None  # how many entries can be proved, and the root in hexadecimal

    @property
    def total(self) -> int:
        """All who signed, named or counted."""
        return self.named + self.withheld


class Verdict(StrEnum):
    """What a file is."""

    GENUINE = "genuine"
    ALTERED = "altered"
    NOT_OURS = "not_ours"
    PROVEN = "proven"  # a proof of one entry, which leads to the root of its dossier
    NOT_PROVEN = "not_proven"


@dataclass(frozen=True)
class Finding:
    """What a file is found to be: of which dossier, if it is ours or says so, and which of its volumes if it is one."""

    verdict: Verdict
    dossier: Sealed | None = None
    volume: Volume | None = None
    proof: Proof | None = None


def sealed(session: Session, code: str) -> Sealed:
    """The dossier of a code, however it was typed. Raises `Unknown` if there is none."""
    dossier = session.scalars(select(Dossier).where(Dossier.code == codes.normalised(code))).one_or_none()
    if dossier is None:
        raise Unknown(
            "There is no signature book with this code. Check it against the paper. The code has eight characters."
        )
    return described(dossier, proofs.tree_of(session, dossier.id))


def described(dossier: Dossier, tree: Tree | None = None) -> Sealed:
    """A stored dossier as values; what is told of the appeal is what was frozen."""
    appeal = json.loads(dossier.appeal)
    ready = dossier.status is DossierStatus.READY
    return Sealed(
        code=dossier.code,
        action_number=appeal["number"],
        action_title=appeal["title"],
        action_slug=dossier.action.slug,
        official=appeal["official"]["name"],
        office=appeal["official"]["office"],
        locale=dossier.locale,
        frozen_at=dossier.frozen_at,
        status=dossier.status,
        build=dossier.build.status if dossier.build else None,
        named=dossier.named,
        withheld=dossier.withheld,
        countries=len(dossier.totals),
        on_paper=sum(int(sheets["count"]) for sheets in json.loads(dossier.paper or b"[]")),
        pages=dossier.pages,
        # Those of a dossier that is still being printed may yet be followed by others.
        volumes=tuple(_volume(it, dossier.code, len(dossier.volumes)) for it in dossier.volumes) if ready else (),
        tree=(tree.size, tree.hexadecimal) if tree and ready else None,
    )


def verify(session: Session, content: bytes, claimed_in: Iterable[str] | None = None) -> Finding:
    """What a file is: one of our volumes, one of ours that was altered, a proof of one entry, or not ours.

    `claimed_in` are the codes that it claims for itself, where they were read before, by `claims`.
    """
    if (proof := proofs.read(content)) is not None:
        return _proven(session, proof)
    if claimed_in is None:
        claimed_in = codes_in(content)
    digest = hashlib.sha256(content).hexdigest()
    exact = session.execute(
        select(Dossier, DossierVolume.number)
        .join(DossierVolume, DossierVolume.dossier_id == Dossier.id)
        .where(DossierVolume.sha256 == digest, Dossier.status == DossierStatus.READY)
    ).first()
    if exact is not None:
        dossier = described(exact[0])
        return Finding(Verdict.GENUINE, dossier, dossier.volumes[exact[1] - 1])
    named = frozenset(claimed_in)
    claimed = session.scalars(select(Dossier).where(Dossier.code.in_(named))).first() if named else None
    return Finding(Verdict.NOT_OURS) if claimed is None else Finding(Verdict.ALTERED, described(claimed))


def _proven(session: Session, proof: Proof) -> Finding:
    dossier = session.scalars(select(Dossier).where(Dossier.code == proof.dossier)).one_or_none()
    tree = proofs.tree_of(session, dossier.id) if dossier is not None else None
    if dossier is None or tree is None:
        return Finding(Verdict.NOT_OURS)
    verdict = Verdict.PROVEN if proof.leads_to(tree) else Verdict.NOT_PROVEN
    return Finding(verdict, described(dossier, tree), proof=proof)


def codes_in(content: bytes) -> frozenset[str]:
    """The codes that a file claims for itself: in its comments, and printed on its first, middle and last pages.

    Both, so that little is left by which an altered file hides whose it was: what breaks the pages leaves the
    comments, what cuts the comments off leaves the pages.
    """
    claimed = frozenset(code.decode() for code in _CLAIMED.findall(content))
    return claimed.union(printed_codes.on_pages(content))


def claims(content: bytes) -> frozenset[str]:
    """`codes_in` in a process with limits: for a stranger's file. One that cannot be read within them claims nothing
    on its pages."""
    commented = frozenset(code.decode() for code in _CLAIMED.findall(content))
    try:
        return commented | frozenset(sandbox.read(printed_codes.on_pages, content))
    except Refused:
        return commented


def _volume(stored: DossierVolume, code: str, of: int) -> Volume:
    numbers = None
    if stored.first_number is not None and stored.last_number is not None:
        numbers = stored.first_number, stored.last_number
    return Volume(
        stored.number,
        download_name(code, stored.number, of),
        stored.pages,
        numbers,
        stored.sha256,
        stored.bytes,
        stored.sealed_by,
        stored.stamped_at,
    )
