"""Reasons: messages to the official that their writers let everyone read, once an organiser has.

Consent is a wording that was agreed to, kept with the signature and gone with it. What stands beside the words follows
the choice of who may see the name, now and not as it was; of people at risk nothing is shown, whatever was agreed to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from campaign import clock, fence
from campaign.appeals.counting import tallies
from campaign.appeals.signing import agreements
from campaign.language import LANGUAGES, ORIGINAL, gettext
from campaign.publication.risk import at_risk
from campaign.publication.values import PublicAction
from campaign.storage import Vault
from campaign.storage.encrypted_columns import SIGNATURE_MESSAGE, SIGNATURE_NAME
from campaign.storage.exactly import REASONS
from campaign.storage.tables import Action, Case, Organisation, ReasonConsent, Signature
from campaign.vocabulary import Disclosure, SignatureStatus, WordsStatus

AT_ONCE = 20
# Of an action's own page, which must stay short and light: the newest, cut to a line or two.
GLIMPSE, GLIMPSE_LETTERS = 1, 60
# Nobody reads further, and a later page costs the database more.
LAST_PAGE = 50

# What stands before a first name, in the languages of the interface; with a dot or without.
_TITLES = frozenset(
    {
        "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "dame", "rev", "hon",
        "m", "mme", "mlle", "me", "sr", "sra", "srta", "d", "dña", "doña", "don",
        "adv", "ustad", "ustaz", "haji", "hajji", "sheikh", "shaikh", "syed", "sayyid", "maulana", "mufti",
        "janab", "begum",
        "محترم", "محترمہ", "جناب", "ڈاکٹر", "پروفیسر", "سید", "سیدہ", "حاجی", "مولانا",
        "شیخ", "دکتور", "دکتر", "الدكتور", "الدكتورة", "السيد", "السيدة", "آقای", "خانم",
        "استاد", "الحاج", "ډاکټر", "ښاغلی",
    }
)  # fmt: skip
# The longest first names are shorter.
LONGEST_FIRST_NAME = 30
_INITIAL = re.compile(r"^(?:\w\.)+$|^\w$")
# A name by which a script is known to Unicode, and the languages of the interface that are written in it.
_SCRIPTS = {"ARABIC": frozenset({"ar", "fa", "ps", "ur"}), "LATIN": frozenset({"en", "es", "fr"})}


@dataclass(frozen=True)
class Reason:
    """A message as everyone may read it. `locale`: the language that it is in, None where that is not known."""

    words: str
    name: str | None
    country: str | None
    locale: str | None

    @property
    def glimpse(self) -> str:
        """Its beginning, for the action's own page."""
        return beginning(self.words)


@dataclass(frozen=True)
class Reasons:
    """A page of them, the newest first; `more`: there are others behind these."""

    rows: tuple[Reason, ...]
    page: int = 1
    more: bool = False


def wording(locale: str) -> str:
    """The sentences beside the box, in the reader's language: true of what is shown."""
    return gettext(
        locale if locale in LANGUAGES else ORIGINAL,
        "Everyone can read your message on our page after an organiser has approved it. If everyone can see your name, "
        "we show your first name and your country with it. If not, we show no name, and your country only if many "
        "people there have signed. You can stop this at any time on “My signature”. Do not agree if your words could "
        "show who you are and that could harm you or others.",
    )


def agreed(session: Session, locale: str, now: datetime) -> int:
    """The id of the wording in force in a language."""
    spoken = locale if locale in LANGUAGES else ORIGINAL
    return agreements.kept(session, ReasonConsent, spoken, wording(spoken), now)


def put(session: Session, signature: Signature, wanted: bool, locale: str, now: datetime) -> None:
    """Let everyone read the message of a signature whose row is locked, or no longer.

    An organiser reads again what was approved for the official alone. Where there is no message, or its writer is at
    risk, there is nothing to agree to.
    """
    if not wanted or signature.message is None or _at_risk(session, signature):
        signature.reason_consent_id = None
        return
    if signature.reason_consent_id is None and signature.words_status is WordsStatus.SHOWN:
        signature.words_status, signature.words_decision_id = None, None
    signature.reason_consent_id = agreed(session, locale, now)


def shown(
    session: Session,
    vault: Vault,
    action: PublicAction,
    page: int = 1,
    most: int = AT_ONCE,
    now: datetime | None = None,
) -> Reasons:
    """A page of an action's reasons; equal ones stand once, under who wrote first. None of an action that is stopped is
    asked for: its page says so instead."""
    page = min(max(page, 1), LAST_PAGE)
    risky = action.at_risk_countries
    before = aliased(Signature)
    alike = exists().where(
        before.action_id == Signature.action_id,
        before.words_hash == Signature.words_hash,
        before.id < Signature.id,
        before.reason_consent_id.is_not(None),
        before.status == SignatureStatus.CONFIRMED,
        before.words_status == WordsStatus.SHOWN,
        before.country.not_in(risky),
    )
    minutes = session.scalars(select(Organisation.name_hold_minutes)).one_or_none() or 0
    held_until = (now or clock.now()) - timedelta(minutes=minutes)
    named = and_(
        Signature.name_hidden.is_(False),
        Signature.name_held.is_(False),
        func.coalesce(Signature.name_given_at, Signature.confirmed_at) <= held_until,
    )
    found = session.execute(
        select(Signature, named)
        .where(Signature.action_id == action.id, *REASONS, Signature.country.not_in(risky), ~alike)
        .order_by(Signature.id.desc())
        .offset((page - 1) * most)
        .limit(most + 1)
    ).all()
    countries = {country for country, _n in tallies.public_countries(session, action.id)} if found else set()
    rows = tuple(_reason(vault, signature, bool(may), countries) for signature, may in found[:most])
    return Reasons(rows, page, len(found) > most and page < LAST_PAGE)


def told_beside(
    disclosure: Disclosure, name: str | None, country: str, public_countries: Collection[str]
) -> tuple[str | None, str | None]:
    """What stands beside the words: (first name, country), each None where it is not shown.

    Who lets everyone see their name is shown as they chose. Of all others no name is, and the country only where so
    many have signed that it tells of nobody.
    """
    if disclosure is Disclosure.PUBLIC:
        return first_name(name or ""), country
    return None, country if country in public_countries else None


def first_name(name: str) -> str | None:
    """The first word of a name that is neither a title nor an initial; None if there is none."""
    for word in fence.one_line(name).split():
        plain = word.strip(".,;").casefold()
        if plain and plain not in _TITLES and not word.endswith(".") and not _INITIAL.match(word):
            return beginning(word.strip(",;"), LONGEST_FIRST_NAME)
    return None


def language_of(words: str, locale: str) -> str | None:
    """The language of a message, as far as its script fits the page it was written on; None where it does not."""
    scripts = [unicodedata.name(char, "").partition(" ")[0] for char in words if char.isalpha()]
    own = next((script for script, tags in _SCRIPTS.items() if locale in tags), None)
    return locale if scripts and own is not None and scripts.count(own) * 2 > len(scripts) else None


def beginning(words: str, most: int = GLIMPSE_LETTERS) -> str:
    """The beginning of a message in one line, cut between two words."""
    line = " ".join(words.split())
    if len(line) <= most:
        return line
    cut = line[:most].rsplit(" ", 1)[0] if " " in line[:most] else line[:most]
    return f"{cut.rstrip('.,;:!?،؛۔')}…"


def _reason(vault: Vault, signature: Signature, named: bool, countries: Collection[str]) -> Reason:
    row = signature.reference
    words = vault.decrypt(signature.message or b"", SIGNATURE_MESSAGE, row)
    name = vault.decrypt(signature.name, SIGNATURE_NAME, row) if named and signature.name else None
    beside = told_beside(signature.disclosure, name, signature.country, countries)
    return Reason(words, *beside, locale=language_of(words, signature.locale))


def _at_risk(session: Session, signature: Signature) -> bool:
    case = session.execute(
        select(Case.country, Case.at_risk_countries)
        .join(Action, Action.case_id == Case.id)
        .where(Action.id == signature.action_id)
    ).one()
    return at_risk(signature.country, (case.country, *case.at_risk_countries))
