"""What is printed of a frozen dossier: from what was frozen, and nothing newer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import language
from campaign.delivery import proofs
from campaign.errors import Unknown
from campaign.language import gettext, ngettext, number
from campaign.printing.addressee import Addressee
from campaign.printing.book.dossier import DossierSheet, Entry, PaperSheet, SignedAppeal, Words
from campaign.storage import Storage, Vault
from campaign.storage.encrypted_columns import PAPER_NAME, SIGNATURE_MESSAGE, SIGNATURE_NAME, paper_entry
from campaign.storage.tables import Dossier, DossierEntry, Signature
from campaign.vocabulary import Paper, SignatureStatus, WordsStatus

# Rows that are read at once: memory does not grow with a dossier, and no transaction stays open while it is printed.
AT_ONCE = 5_000


def sheet_of(session: Session, vault: Vault, base_url: str, code: str) -> DossierSheet:
    """All that is printed besides the numbered names and the words. Raises `Unknown` for no such code."""
    dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one_or_none()
    if dossier is None:
        raise Unknown("There is no signature book with the code %(code)s.", code=code)
    appeal, locale = json.loads(dossier.appeal), dossier.locale
    paper = _on_paper(vault, dossier)
    official = appeal["official"]
    tree = proofs.tree_of(session, dossier.id)
    in_order = language.sort_key(locale)
    totals = sorted(
        ((language.country_name(it.country, locale), it.named, it.withheld) for it in dossier.totals),
        key=lambda it: (-it[1] - it[2], in_order(it[0])),
    )
    return DossierSheet(
        locale=locale,
        organisation=appeal["organisation"],
        organisation_address=tuple(appeal["organisation_address"]),
        code=code,
        verification_url=f"{base_url}/verify/{code}",
        action_number=appeal["number"],
        title=appeal["title"],
        summary=appeal["summary"],
        demands=tuple(appeal["demands"]),
        addressee=Addressee(
            name=official["name"],
            title=official["title"],
            office=official["office"],
            address=tuple(official["address"]),
            country=None,
        ),
        frozen_at=dossier.frozen_at,
        salutation=appeal["salutation"] or gettext(locale, "Dear Sir or Madam,"),
        cover=_cover(dossier, appeal["title"], len(totals), sum(it.count for it in paper)),
        close=appeal["close"] or gettext(locale, "Yours sincerely,"),
        totals=tuple(totals),
        named=dossier.named,
        withheld=dossier.withheld,
        by_day=tuple((it.day, it.count) for it in dossier.days),
        how_verified=(*_how_verified(dossier, appeal.get("seats", 1)), *_how_counted(locale, paper)),
        paper=paper,
        paper_size=Paper(appeal.get("paper_size", Paper.A4)),
        tree=(tree.size, tree.hexadecimal) if tree else None,
        texts=_texts(appeal, locale),
        audit=(appeal["audit"]["event"], appeal["audit"]["link"]) if "audit" in appeal else None,
    )


def _texts(appeal: Mapping[str, Any], locale: str) -> tuple[SignedAppeal, ...]:
    """The texts that people signed, each with who signed it; empty where all signed the same."""
    texts = appeal.get("texts", ())
    if len(texts) < 2:
        return ()
    return tuple(
        SignedAppeal(
            heading=gettext(locale, "Text %(n)s", n=number(n, locale)),
            title=it["title"],
            summary=it["summary"],
            demands=tuple(it["demands"]),
            notes=tuple(_told_of_text(it, locale)),
        )
        for n, it in enumerate(texts, 1)
    )


def _told_of_text(text: Mapping[str, Any], locale: str) -> Iterator[str]:
    if text["reason"]:
        on = language.day(date.fromisoformat(text["corrected_on"]), locale)
        yield gettext(locale, "Corrected on %(day)s: %(reason)s", day=on, reason=text["reason"])
    people = text["named"] + text["withheld"]
    if people:
        yield ngettext(locale, "%(n)s person signed this text.", "%(n)s people signed this text.", people)
    if text["first"]:
        yield gettext(
            locale,
            "Their names have the numbers %(first)s to %(last)s.",
            first=number(text["first"], locale),
            last=number(text["last"], locale),
        )
    if text["on_paper"]:
        yield ngettext(locale, "%(n)s person signed it on paper.", "%(n)s people signed it on paper.", text["on_paper"])
    yield gettext(locale, "SHA-256 of the text in all its languages: %(digest)s", digest=text["digest"])


def entries_of(storage: Storage, dossier_id: int, locale: str) -> Iterator[Entry]:
    """The numbered names, decrypted as they are asked for."""
    vault, last = storage.vault, 0
    while True:
        with storage.reading() as session:
            rows = session.execute(
                select(DossierEntry.number, DossierEntry.name, DossierEntry.country, Signature.reference)
                .outerjoin(Signature, Signature.id == DossierEntry.signature_id)
                .where(DossierEntry.dossier_id == dossier_id, DossierEntry.number > last)
                .order_by(DossierEntry.number)
                .limit(AT_ONCE)
            ).all()
        if not rows:
            return
        for n, name, country, reference in rows:
            # A name erased since the freeze is printed as an empty line: its number was given, its person is not named.
            shown = vault.decrypt(name, SIGNATURE_NAME, reference or b"") if name else ""
            yield Entry(n, shown, language.country_name(country, locale), country)
        last = rows[-1][0]


def words_of(storage: Storage, dossier_id: int, locale: str) -> Iterator[Words]:
    """The words that could be shown when the dossier was frozen, and still can."""
    vault, last = storage.vault, 0
    while True:
        with storage.reading() as session:
            rows = session.execute(
                select(
                    DossierEntry.number,
                    DossierEntry.name,
                    DossierEntry.country,
                    Signature.message,
                    Signature.reference,
                )
                .join(Signature, Signature.id == DossierEntry.signature_id)
                .where(
                    DossierEntry.dossier_id == dossier_id,
                    DossierEntry.number > last,
                    DossierEntry.with_words,
                    DossierEntry.name.is_not(None),
                    Signature.message.is_not(None),
                    Signature.words_status == WordsStatus.SHOWN,
                )
                .order_by(DossierEntry.number)
                .limit(AT_ONCE)
            ).all()
        if not rows:
            break
        for n, name, country, message, reference in rows:
            # Isolated: a name in another direction turns nothing around it.
            who = f"\u2068{vault.decrypt(name or b'', SIGNATURE_NAME, reference)}\u2069"
            parts = (number(n, locale), who, language.country_name(country, locale))
            yield Words(" · ".join(parts), vault.decrypt(message or b"", SIGNATURE_MESSAGE, reference))
        last = rows[-1][0]
    yield from _words_without_names(storage, dossier_id, locale)


def _words_without_names(storage: Storage, dossier_id: int, locale: str) -> Iterator[Words]:
    """The words of people whose names no one sees: by country, without a name and without a number."""
    vault = storage.vault
    with storage.reading() as session:
        frozen = json.loads(session.scalars(select(Dossier.appeal).where(Dossier.id == dossier_id)).one())
    ids = frozen.get("unnamed_words", [])
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        with storage.reading() as session:
            rows = session.execute(
                select(Signature.country, Signature.message, Signature.reference)
                .where(
                    Signature.id.in_(some),
                    Signature.status == SignatureStatus.CONFIRMED,
                    Signature.message.is_not(None),
                    Signature.words_status == WordsStatus.SHOWN,
                )
                .order_by(Signature.confirmed_at, Signature.id)
            ).all()
        for country, message, reference in rows:
            who = gettext(locale, "A person who asked not to be named")
            said = vault.decrypt(message or b"", SIGNATURE_MESSAGE, reference)
            yield Words(" · ".join((who, language.country_name(country, locale))), said)


def _paper_name(vault: Vault, written: object) -> str:
    row, encrypted = paper_entry(written)
    return vault.decrypt(encrypted, PAPER_NAME, row)


def _on_paper(vault: Vault, dossier: Dossier) -> tuple[PaperSheet, ...]:
    """The sheets as they were frozen, their names decrypted."""
    return tuple(
        PaperSheet(
            number=it["number"],
            country=language.country_name(it["country"], dossier.locale),
            count=it["count"],
            names=tuple(_paper_name(vault, name) for name in it["names"]),
        )
        for it in json.loads(dossier.paper or b"[]")
    )


def _cover(dossier: Dossier, title: str, countries: int, on_paper: int) -> tuple[str, ...]:
    locale, total = dossier.locale, dossier.named + dossier.withheld
    people = ngettext(locale, "%(n)s person", "%(n)s people", total)
    lands = ngettext(locale, "%(n)s country", "%(n)s countries", countries)
    paragraphs = [
        gettext(
            locale,
            "With this letter we present to you the appeal “%(title)s”. It is supported by %(people)s from "
            "%(countries)s.",
            title=title,
            people=people,
            countries=lands,
        ),
        gettext(
            locale,
            "Each person confirmed their signature by e-mail. The last page explains how, and how to check this file.",
        ),
    ]
    # Two reasons, and each is said of those only whom it is true of.
    hidden = int(json.loads(dossier.appeal).get("hidden", 0))
    if dossier.withheld - hidden:
        paragraphs.append(
            ngettext(
                locale,
                "%(n)s of them asked not to be named and is counted without a name.",
                "%(n)s of them asked not to be named and are counted without their names.",
                dossier.withheld - hidden,
            )
        )
    if hidden:
        paragraphs.append(
            ngettext(
                locale,
                "The name of %(n)s of them was left out by us, and the person is counted without it.",
                "The names of %(n)s of them were left out by us, and they are counted without them.",
                hidden,
            )
        )
    if on_paper:
        paragraphs.append(
            ngettext(
                locale,
                "%(n)s more person signed on paper and is counted separately.",
                "%(n)s more people signed on paper and are counted separately.",
                on_paper,
            )
        )
    paragraphs.append(gettext(locale, "We would be glad to have your reply, and to share it with everyone who signed."))
    return tuple(paragraphs)


def _how_verified(dossier: Dossier, seats: int) -> tuple[str, ...]:
    locale = dossier.locale
    # Whole sentences, each true of what the action allows.
    signs = (
        gettext(
            locale,
            "Each e-mail address can sign once. We do not print or share addresses. People who asked not to be named "
            "are counted in the totals by country and have no number.",
        )
        if seats == 1
        else gettext(
            locale,
            "Two people who share an e-mail address can both sign; a third cannot. We do not print or share "
            "addresses. People who asked not to be named are counted in the totals by country and have no number.",
        )
    )
    return (
        gettext(
            locale,
            "People signed on the organisation's website with a name, a country and an e-mail address. We sent an "
            "e-mail to that address. A signature counts only if the link in it was opened and a button on that page "
            "was pressed.",
        ),
        signs,
        gettext(
            locale,
            "The names are as of %(day)s: %(named)s people are named, and %(withheld)s are not named.",
            day=language.moment(dossier.frozen_at, locale) + " UTC",
            named=number(dossier.named, locale),
            withheld=number(dossier.withheld, locale),
        ),
    )


def _how_counted(locale: str, paper: tuple[PaperSheet, ...]) -> tuple[str, ...]:
    if not paper:
        return ()
    return (
        gettext(
            locale,
            "Signatures on paper were counted sheet by sheet and were not confirmed by e-mail. Where a name was in "
            "both lists and one of us decided that it was the same person, we left it out of the paper count.",
        ),
    )
