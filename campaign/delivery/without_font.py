"""Names that no font here can print, told before they are frozen: they are printed as boxes, and a font may be had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import select

from campaign.printing.engine.fonts import lacking, scripts_of
from campaign.printing.engine.text import one_line
from campaign.sentences import Sentence, counted
from campaign.storage import Storage
from campaign.storage.encrypted_columns import PAPER_NAME, SIGNATURE_NAME, paper_row
from campaign.storage.tables import PaperName, PaperSheet, Signature
from campaign.vocabulary import Disclosure, SignatureStatus

_AT_ONCE = 5_000


@dataclass(frozen=True)
class Boxed:
    """How many names would be printed with boxes, and the scripts or signs that are lacking, in words."""

    names: int
    scripts: tuple[str, ...]

    @property
    def said(self) -> Sentence:
        """A sentence for the office."""
        return counted(
            "%(n)s name has letters that no font on this computer can print (%(scripts)s). Each such letter is printed "
            "as a box with its Unicode number, and the book lists these names.",
            "%(n)s names have letters that no font on this computer can print (%(scripts)s). Each such letter is "
            "printed as a box with its Unicode number, and the book lists these names.",
            self.names,
            scripts=", ".join(self.scripts),
        )


def look(storage: Storage, action_id: int) -> Boxed | None:
    """What a dossier made now would print as boxes; None if nothing. Reads every name that would be printed."""
    names, letters = 0, set[str]()
    for name in chain(_signed(storage, action_id), _on_paper(storage, action_id)):
        if missing := lacking(one_line(name)):
            names += 1
            letters |= missing
    return Boxed(names, scripts_of(letters, "en")) if names else None


def _signed(storage: Storage, action_id: int) -> Iterator[str]:
    last = 0
    while True:
        with storage.reading() as session:
            rows = session.execute(
                select(Signature.id, Signature.name, Signature.reference)
                .where(
                    Signature.action_id == action_id,
                    Signature.id > last,
                    Signature.status == SignatureStatus.CONFIRMED,
                    Signature.name.is_not(None),
                    Signature.disclosure != Disclosure.WITHHELD,
                    Signature.name_hidden.is_(False),
                )
                .order_by(Signature.id)
                .limit(_AT_ONCE)
            ).all()
        if not rows:
            return
        for _, name, reference in rows:
            yield storage.vault.decrypt(name or b"", SIGNATURE_NAME, reference)
        last = rows[-1][0]


def _on_paper(storage: Storage, action_id: int) -> Iterator[str]:
    with storage.reading() as session:
        rows = session.execute(
            select(PaperName.sheet_id, PaperName.row, PaperName.name)
            .join(PaperSheet, PaperSheet.id == PaperName.sheet_id)
            .where(PaperSheet.action_id == action_id, PaperName.name.is_not(None))
        ).all()
    for sheet, row, name in rows:
        if name:
            yield storage.vault.decrypt(name, PAPER_NAME, paper_row(sheet, row))
