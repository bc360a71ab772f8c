"""Verifying: what a code stands for, and whether a file is what was printed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import pypdfium2
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.delivery import codes
from campaign.errors import Unknown
from campaign.storage.tables import Dossier
from campaign.vocabulary import DossierStatus

# Where `claim` is looked for: a seal or a mail program may have added a little behind it.
READ_BEHIND = 4096


@dataclass(frozen=True)
class Sealed:
    """What anyone may know of a dossier who holds its code."""

    code: str
    action_number: str | None
    action_title: str
    action_slug: str
    official: str
    office: str | None
    locale: str
    frozen_at: datetime
    status: DossierStatus
    named: int
    withheld: int
    countries: int
    pages: int | None
    sha256: str | None

    @property
    def total(self) -> int:
        """All who signed, named or counted."""
        return self.named + self.withheld


class Verdict(StrEnum):
    """What a file is."""

    GENUINE = "genuine"
    ALTERED = "altered"
    NOT_OURS = "not_ours"


def sealed(session: Session, code: str) -> Sealed:
    """The dossier of a code, however it was typed. Raises `Unknown` if there is none."""
    dossier = session.scalars(select(Dossier).where(Dossier.code == codes.normalised(code))).one_or_none()
    if dossier is None:
        raise Unknown("There is no dossier with this code. Check it against the paper: it has eight signs.")
    return described(dossier)


def described(dossier: Dossier) -> Sealed:
    """A stored dossier as values; what is told of the appeal is what was frozen."""
    appeal = json.loads(dossier.appeal)
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
        named=dossier.named,
        withheld=dossier.withheld,
        countries=len(dossier.totals),
        pages=dossier.pages,
        sha256=dossier.sha256,
    )


def verify(session: Session, content: bytes) -> tuple[Verdict, Sealed | None]:
    """What a file is: one of our volumes, one of ours that was altered, or not ours."""
    digest = hashlib.sha256(content).hexdigest()
    exact = session.scalars(select(Dossier).where(Dossier.sha256 == digest)).one_or_none()
    if exact is not None:
        return Verdict.GENUINE, described(exact)
    named = codes_in(content)
    claimed = session.scalars(select(Dossier).where(Dossier.code.in_(named))).first() if named else None
    return (Verdict.ALTERED, described(claimed)) if claimed is not None else (Verdict.NOT_OURS, None)


def claim(code: str) -> bytes:
    """A comment behind a volume's last line that says which dossier it is, for when the rest cannot be read."""
    return f"%dossier {code}\n".encode()


def codes_in(content: bytes) -> frozenset[str]:
    """The codes that a file claims for itself: in its comment, and printed on its first and last pages.

    Both, so that no single changed byte hides them all: one in the comment leaves the pages, one that breaks the
    pages leaves the comment.
    """
    return frozenset(codes.WRITTEN.findall(content[-READ_BEHIND:].decode("latin-1"))) | _printed_codes(content)


def _printed_codes(content: bytes) -> frozenset[str]:
    try:
        pdf = pypdfium2.PdfDocument(content)
        pages = [pdf[n] for n in sorted({0, len(pdf) // 2, len(pdf) - 1})]
        text = " ".join(page.get_textpage().get_text_range() for page in pages)
    except pypdfium2.PdfiumError:
        return frozenset()
    return frozenset(codes.WRITTEN.findall(text))
