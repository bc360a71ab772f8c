"""Which text each of those who stand in a dossier has signed: one, or several after corrections."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from campaign.publication import signed_texts
from campaign.publication.signed_texts import Signed
from campaign.publication.values import PublicAction
from campaign.storage.tables import PaperSheet, Signature, SignedText
from campaign.vocabulary import Disclosure, SignatureStatus


@dataclass(frozen=True)
class SignedPart:
    """A text and those who signed it: `first` to `last` are the numbers of their names, None if none is named.

    `ids` are of the kept versions that say this in the dossier's language; `reason` of the correction that led to it.
    """

    ids: tuple[int, ...]
    version: int
    digest: str
    title: str
    summary: str
    demands: tuple[str, ...]
    officials: tuple[str, ...]
    named: int
    withheld: int
    on_paper: int
    first: int | None
    last: int | None
    corrected_on: str | None
    reason: str | None

    def frozen(self) -> dict[str, Any]:
        """As a dossier keeps it, for `json.dumps`."""
        return {
            "version": self.version,
            "digest": self.digest,
            "title": self.title,
            "summary": self.summary,
            "demands": list(self.demands),
            "officials": list(self.officials),
            "named": self.named,
            "withheld": self.withheld,
            "on_paper": self.on_paper,
            "first": self.first,
            "last": self.last,
            "corrected_on": self.corrected_on,
            "reason": self.reason,
        }


def of(session: Session, action: PublicAction) -> tuple[SignedPart, ...]:
    """The texts under which anyone signed, the first one first; none where no text was kept."""
    kept = signed_texts.versions(session, action.id)
    if not kept:
        return ()
    groups = _same_in(kept, action.locale)
    by_text, on_paper = _signed(session, action.id), _paper(session, action.id)
    number, parts = 0, []
    for n, versions in enumerate(groups):
        # What was signed before texts were kept stands with the first.
        ids: set[int | None] = {it.id for it in versions}
        if n == 0:
            ids.add(None)
        named, withheld = (sum(by_text.get(id_, (0, 0))[place] for id_ in ids) for place in (0, 1))
        paper = sum(on_paper.get(id_, 0) for id_ in ids)
        if not named + withheld + paper:
            continue
        said = _read(kept, versions[0], action.locale)
        parts.append(
            SignedPart(
                ids=tuple(it.id for it in versions),
                version=said.version,
                digest=said.digest,
                title=said.title,
                summary=said.summary,
                demands=said.demands,
                officials=said.officials,
                named=named,
                withheld=withheld,
                on_paper=paper,
                first=number + 1 if named else None,
                last=number + named if named else None,
                corrected_on=said.created_at.date().isoformat() if n else None,
                reason=said.reason if n else None,
            )
        )
        number += named
    return tuple(parts)


def _same_in(kept: tuple[SignedText, ...], locale: str) -> list[list[SignedText]]:
    """The versions in runs that say the same in one language: what was corrected in another language, or was translated
    later, is the same text to who reads this one."""
    groups: dict[str, list[SignedText]] = {}
    for it in kept:
        groups.setdefault(_words(_read(kept, it, locale)), []).append(it)
    return list(groups.values())


def _read(kept: tuple[SignedText, ...], version: SignedText, locale: str) -> Signed:
    """What a version says in a language; one that was not translated yet, as its translation said it afterwards, if the
    original was the same then."""
    said = signed_texts.read(version, locale)
    if said.locale == locale:
        return said
    for later in kept:
        then = signed_texts.read(later, locale)
        same = _words(signed_texts.read(later, said.locale)) == _words(said)
        if later.version > version.version and then.locale == locale and same:
            return then
    return said


def _words(said: Signed) -> str:
    return json.dumps([said.title, said.summary, said.demands, said.officials], ensure_ascii=False)


def _signed(session: Session, action_id: int) -> Mapping[int | None, tuple[int, int]]:
    """{kept text: (named, not named)} of the confirmed."""
    unnamed = func.sum(case((or_(Signature.disclosure == Disclosure.WITHHELD, Signature.name_hidden), 1), else_=0))
    found = session.execute(
        select(Signature.signed_text_id, func.count(), unnamed)
        .where(Signature.action_id == action_id, Signature.status == SignatureStatus.CONFIRMED)
        .group_by(Signature.signed_text_id)
    ).all()
    return {id_: (int(all_of) - int(hidden), int(hidden)) for id_, all_of, hidden in found}


def _paper(session: Session, action_id: int) -> Mapping[int | None, int]:
    found = session.execute(
        select(PaperSheet.signed_text_id, func.sum(PaperSheet.names))
        .where(PaperSheet.action_id == action_id)
        .group_by(PaperSheet.signed_text_id)
    ).all()
    return {id_: int(names) for id_, names in found}
