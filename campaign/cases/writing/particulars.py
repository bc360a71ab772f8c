"""The details of an action: number, kind, deadline, goal, seats, languages, tags; its statement of doing no harm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from babel import Locale
from sqlalchemy.orm import Session

from campaign import clock
from campaign.action_number import ActionNumber
from campaign.cases import tags
from campaign.cases.places import language_tag
from campaign.cases.writing.texts import Form, edit_token, lock_for_editing, revoke_approval
from campaign.errors import Conflict, Refused, Unknown
from campaign.language import LANGUAGES, ORIGINAL, language_name
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.sentences import Sentence
from campaign.storage import Vault
from campaign.storage.tables import Action, HarmStatement
from campaign.vocabulary import ActionKind, ActionStatus

# What readers count on once an action is public: these are moved by extending it, not by typing.
FIXED_WHEN_OPEN = frozenset({"deadline", "seats"})
LONGEST_STATEMENT = 4_000
# What only organisers see: whoever approved the action has not approved these.
UNSEEN = frozenset({"tags"})
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Particulars:
    """The particulars as they are typed: words and numbers as text, `languages` as names or tags of languages
    with commas, `tags` as the office's own words with commas."""

    number: str = ""
    index_reference: str = ""
    kind: str = ActionKind.FIRST.value
    issued_on: str = ""
    deadline: str = ""
    goal: str = ""
    seats: str = "1"
    languages: str = ""
    previous_index: str = ""
    previous_url: str = ""
    tags: str = ""

    @property
    def edit_token(self) -> str:
        """A short hash of it all, as in `campaign.cases.writing.texts`."""
        return edit_token(asdict(self))


@dataclass(frozen=True)
class Statement:
    """Do no harm: that those named agreed, and what could happen to them."""

    consent: str = ""
    risk: str = ""


def typed(action: Action, locale: str = ORIGINAL) -> Particulars:
    """An action's particulars as they would be typed by a reader of a language."""
    return Particulars(
        number=str(action.number) if action.number else "",
        index_reference=action.index_reference or "",
        kind=action.kind.value,
        issued_on=action.issued_on.isoformat() if action.issued_on else "",
        deadline=action.deadline.isoformat() if action.deadline else "",
        goal=str(action.goal) if action.goal else "",
        seats=str(action.seats),
        languages=", ".join(language_name(it, locale) for it in action.languages),
        previous_index=action.previous_index or "",
        previous_url=action.previous_url or "",
        tags=tags.typed(action.tags),
    )


def faults(given: Particulars) -> dict[str, Sentence]:
    """{field: what is wrong with it, and what to do}; empty where all is well."""
    found: dict[str, Sentence] = {}
    if given.number and ActionNumber.parse(given.number) is None:
        found["number"] = Sentence("Enter the number like UA 56/25.")
    if len(given.index_reference) > 40:
        found["index_reference"] = Sentence("The index reference can have up to 40 characters.")
    if given.kind not in set(ActionKind):
        found["kind"] = Sentence("Choose the type of action.")
    if given.issued_on and _day(given.issued_on) is None:
        found["issued_on"] = Sentence("Enter the day of issue as year-month-day, like 2025-09-15.")
    if given.deadline and _day(given.deadline) is None:
        found["deadline"] = Sentence("Enter the deadline as year-month-day, like 2025-09-15.")
    if given.goal and not (given.goal.isdecimal() and 0 < int(given.goal) < 10**9):
        found["goal"] = Sentence("Enter the goal as a number, or leave it empty.")
    if given.seats not in {"1", "2"}:
        found["seats"] = Sentence("Choose one or two signatures per e-mail address.")
    if unknown := [it for it in _listed(given.languages) if _tag(it) is None]:
        found["languages"] = Sentence(
            "Unknown language: %(names)s. Use names such as English, Urdu.", names=", ".join(unknown)
        )
    if wrong := tags.fault(tags.listed(given.tags)):
        found["tags"] = wrong
    if given.previous_url and not given.previous_url.startswith(("https://", "http://")):
        found["previous_url"] = Sentence("Enter the full address, starting with https://.")
    return found


def save(
    session: Session, vault: Vault, actor: Actor, slug: str, form: Form, given: Particulars, now: datetime
) -> None:
    """Save particulars without faults. Raises `Conflict` if someone else changed them since the form was read, and
    `Refused` for what readers of an open action count on."""
    action, before = lock_for_editing(session, vault, actor, slug, now)
    was = typed(action)
    if before != form.revision and was.edit_token != form.edit_tokens.get("particulars"):
        raise Conflict("Someone else changed these details while you were writing. Both versions are below.")
    languages = [tag for it in _listed(given.languages) if (tag := _tag(it))]
    # The trail has the languages by their English names, whatever the form called them.
    spoken = ", ".join(language_name(it, ORIGINAL) for it in languages)
    given = replace(given, languages=spoken, tags=tags.typed(tags.listed(given.tags)))
    then, after = audit.changed(asdict(was), asdict(given))
    if not after:
        return
    if action.status in {ActionStatus.OPEN, ActionStatus.CLOSED} and (moved := FIXED_WHEN_OPEN & after.keys()):
        if "deadline" in moved:
            raise Refused(
                "This action is public, so you cannot edit its deadline here. Extend the deadline and give a reason."
            )
        raise Refused("This action is public, so you cannot edit the number of signatures per e-mail address.")
    if action.opened_at is not None and not given.issued_on:
        raise Refused("This action is public, so it must keep a day of issue.")
    number = ActionNumber.parse(given.number)
    action.serial, action.year = (number.serial, number.year) if number else (None, None)
    action.index_reference = given.index_reference or None
    action.kind = ActionKind(given.kind)
    action.issued_on, action.deadline = _day(given.issued_on), _day(given.deadline)
    action.goal = int(given.goal) if given.goal else None
    action.seats = int(given.seats)
    action.languages, action.tags = languages, tags.listed(given.tags)
    action.previous_index, action.previous_url = given.previous_index or None, given.previous_url or None
    session.flush()
    about = About("action", action.id, action_id=action.id, case_id=action.case_id)
    audit.record(session, vault, actor, "details changed", about, now, before=then, after=after)
    if approved := after.keys() - UNSEEN:
        revoke_approval(session, vault, actor, action, f"changed: {', '.join(sorted(approved))}", now)


def state_harm(
    session: Session, vault: Vault, actor: Actor, slug: str, statement: Statement, office_zone: str, now: datetime
) -> None:
    """State that this action does no harm: who states it, and the day in the office's zone, are kept with it.

    Raises `Refused` if either half is missing.
    """
    if not statement.consent or not statement.risk:
        raise Refused("Fill in both: who agreed to be named, and what could happen to them.")
    if max(len(statement.consent), len(statement.risk)) > LONGEST_STATEMENT:
        raise Refused("Use 4,000 characters at most in each.")
    if actor.id is None:
        raise Refused("Only a person can sign this statement.")
    action, _ = lock_for_editing(session, vault, actor, slug, now)
    stated = session.get(HarmStatement, action.id)
    before = asdict(Statement(stated.consent, stated.risk)) if stated is not None else {}
    if stated is None:
        stated = HarmStatement(action_id=action.id)
        session.add(stated)
    stated.consent, stated.risk = statement.consent, statement.risk
    stated.organiser_id, stated.on = actor.id, clock.local_day(now, office_zone)
    session.flush()
    about = About("harm statement", action.id, action_id=action.id, case_id=action.case_id)
    what = "do-no-harm statement signed"
    audit.record(session, vault, actor, what, about, now, before=before, after=asdict(statement))
    revoke_approval(session, vault, actor, action, "the do-no-harm statement was changed", now)


def place_line(session: Session, vault: Vault, actor: Actor, slug: str, line: str, now: datetime) -> None:
    """A line of an imported bulletin that was not understood is dealt with: it leaves the list.

    Raises `Unknown` if it is not in it. The whole bulletin stays where it is.
    """
    action, _ = lock_for_editing(session, vault, actor, slug, now)
    if line not in action.unplaced:
        raise Unknown("This line is already done.")
    left = list(action.unplaced)
    left.remove(line)
    action.unplaced = left
    session.flush()
    about = About("action", action.id, action_id=action.id, case_id=action.case_id)
    audit.record(session, vault, actor, "bulletin line marked as done", about, now, before={"line": line})


def from_form(form: Mapping[str, str]) -> Particulars:
    """What was typed, each value on one line."""
    names = Particulars.__dataclass_fields__
    return Particulars(**{name: " ".join(form.get(name, "").split()) for name in names})


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None


def _listed(written: str) -> list[str]:
    return [it.strip() for it in re.split("[,;،؛]", written) if it.strip()]


def _in_other_languages(written: str) -> Iterator[str]:
    """The languages that a language of the interface calls so."""
    wanted = " ".join(written.casefold().split())
    for locale in LANGUAGES:
        names = Locale.parse(locale, sep="-").languages
        yield from (str(tag) for tag, name in names.items() if str(name).casefold() == wanted)


def _tag(written: str) -> str | None:
    known = language_tag(written) or next((it for it in _in_other_languages(written)), None)
    if known is None and _TAG.fullmatch(written) and language_name(written, ORIGINAL) != written:
        known = written
    return known.replace("_", "-") if known else next((it.tag for it in LANGUAGES.values() if it.name == written), None)
