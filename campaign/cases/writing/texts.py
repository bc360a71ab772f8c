"""Writing: the texts of an action, saved without losing what someone else saved meanwhile."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign import prose
from campaign.cases.writing import corrections, versions
from campaign.cases.writing.part_names import CALLED
from campaign.errors import Conflict, Gone, Refused, Unknown
from campaign.language import language_name
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.publication import fields, signed_texts
from campaign.publication.reading import PUBLIC
from campaign.publication.slugs import known_action
from campaign.sentences import joined
from campaign.storage import Vault
from campaign.storage.tables import Action, ActionText, TextVersion
from campaign.vocabulary import ActionStatus, CorrectionKind

# What is over or was stopped is kept as it was read.
WRITABLE = (ActionStatus.DRAFT, ActionStatus.IN_REVIEW, ActionStatus.OPEN, ActionStatus.CLOSED)
# Far more than anyone writes; less than would make a page unreadable, or a row unwieldy.
LONGEST = {"title": 300, "ask": 120, "summary": 4_000, "demands": 10_000, "background": 60_000, "after_deadline": 4_000}


@dataclass(frozen=True)
class Words:
    """What an action says in one language, as it is typed: `demands` has one a line."""

    title: str = ""
    summary: str = ""
    demands: tuple[str, ...] = ()
    background: str = ""
    after_deadline: str = ""
    ask: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing is said."""
        return not any(self.everything)

    @property
    def everything(self) -> tuple[str, ...]:
        """All that is said, in the order of the page."""
        return (self.title, self.ask, self.summary, *self.demands, self.background, self.after_deadline)

    @property
    def signed(self) -> tuple[str, ...]:
        """The parts under which people put their names."""
        return (self.title, self.summary, *self.demands)

    @property
    def edit_token(self) -> str:
        """A short hash of it all: a form carries it, so that a change meanwhile is noticed."""
        return edit_token(asdict(self))


@dataclass(frozen=True)
class Form:
    """A form as it came back: from which revision it was read, and the edit token of each part it showed."""

    revision: int
    edit_tokens: Mapping[str, str]


@dataclass(frozen=True)
class Correction:
    """Why a text changes under which people have signed; readers see the reason."""

    kind: CorrectionKind
    reason: str


def save_texts(
    session: Session,
    vault: Vault,
    actor: Actor,
    slug: str,
    form: Form,
    wanted: Mapping[str, Words],
    removed: Collection[str],
    now: datetime,
    correction: Correction | None = None,
) -> list[str]:
    """Save the texts of an action, {language: words}; returns the languages that changed.

    A language that is not there yet and says nothing is not made. `correction` says why, once people have signed: then
    only what `cases.writing.corrections` lets through may change of what they signed. Raises `Conflict` if
    someone else changed these texts since the form was read, `Refused` for what cannot be, `Gone` if the action may not
    be written any more.
    """
    action, before = lock_for_editing(session, vault, actor, slug, now)
    texts = {it.locale: it for it in action.texts}
    if before != form.revision:
        now_said = {locale: words_of(text).edit_token for locale, text in texts.items()}
        if any(now_said.get(it) != form.edit_tokens.get(it) for it in {*form.edit_tokens, *texts}):
            raise Conflict("Someone else changed these texts while you were writing. Both versions are below.")
    changed = []
    for locale, words in wanted.items():
        text = texts.get(locale)
        if locale not in removed and _save(
            session,
            vault,
            actor,
            action,
            text,
            locale,
            words,
            now,
            correction.reason if correction else None,
            correction,
        ):
            changed.append(locale)
    for locale in removed:
        if locale in texts:
            if _signed(session, action):
                raise Refused(corrections.THE_WAY)
            _remove(session, vault, actor, action, texts[locale], now)
            changed.append(locale)
    if changed:
        keep_signed(session, vault, action, now, correction)
        revoke_approval(session, vault, actor, action, "its texts were changed", now)
    return changed


def lock_for_editing(session: Session, vault: Vault, actor: Actor, slug: str, now: datetime) -> tuple[Action, int]:
    """Take the turn at writing an action: its row is locked, its revision counted up. Returns it as it is now, and the
    revision before. Raises `Unknown`, or `Gone` for one that is kept as it was."""
    locked = session.execute(
        update(Action)
        .where(Action.slug == slug, Action.status.in_(WRITABLE), Action.discarded_at.is_(None))
        .values(revision=Action.revision + 1)
        .returning(Action.id, Action.revision)
    ).one_or_none()
    if locked is None:
        kept = known_action(session.scalars(select(Action).where(Action.slug == slug)).one_or_none(), slug)
        if kept.discarded_at is not None:
            raise Gone("This draft was discarded. Restore it first.")
        raise Gone("This action was stopped or archived and cannot be changed.")
    action = session.scalars(
        select(Action).where(Action.id == locked[0]).execution_options(populate_existing=True)
    ).one()
    return action, locked[1] - 1


def revoke_approval(session: Session, vault: Vault, actor: Actor, action: Action, why: str, now: datetime) -> None:
    """What was approved is what opens: whatever changes takes the approval back, and the hour of opening with it.

    Who changes what is in review puts it forward anew, so that someone else looks at the change.
    """
    if action.status is not ActionStatus.IN_REVIEW:
        if action.opens_at is not None:
            action.opens_at = None
            about = About("action", action.id, action_id=action.id, case_id=action.case_id)
            audit.record(session, vault, actor, "scheduled opening cancelled", about, now, reason=why)
        return
    if action.approved_at is not None:
        about = About("action", action.id, action_id=action.id, case_id=action.case_id)
        audit.record(session, vault, actor, "approval withdrawn", about, now, reason=why)
    action.approved_by_id = action.approved_at = action.opens_at = None
    if actor.id is not None:
        action.submitted_by_id, action.submitted_at = actor.id, now
    session.flush()


def restore_text(
    session: Session, vault: Vault, actor: Actor, slug: str, locale: str, version: int, now: datetime
) -> None:
    """Say again what a version said; it becomes the newest. Raises `Unknown` if there is no such version."""
    action, _ = lock_for_editing(session, vault, actor, slug, now)
    words = words_of_version(session, action.id, locale, version)
    text = next((it for it in action.texts if it.locale == locale), None)
    why = f"version {version} restored"
    if _save(session, vault, actor, action, text, locale, words, now, why):
        keep_signed(session, vault, action, now)
        revoke_approval(session, vault, actor, action, "an earlier text was restored", now)


def words_of_version(session: Session, action_id: int, locale: str, version: int) -> Words:
    """What a version said. Raises `Unknown` if there is no such version."""
    kept = session.scalars(
        select(TextVersion).where(
            TextVersion.action_id == action_id, TextVersion.locale == locale, TextVersion.version == version
        )
    ).one_or_none()
    if kept is None:
        raise Unknown("This version does not exist.")
    return of_version(kept)


def _signed(session: Session, action: Action) -> bool:
    return action.opened_at is not None and signed_texts.was_signed(session, action.id)


def keep_signed(
    session: Session, vault: Vault, action: Action, now: datetime, correction: Correction | None = None
) -> None:
    """Keep what a public action says now as the newest version of what is signed, with the reason for readers."""
    if action.opened_at is None or action.status not in PUBLIC:
        return
    kind, reason = (correction.kind, correction.reason) if correction is not None else (None, None)
    signed_texts.keep(session, vault, action.slug, now, kind, reason)
    session.refresh(action)


def words_of(text: ActionText) -> Words:
    """A text as it is typed."""
    return Words(
        text.title, text.summary, tuple(text.demands), text.background, text.after_deadline or "", text.ask or ""
    )


def of_version(version: TextVersion) -> Words:
    """A kept text as it is typed."""
    kept = versions.read_content(version)
    return Words(
        kept["title"],
        kept["summary"],
        tuple(kept["demands"]),
        kept["background"],
        kept["after_deadline"] or "",
        kept.get("ask") or "",  # versions from before there was one
    )


def edit_token(values: object) -> str:
    """A short hash of plain values."""
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()[:20]


def _save(
    session: Session,
    vault: Vault,
    actor: Actor,
    action: Action,
    text: ActionText | None,
    locale: str,
    words: Words,
    now: datetime,
    why: str | None = None,
    correction: Correction | None = None,
) -> bool:
    """Whether anything changed."""
    before = words_of(text) if text is not None else Words()
    if words == before:
        return False
    _refuse(action, locale, words)
    if text is not None and before.signed != words.signed and _signed(session, action):
        if correction is None:
            raise Refused(corrections.THE_WAY)
        corrections.refuse_unless_kept(correction.kind, correction.reason)
        corrections.refuse_unless_slip(before.signed, words.signed)
    if text is None:
        text = ActionText(action_id=action.id, locale=locale, summary="", background="", title="", demands=[])
        action.texts.append(text)
    else:
        _keep_what_stood(session, action, locale)
    _write(text, words)
    session.flush()
    versions.keep_text(session, action, locale, actor, why, now)
    then, after = audit.changed(asdict(before), asdict(words))
    about = About("text", text.id, action_id=action.id, case_id=action.case_id)
    audit.record(session, vault, actor, f"text changed ({locale})", about, now, before=then, after=after, reason=why)
    return True


def _keep_what_stood(session: Session, action: Action, locale: str) -> None:
    """What a text said before there were versions is a version too, and nobody's of today."""
    if versions.latest_text(session, action.id, locale) is None:
        versions.keep_text(session, action, locale, Actor(None, ""), "as it was", action.created_at)


def _write(text: ActionText, words: Words) -> None:
    text.title, text.summary, text.background = words.title, words.summary, words.background
    text.demands, text.after_deadline = list(words.demands), words.after_deadline or None
    text.ask = words.ask or None


def _refuse(action: Action, locale: str, words: Words) -> None:
    tongue = joined([partial(language_name, locale)])
    for name, most in LONGEST.items():
        said = getattr(words, name)
        if len(said if isinstance(said, str) else "\n".join(said)) > most:
            raise Refused(
                "%(part)s in %(tongue)s is longer than %(most)s characters.",
                part=CALLED[name],
                tongue=tongue,
                most=most,
            )
    held = {key for name in fields.NOT_IN_TEXTS for key in prose.field_keys(getattr(words, name))}
    if held and action.opened_at is not None:
        raise Refused(
            "A title and what to do after the deadline hold no fields like %(field)s.", field=f"(({min(held)}))"
        )
    if not words.title and action.status in {ActionStatus.OPEN, ActionStatus.CLOSED}:
        raise Refused("The text in %(tongue)s needs a title, because readers can see this action.", tongue=tongue)


def _remove(session: Session, vault: Vault, actor: Actor, action: Action, text: ActionText, now: datetime) -> None:
    if text.locale == action.original_locale:
        raise Refused("You cannot remove the original language.")
    _keep_what_stood(session, action, text.locale)
    about = About("text", text.id, action_id=action.id, case_id=action.case_id)
    before = asdict(words_of(text))
    audit.record(session, vault, actor, f"text removed ({text.locale})", about, now, before=before)
    action.texts.remove(text)
    session.flush()


def demands_of(lines: str) -> tuple[str, ...]:
    """One demand a line; empty lines are none."""
    return tuple(it.strip() for it in lines.splitlines() if it.strip())


def kept_versions(session: Session, action_id: int, locale: str) -> Sequence[TextVersion]:
    """Every version of a text, the newest first."""
    return session.scalars(
        select(TextVersion)
        .where(TextVersion.action_id == action_id, TextVersion.locale == locale)
        .order_by(TextVersion.version.desc())
    ).all()
