"""Which text each of those who stand in a dossier has signed: one, or several after corrections."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from campaign.publication import signed_texts
from campaign.publication.signed_texts import Signed
from campaign.publication.values import PublicAction
from campaign.storage.tables import SignedText


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


@dataclass(frozen=True)
class Kept:
    """The texts that were kept of an action, in groups that say the same in its language, the first one first."""

    texts: tuple[SignedText, ...]
    groups: tuple[tuple[SignedText, ...], ...]

    @property
    def ids(self) -> tuple[tuple[int, ...], ...]:
        """The groups by the numbers of their texts."""
        return tuple(tuple(it.id for it in group) for group in self.groups)


def kept(session: Session, action: PublicAction) -> Kept:
    """What may have been signed until now."""
    texts = signed_texts.versions(session, action.id)
    return Kept(texts, tuple(tuple(group) for group in _same_in(texts, action.locale)))


def of(
    there: Kept, locale: str, signed: Mapping[int | None, tuple[int, int]], paper: Mapping[int | None, int]
) -> tuple[SignedPart, ...]:
    """The texts under which anyone signed, the first one first; none where no text was kept.

    `signed` is {kept text: (named, not named)}, `paper` {kept text: names on sheets}.
    """
    number, parts = 0, []
    for n, versions in enumerate(there.groups):
        # What was signed before texts were kept stands with the first.
        ids: set[int | None] = {it.id for it in versions}
        if n == 0:
            ids.add(None)
        named, withheld = (sum(signed.get(id_, (0, 0))[place] for id_ in ids) for place in (0, 1))
        on_paper = sum(paper.get(id_, 0) for id_ in ids)
        if not named + withheld + on_paper:
            continue
        said = _read(there.texts, versions[0], locale)
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
                on_paper=on_paper,
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
