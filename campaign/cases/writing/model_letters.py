"""Model letters: saved as versions, for all recipients or for one, in one language each."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.cases.writing import versions
from campaign.cases.writing.texts import Form, edit_token, lock_for_editing, revoke_approval
from campaign.errors import Conflict, Refused, Unknown
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.storage import Vault
from campaign.storage.tables import Action, ModelLetter
from campaign.vocabulary import ActionStatus

LONGEST_LINE, LONGEST_BODY = 300, 20_000


@dataclass(frozen=True)
class Which:
    """One letter of an action: its language, and the official it is for; None for all who have none of their own."""

    locale: str
    official_id: int | None = None

    @property
    def part(self) -> str:
        """Its name among the parts of an action: "letter:en" or "letter:en:3"."""
        return f"letter:{self.locale}" + (f":{self.official_id}" if self.official_id else "")


@dataclass(frozen=True)
class LetterWords:
    """A letter as it is typed; the body is Markdown in the strict subset."""

    salutation: str = ""
    body: str = ""
    close: str = ""

    @property
    def everything(self) -> tuple[str, ...]:
        """All that is said, in the order of reading."""
        return (self.salutation, self.body, self.close)

    @property
    def edit_token(self) -> str:
        """A short hash of it all, as in `campaign.cases.writing.texts`."""
        return edit_token(asdict(self))


def save(
    session: Session, vault: Vault, actor: Actor, slug: str, form: Form, which: Which, words: LetterWords, now: datetime
) -> None:
    """Save a letter as its newest version; every earlier one stays.

    Raises `Conflict` if someone else saved it since the form was read, `Refused` if it is empty or too long.
    """
    action, before = lock_for_editing(session, vault, actor, slug, now)
    last = versions.latest_letter(session, action.id, which.locale, which.official_id)
    was = words_of(last)
    if before != form.revision and was.edit_token != form.edit_tokens.get(which.part):
        raise Conflict("Someone else saved this letter while you were writing. Both versions are below.")
    _keep(session, vault, actor, action, which, last, words, None, now)


def restore(session: Session, vault: Vault, actor: Actor, slug: str, which: Which, version: int, now: datetime) -> None:
    """Say again what a version said; it becomes the newest. Raises `Unknown` if there is no such version."""
    action, _ = lock_for_editing(session, vault, actor, slug, now)
    words = words_of_version(session, action.id, which, version)
    last = versions.latest_letter(session, action.id, which.locale, which.official_id)
    _keep(session, vault, actor, action, which, last, words, f"version {version} restored", now)


def words_of_version(session: Session, action_id: int, which: Which, version: int) -> LetterWords:
    """What a version said. Raises `Unknown` if there is no such version."""
    kept = next((it for it in kept_versions(session, action_id, which) if it.version == version), None)
    if kept is None:
        raise Unknown("This version does not exist.")
    return words_of(kept)


def restate(
    session: Session,
    vault: Vault,
    actor: Actor,
    slug: str,
    which: Which,
    words: LetterWords,
    why: str,
    now: datetime,
) -> None:
    """Save a letter that was proposed and looked at; whoever saved another one meanwhile is seen by the proposal."""
    action, _ = lock_for_editing(session, vault, actor, slug, now)
    kept = kept_versions(session, action.id, which)
    _keep(session, vault, actor, action, which, kept[0] if kept else None, words, why, now)


def remove(session: Session, vault: Vault, actor: Actor, slug: str, which: Which, now: datetime) -> None:
    """Take a letter out with all its versions; the audit trail keeps its words.

    Raises `Refused` once the action is public: supporters may have sent it.
    """
    action, _ = lock_for_editing(session, vault, actor, slug, now)
    if action.opened_at is not None or action.status not in {ActionStatus.DRAFT, ActionStatus.IN_REVIEW}:
        raise Refused("Supporters have seen this letter, so it cannot be removed. Write a new version instead.")
    kept = kept_versions(session, action.id, which)
    if not kept:
        raise Unknown("This letter does not exist.")
    about = About("letter", kept[0].id, action_id=action.id, case_id=action.case_id)
    before = asdict(words_of(kept[0]))
    for it in kept:
        session.delete(it)
    session.flush()
    audit.record(session, vault, actor, f"letter removed ({_named(which)})", about, now, before=before)
    revoke_approval(session, vault, actor, action, "a letter was removed", now)


def kept_versions(session: Session, action_id: int, which: Which) -> list[ModelLetter]:
    """Every version of a letter, the newest first."""
    for_whom = (
        ModelLetter.official_id.is_(None) if which.official_id is None else ModelLetter.official_id == which.official_id
    )
    return list(
        session.scalars(
            select(ModelLetter)
            .where(ModelLetter.action_id == action_id, ModelLetter.locale == which.locale, for_whom)
            .order_by(ModelLetter.version.desc())
        )
    )


def words_of(letter: ModelLetter | None) -> LetterWords:
    """A letter as it is typed; empty words where there is none."""
    return LetterWords() if letter is None else LetterWords(letter.salutation, letter.body, letter.close)


def _keep(
    session: Session,
    vault: Vault,
    actor: Actor,
    action: Action,
    which: Which,
    last: ModelLetter | None,
    words: LetterWords,
    why: str | None,
    now: datetime,
) -> None:
    was = words_of(last)
    if words == was:
        return
    _refuse(action, which, words)
    if last is not None and versions.was_used(last, action):
        versions.set_aside(last, action, versions.letter_fields(session, action, last))
    kept = versions.next_letter(session, action, which.locale, which.official_id, last, asdict(words), actor, now)
    then, after = audit.changed(asdict(was), asdict(words))
    about = About("letter", kept.id, action_id=action.id, case_id=action.case_id)
    what = f"letter changed ({_named(which)})"
    audit.record(session, vault, actor, what, about, now, before=then, after=after, reason=why)
    revoke_approval(session, vault, actor, action, "a letter was changed", now)


def _refuse(action: Action, which: Which, words: LetterWords) -> None:
    if which.official_id is not None and all(it.official_id != which.official_id for it in action.recipients):
        raise Unknown("This official is not part of the action.")
    if not words.body:
        raise Refused("The letter is empty. Write its text.")
    if len(words.body) > LONGEST_BODY or max(len(words.salutation), len(words.close)) > LONGEST_LINE:
        raise Refused("This letter is too long. Shorten it.")


def _named(which: Which) -> str:
    return f"{which.locale}, official {which.official_id}" if which.official_id else which.locale
