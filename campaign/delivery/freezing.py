"""Freezing: who had confirmed, what they let be seen, and which texts, at one instant. Numbers are given here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import language
from campaign.delivery import codes, numbering, signed_parts
from campaign.delivery.signed_parts import SignedPart
from campaign.errors import Refused, Unknown
from campaign.office import audit
from campaign.publication.figures import said
from campaign.publication.stopping import refuse_if_stopped
from campaign.publication.values import PublicAction, PublicRecipient
from campaign.storage import guarded
from campaign.storage.encrypted_columns import as_text, paper_row
from campaign.storage.tables import Action, Dossier, DossierBuild, Organisation, PaperName, PaperSheet
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import BuildStatus, DossierStatus, Paper, RecipientRole


@dataclass(frozen=True)
class _OnPaper:
    """The sheets that came back: `sealed` as a dossier keeps them, None if there are none; {kept text: names}."""

    sealed: bytes | None
    by_text: Mapping[int | None, int]


def freeze(session: Session, action: PublicAction, official: int | None, now: datetime, paper: Paper = Paper.A4) -> str:
    """Freeze the signatures of an action for one official; returns the dossier's code. It now waits to be printed.

    Raises `Unknown` if there is no such recipient, `Refused` if nobody has signed yet, online or on paper, or if names
    wait to be read.
    """
    refuse_if_stopped(action)
    recipient = recipient_of(action, official)
    on_paper, texts = _on_paper(session, action.id), signed_parts.kept(session, action)
    dossier_id, code = _insert(session, action, recipient, on_paper.sealed, now)
    countries = [code for code, _ in language.countries(action.locale)]
    numbered = numbering.number(session, dossier_id, action.id, countries, texts.ids)
    if not numbered.by_text and on_paper.sealed is None:
        raise Refused(
            "Nobody has confirmed a signature for this action yet, so there is nothing to put in a signature book."
        )
    _refuse_unread(numbered.held)
    parts = signed_parts.of(texts, action.locale, numbered.by_text, on_paper.by_text)
    appeal = _appeal(session, action, recipient, parts, paper) | {
        "hidden": numbered.hidden,
        "unnamed_words": list(numbered.unnamed_words),
    }
    guarded.change(
        session,
        Dossier,
        Dossier.id == dossier_id,
        appeal=json.dumps(appeal, ensure_ascii=False, sort_keys=True),
        named=numbered.named,
        withheld=numbered.withheld,
    )
    session.add(
        DossierBuild(dossier_id=dossier_id, status=BuildStatus.WAITING, asked_at=now, attempts=0, done=0, total=0)
    )
    session.flush()
    return code


def _refuse_unread(held: int) -> None:
    """Nothing that reads like a threat is printed before an organiser has read it."""
    if held:
        raise Refused(
            "Names wait to be read first: %(n)s. Approve or hide them under Signatures, “Moderate”, then make the "
            "signature book.",
            n=str(held),
        )


def recipient_of(action: PublicAction, official: int | None) -> PublicRecipient:
    """The official of a number, or the first. Raises `Unknown` for one who is not asked to act."""
    found = action.recipient(official) if official is not None else next(iter(action.asked), None)
    if found is None or found.role is not RecipientRole.TO:
        raise Unknown("This action is not addressed to this official.")
    return found


def _insert(
    session: Session, action: PublicAction, recipient: PublicRecipient, on_paper: bytes | None, now: datetime
) -> tuple[int, str]:
    """The dossier, of which nothing is known yet but whose it is: (its number, its code)."""
    values: dict[str, Any] = {
        "action_id": action.id,
        "official_id": recipient.official_id,
        "locale": action.locale,
        "status": DossierStatus.FROZEN,
        "frozen_at": now,
        "appeal": "{}",
        "named": 0,
        "withheld": 0,
        "paper": on_paper,
    }
    while True:
        code = codes.fresh()
        dossier_id = insert_or_leave(session, Dossier, code=code, **values)
        if dossier_id is not None:  # else the code was given before, once in some hundred milliards
            return dossier_id, code


def _appeal(
    session: Session, action: PublicAction, recipient: PublicRecipient, texts: tuple[SignedPart, ...], paper: Paper
) -> dict[str, Any]:
    """All that is printed besides names, as it is now: later corrections change nothing in this dossier.

    What people signed is printed as they signed it, whatever the action says by now.
    """
    shown = texts[-1] if texts else action
    organisation, trail = session.scalars(select(Organisation)).one(), audit.head(session)
    letter = action.letter(action.locale, recipient.n)
    return {
        "paper_size": paper,
        "audit": {"event": trail.event, "link": trail.link},
        "organisation": said(organisation.name, action.locale),
        "organisation_address": list(organisation.postal_address),
        "number": action.number,
        "title": shown.title,
        "summary": shown.summary,
        "demands": list(shown.demands),
        "texts": [it.frozen() for it in texts],
        "seats": session.scalars(select(Action.seats).where(Action.id == action.id)).one(),
        "salutation": letter.salutation if letter else None,
        "close": letter.close if letter else None,
        "official": {
            "name": recipient.name or "",
            "title": recipient.title,
            "office": recipient.postal_office,
            "address": list(recipient.address),
            "country": recipient.country,
        },
    }


def _on_paper(session: Session, action_id: int) -> _OnPaper:
    """The sheets that came back, in the order of their entry, as JSON: number, country, how many, and sealed names.

    Whoever a person has judged to stand in another list too is left out. Read at once: beside people who enter sheets,
    two statements could tell of different ones.
    """
    sheets: dict[int, dict[str, Any]] = {}
    by_text: Counter[int | None] = Counter()
    rows = session.execute(
        select(
            PaperSheet.id,
            PaperSheet.number,
            PaperSheet.country,
            PaperSheet.names,
            PaperSheet.signed_text_id,
            PaperName.row,
            PaperName.name,
            PaperName.same_as_online,
        )
        .outerjoin(PaperName, PaperName.sheet_id == PaperSheet.id)
        .where(PaperSheet.action_id == action_id)
        .order_by(PaperSheet.id, PaperName.row)
    )
    for sheet_id, number, country, count, text_id, row, name, same_as_online in rows:
        if sheet_id not in sheets:
            sheets[sheet_id] = {"number": number, "country": country, "count": count, "names": []}
            by_text[text_id] += count
        if same_as_online:
            sheets[sheet_id]["count"] -= 1
        elif name:  # empty once its time was over
            sheets[sheet_id]["names"].append([paper_row(sheet_id, row), as_text(name)])
    left = [sheet for sheet in sheets.values() if sheet["count"]]
    return _OnPaper(json.dumps(left, ensure_ascii=False).encode() if left else None, by_text)
