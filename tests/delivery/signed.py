"""People who have signed, dossiers of them, and their printing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pypdfium2
from sqlalchemy import select, update

from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.delivery import build_queue, build_run, freezing, volumes
from campaign.delivery.build_run import Press
from campaign.publication.reading import published
from campaign.storage import Storage
from campaign.storage.tables import Dossier, DossierEntry, Signature
from campaign.vocabulary import Disclosure, WordsStatus
from tests import made, opened

SLUG = "renew-the-cards"
PEOPLE = (
    ("Ada Lovelace", "GB", Disclosure.PUBLIC),
    ("عائشہ قریشی", "PK", Disclosure.OFFICIAL),
    ("Hidden Person", "PK", Disclosure.WITHHELD),
    ("高橋 さくら", "JP", Disclosure.PUBLIC),
    ("<b>Bobby</b> file:///etc/passwd", "GB", Disclosure.PUBLIC),
)


def sign_all(storage: Storage, people: Iterable[tuple[str, str, Disclosure]] = PEOPLE, slug: str = SLUG) -> None:
    """Have these people sign and confirm, each a minute after the other."""
    with storage.writing() as session:
        for n, (name, country, disclosure) in enumerate(people):
            wish = made.wish(f"{n}@example.org", name=name, country=country, disclosure=disclosure)
            sign(session, storage.vault, slug, wish, made.NOON)
        references = session.scalars(select(Signature.reference).order_by(Signature.id)).all()
        for n, reference in enumerate(references):
            confirming.confirm(session, storage.vault, reference, made.NOON + timedelta(minutes=n))


def say(storage: Storage, name: str, words: str, status: WordsStatus | None = WordsStatus.SHOWN) -> None:
    """Give someone who signed words of their own, in a state of moderation."""
    with storage.writing() as session:
        for signature in session.scalars(select(Signature)):
            if signature.name and storage.vault.decrypt(signature.name, "signatures.name", signature.reference) == name:
                message = storage.vault.encrypt(words, "signatures.message", signature.reference)
                session.execute(
                    update(Signature).where(Signature.id == signature.id).values(message=message, words_status=status)
                )


def freeze(storage: Storage, slug: str = SLUG) -> str:
    """A dossier's code."""
    with storage.writing() as session:
        return freezing.freeze(session, published(session, slug, "en"), None, made.NOON + timedelta(days=1))


def leased(storage: Storage, code: str | None = None) -> build_queue.Lease:
    """The lease of a build, which must be to be had."""
    with storage.writing() as session:
        mine = build_queue.lease(session, made.NOON + timedelta(days=1), code)
    assert mine is not None
    return mine


def press(tmp_path: Path, **values: object) -> Press:
    """A press of one process."""
    return replace(Press(tmp_path / "work", "https://act.example.org", processes=1), **values)


def printed(storage: Storage, tmp_path: Path, code: str, **values: object) -> bytes:
    """Print a dossier; its first volume."""
    build_run.build(storage, press(tmp_path, **values), leased(storage, code))
    with storage.reading() as session:
        return volumes.read(session, storage.files, code, 1)


def entries(storage: Storage, code: str) -> list[tuple[int, str]]:
    """The numbered names of a dossier."""
    with storage.reading() as session:
        mine = select(DossierEntry).join(Dossier, Dossier.id == DossierEntry.dossier_id).where(Dossier.code == code)
        found = session.scalars(mine.order_by(DossierEntry.number)).all()
        return [(it.number, opened.name_of(storage, it)) for it in found]


def texts(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
