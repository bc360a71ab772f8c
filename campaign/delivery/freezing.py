"""Freezing: who had confirmed, what they let be seen, and which texts, at one instant. Numbers are given here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, func, insert, literal, not_, or_, select
from sqlalchemy.orm import Session

from campaign import language
from campaign.delivery import codes, signed_parts
from campaign.delivery.signed_parts import SignedPart
from campaign.errors import Refused, Unknown
from campaign.publication.figures import said
from campaign.publication.stopping import refuse_if_stopped
from campaign.publication.values import PublicAction, PublicRecipient
from campaign.storage.encrypted_columns import as_text, paper_row
from campaign.storage.tables import (
    Action,
    Dossier,
    DossierBuild,
    DossierDay,
    DossierEntry,
    DossierTotal,
    DossierWithheld,
    Organisation,
    PaperName,
    PaperSheet,
    Signature,
)
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import (
    BuildStatus,
    Disclosure,
    DossierStatus,
    Paper,
    RecipientRole,
    SignatureStatus,
    WordsStatus,
)

# Counted and never named: who asked for that, and a name that an organiser has hidden.
_COUNTED_ONLY = or_(Signature.disclosure == Disclosure.WITHHELD, Signature.name_hidden)
# Words that an organiser has read and shown. Who is only counted says nothing either.
_WITH_WORDS = and_(Signature.message.is_not(None), Signature.words_status == WordsStatus.SHOWN)


def freeze(session: Session, action: PublicAction, official: int | None, now: datetime, paper: Paper = Paper.A4) -> str:
    """Freeze the signatures of an action for one official; returns the dossier's code. It now waits to be printed.

    Needs a transaction that sees one snapshot. Raises `Unknown` if there is no such recipient, `Refused` if
    nobody has signed yet, online or on paper.
    """
    refuse_if_stopped(action)
    recipient = _recipient(action, official)
    totals, on_paper = _totals(session, action.id), _on_paper(session, action.id)
    if not totals and on_paper is None:
        raise Refused(
            "Nobody has confirmed a signature for this action yet, so there is nothing to put in a signature book."
        )
    in_order = language.sort_key(action.locale)
    ordered = sorted(totals, key=lambda code: in_order(language.country_name(code, action.locale)))
    _refuse_unread(session, action.id)
    texts = signed_parts.of(session, action)
    dossier_id, code = _insert(session, action, recipient, totals, on_paper, texts, now, paper)
    session.add_all(
        DossierTotal(dossier_id=dossier_id, country=code, named=named, withheld=withheld)
        for code, (named, withheld) in totals.items()
    )
    session.add_all(DossierDay(dossier_id=dossier_id, day=day, count=n) for day, n in _days(session, action.id))
    session.add(
        DossierBuild(dossier_id=dossier_id, status=BuildStatus.WAITING, asked_at=now, attempts=0, done=0, total=0)
    )
    _number(session, dossier_id, action.id, ordered, texts)
    _number_withheld(session, dossier_id, action.id, sum(named for named, _ in totals.values()))
    session.flush()
    return code


def _refuse_unread(session: Session, action_id: int) -> None:
    """Nothing that reads like a threat is printed before an organiser has read it."""
    held = session.scalar(
        select(func.count()).where(
            Signature.action_id == action_id,
            Signature.status == SignatureStatus.CONFIRMED,
            Signature.name_held,
            Signature.name.is_not(None),
            not_(_COUNTED_ONLY),
        )
    )
    if held:
        raise Refused(
            "Names wait to be read first: %(n)s. Approve or hide them under Signatures, “Moderate”, then make the "
            "signature book.",
            n=str(held),
        )


def _recipient(action: PublicAction, official: int | None) -> PublicRecipient:
    found = action.recipient(official) if official is not None else next(iter(action.asked), None)
    if found is None or found.role is not RecipientRole.TO:
        raise Unknown("This action is not addressed to this official.")
    return found


def _totals(session: Session, action_id: int) -> dict[str, tuple[int, int]]:
    """{country: (named, withheld)} of the confirmed."""
    withheld = func.sum(case((_COUNTED_ONLY, 1), else_=0))
    found = session.execute(
        select(Signature.country, func.count(), withheld)
        .where(Signature.action_id == action_id, Signature.status == SignatureStatus.CONFIRMED)
        .group_by(Signature.country)
    ).all()
    return {country: (int(all_of) - int(hidden), int(hidden)) for country, all_of, hidden in found}


def _hidden(session: Session, action_id: int) -> int:
    """How many of those who are not named wished to be: an organiser has hidden their names."""
    found = select(func.count()).where(
        Signature.action_id == action_id,
        Signature.status == SignatureStatus.CONFIRMED,
        Signature.disclosure != Disclosure.WITHHELD,
        Signature.name_hidden,
    )
    return int(session.scalar(found) or 0)


def _days(session: Session, action_id: int) -> list[tuple[date, int]]:
    """(day, how many confirmed on it)."""
    found = session.execute(
        select(Signature.confirmed_on, func.count())
        .where(Signature.action_id == action_id, Signature.status == SignatureStatus.CONFIRMED)
        .group_by(Signature.confirmed_on)
    ).all()
    return [(day, int(count)) for day, count in found if day is not None]


def _insert(
    session: Session,
    action: PublicAction,
    recipient: PublicRecipient,
    totals: Mapping[str, tuple[int, int]],
    on_paper: bytes | None,
    texts: tuple[SignedPart, ...],
    now: datetime,
    paper: Paper,
) -> tuple[int, str]:
    values: dict[str, Any] = {
        "action_id": action.id,
        "official_id": recipient.official_id,
        "locale": action.locale,
        "status": DossierStatus.FROZEN,
        "frozen_at": now,
        "appeal": json.dumps(
            _appeal(session, action, recipient, texts, paper) | {"hidden": _hidden(session, action.id)},
            ensure_ascii=False,
            sort_keys=True,
        ),
        "named": sum(named for named, _ in totals.values()),
        "withheld": sum(withheld for _, withheld in totals.values()),
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
    organisation = session.scalars(select(Organisation)).one()
    letter = action.letter(action.locale, recipient.n)
    return {
        "paper_size": paper,
        "organisation": said(organisation.name, action.locale),
        "organisation_address": list(organisation.postal_address),
        "number": action.number,
        "title": shown.title,
        "summary": shown.summary,
        "demands": list(shown.demands),
        "texts": [it.frozen() for it in texts],
        "seats": session.scalars(select(Action.seats).where(Action.id == action.id)).one(),
        "unnamed_words": _unnamed_words(session, action.id),
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


def _unnamed_words(session: Session, action_id: int) -> list[int]:
    """The signatures whose owners let no one see their name, and whose words an organiser has shown: the words go along
    without a name."""
    return list(
        session.scalars(
            select(Signature.id)
            .where(
                Signature.action_id == action_id,
                Signature.status == SignatureStatus.CONFIRMED,
                Signature.disclosure == Disclosure.WITHHELD,
                _WITH_WORDS,
            )
            .order_by(Signature.confirmed_at, Signature.id)
        )
    )


def _on_paper(session: Session, action_id: int) -> bytes | None:
    """The sheets that came back, in the order of their entry, as JSON: number, country, how many, and sealed names.

    Whoever a person has judged to stand in another list too is left out. None if there is no sheet.
    """
    sheets: dict[int, dict[str, Any]] = {
        it.id: {"number": it.number, "country": it.country, "count": it.names, "names": []}
        for it in session.scalars(select(PaperSheet).where(PaperSheet.action_id == action_id).order_by(PaperSheet.id))
    }
    names = session.execute(
        select(PaperName.sheet_id, PaperName.row, PaperName.name, PaperName.same_as_online)
        .where(PaperName.sheet_id.in_(select(PaperSheet.id).where(PaperSheet.action_id == action_id)))
        .order_by(PaperName.sheet_id, PaperName.row)
    )
    for sheet_id, row, name, same_as_online in names:
        if same_as_online:
            sheets[sheet_id]["count"] -= 1
        elif name:  # empty once its time was over
            sheets[sheet_id]["names"].append([paper_row(sheet_id, row), as_text(name)])
    left = [sheet for sheet in sheets.values() if sheet["count"]]
    return json.dumps(left, ensure_ascii=False).encode() if left else None


def _number(
    session: Session, dossier_id: int, action_id: int, countries: list[str], texts: tuple[SignedPart, ...]
) -> None:
    """Number the names: by the text that was signed where there are several, by country in the order of its printed
    name, within it in the order of confirming.

    One statement in the database; the sealed names are copied as they are and pass through no memory of ours.
    """
    if not countries:
        return
    rank = case({code: position for position, code in enumerate(countries)}, value=Signature.country)
    order: tuple[Any, ...] = (rank,)
    if len(texts) > 1:
        of_text = {id_: position for position, it in enumerate(texts) for id_ in it.ids}
        order = (case(of_text, value=func.coalesce(Signature.signed_text_id, texts[0].ids[0]), else_=0), rank)
    chosen = select(
        literal(dossier_id),
        func.row_number().over(order_by=(*order, Signature.confirmed_at, Signature.id)),
        Signature.id,
        Signature.name,
        Signature.country,
        case((_WITH_WORDS, True), else_=False),
    ).where(
        Signature.action_id == action_id,
        Signature.status == SignatureStatus.CONFIRMED,
        not_(_COUNTED_ONLY),
    )
    columns = ["dossier_id", "number", "signature_id", "name", "country", "with_words"]
    session.execute(insert(DossierEntry).from_select(columns, chosen))


def _number_withheld(session: Session, dossier_id: int, action_id: int, named: int) -> None:
    """Number those who are counted only, after the last name: theirs stands nowhere but in the proof they can have."""
    counted = select(literal(dossier_id), named + func.row_number().over(order_by=Signature.id), Signature.id).where(
        Signature.action_id == action_id, Signature.status == SignatureStatus.CONFIRMED, _COUNTED_ONLY
    )
    session.execute(insert(DossierWithheld).from_select(["dossier_id", "number", "signature_id"], counted))
