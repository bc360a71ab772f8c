"""Printing what was frozen. One freeze gives the same bytes every time, so a print that broke off is printed again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign import language
from campaign.delivery import verifying
from campaign.errors import Unknown
from campaign.language import gettext, ngettext, number
from campaign.printing.addressee import Addressee
from campaign.printing.dossier import DossierSheet, Entry, Printed, dossier_pdf
from campaign.storage import Storage, Vault
from campaign.storage.tables import Dossier, DossierEntry
from campaign.vocabulary import DossierStatus

PAGES_AT_ONCE = 5_000


def build(storage: Storage, base_url: str, code: str) -> Printed:
    """Print a frozen dossier, store the file, and record its pages and SHA-256. Raises `Unknown` for no such code.

    Printing and storing run outside of any transaction; what is recorded last makes the dossier `ready`.
    """
    with storage.reading() as session:
        sheet = frozen_sheet(session, storage.vault, base_url, code)
    printed = dossier_pdf(sheet)
    printed = replace(printed, pdf=printed.pdf + verifying.claim(code))
    storage.files.write(file_name(code), printed.pdf)
    with storage.writing() as session:
        _record(session, code, printed)
    return printed


def file_name(code: str) -> str:
    """Where a dossier's volume lies in the store."""
    return f"dossiers/{code}.pdf"


def frozen_sheet(session: Session, vault: Vault, base_url: str, code: str) -> DossierSheet:
    """What will be printed, from what was frozen and nothing newer."""
    dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one_or_none()
    if dossier is None:
        raise Unknown("There is no dossier with the code %(code)s.", code=code)
    appeal, locale = json.loads(dossier.appeal), dossier.locale
    official = appeal["official"]
    totals = sorted(
        ((language.country_name(it.country, locale), it.named, it.withheld) for it in dossier.totals),
        key=lambda it: (-it[1] - it[2], it[0].casefold()),
    )
    return DossierSheet(
        locale=locale,
        organisation=appeal["organisation"],
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
        cover=_cover(dossier, appeal["title"], len(totals)),
        close=appeal["close"] or gettext(locale, "Yours sincerely,"),
        totals=tuple(totals),
        named=dossier.named,
        withheld=dossier.withheld,
        entries=tuple(_entries(session, vault, dossier)),
        how_verified=_how_verified(dossier),
    )


def _entries(session: Session, vault: Vault, dossier: Dossier) -> Iterator[Entry]:
    rows = session.execute(
        select(DossierEntry.number, DossierEntry.name, DossierEntry.country)
        .where(DossierEntry.dossier_id == dossier.id)
        .order_by(DossierEntry.number)
        .execution_options(yield_per=PAGES_AT_ONCE)
    )
    for n, name, country in rows:
        # A name erased since the freeze is printed as an empty line: its number was given, its person is not named.
        yield Entry(n, vault.unseal(name) if name else "", language.country_name(country, dossier.locale))


def _cover(dossier: Dossier, title: str, countries: int) -> tuple[str, ...]:
    locale, total = dossier.locale, dossier.named + dossier.withheld
    people = ngettext(locale, "%(n)s person", "%(n)s people", total)
    lands = ngettext(locale, "%(n)s country", "%(n)s countries", countries)
    paragraphs = [
        gettext(
            locale,
            "With this letter we hand you the appeal “%(title)s” and the names of those who support it: "
            "%(people)s from %(countries)s.",
            title=title,
            people=people,
            countries=lands,
        ),
        gettext(
            locale,
            "Each of them confirmed their signature by mail. How that was done, and how this file can be checked, "
            "stands on the last page.",
        ),
    ]
    if dossier.withheld:
        paragraphs.append(
            ngettext(
                locale,
                "%(n)s of them asked not to be named and is counted only.",
                "%(n)s of them asked not to be named and are counted only.",
                dossier.withheld,
            )
        )
    paragraphs.append(gettext(locale, "We would be glad to have your answer, and to pass it on to all who signed."))
    return tuple(paragraphs)


def _how_verified(dossier: Dossier) -> tuple[str, ...]:
    locale = dossier.locale
    return (
        gettext(
            locale,
            "Every signature was given on the organisation's website with a name, a country and an e-mail address. "
            "A message went to that address; the signature counts only if the link in it was opened and a button "
            "on that page was pressed.",
        ),
        gettext(
            locale,
            "One address can sign once. Addresses are not printed and not passed on. Those who asked not to be named "
            "are counted in the totals by country and have no number.",
        ),
        gettext(
            locale,
            "The signatures were frozen on %(day)s: %(named)s names and %(withheld)s withheld.",
            day=language.moment(dossier.frozen_at, locale) + " UTC",
            named=number(dossier.named, locale),
            withheld=number(dossier.withheld, locale),
        ),
    )


def _record(session: Session, code: str, printed: Printed) -> None:
    digest = hashlib.sha256(printed.pdf).hexdigest()
    dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
    pages = [{"dossier_id": dossier.id, "number": n, "page": page} for n, page in sorted(printed.page_of.items())]
    if pages:
        session.execute(update(DossierEntry), pages)
    session.execute(
        update(Dossier)
        .where(Dossier.id == dossier.id, Dossier.status == DossierStatus.FROZEN)
        .values(status=DossierStatus.READY, pages=printed.pages, sha256=digest)
    )
