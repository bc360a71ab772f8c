"""Correcting a figure, and choosing which one letters quote: every text that quotes it gets a new version.

Texts hold `((key))` and never the number, so a correction changes what they say without touching them. What was said
until then is kept: the version of the text gets a successor with the same content, and a model letter that supporters
may have sent gets one too. Dossiers hold their own frozen appeal, and nothing here comes near them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.cases.evidence.case_parts import (
    lock_case,
    lock_part,
    refuse_faults,
    refuse_foreign_source,
    refuse_if_changed,
)
from campaign.cases.evidence.facts import LONGEST_WHY, FigureFacts
from campaign.cases.evidence.figure_rows import USED_ALREADY
from campaign.cases.evidence.figure_usage import actions_of, quoting_letters, quoting_texts
from campaign.cases.writing import texts as action_texts
from campaign.cases.writing import versions
from campaign.errors import Conflict, Refused
from campaign.language import ORIGINAL
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.publication.figures import written
from campaign.storage import Vault
from campaign.storage.tables import Action, Figure
from campaign.vocabulary import CorrectionKind


@dataclass(frozen=True)
class Rewritten:
    """What a change made: new versions of texts and of model letters, each as (action's slug, locale, version)."""

    texts: tuple[tuple[str, str, int], ...] = ()
    letters: tuple[tuple[str, str, int], ...] = ()

    def told(self) -> dict[str, object]:
        """For the audit trail."""
        made = {"texts": self.texts, "letters": self.letters}
        return {name: [f"{slug} {tag} {n}" for slug, tag, n in it] for name, it in made.items() if it}


def correct_figure(
    session: Session,
    vault: Vault,
    actor: Actor,
    case_id: int,
    figure_id: int,
    to: FigureFacts,
    edit_token: str,
    reason: str,
    now: datetime,
) -> Rewritten:
    """Correct a figure, and give every text and every used letter that quotes it a new version.

    `edit_token` is that of the facts as they were shown. The key stays: a number for another thing is another figure.
    Raises `Refused`, and `Conflict` where the figure was changed meanwhile.
    """
    reason = _given(reason)
    figure = lock_part(session, Figure, case_id, figure_id)
    was = FigureFacts.of(figure)
    refuse_if_changed(was.edit_token(), edit_token)
    to = replace(to, key=was.key)
    refuse_faults(to.faults())
    refuse_foreign_source(session, case_id, to.source_id)
    if to.edit_token() == edit_token:
        raise Refused("You have not changed anything.")

    def correct() -> None:
        _refuse_twice(session, case_id, to, figure_id)
        guard = (Figure.id == figure_id, Figure.value == was.value, Figure.quoted == figure.quoted)
        row = session.execute(update(Figure).where(*guard).values(**to.columns()).returning(Figure.id)).one_or_none()
        if row is None:
            raise Conflict("Someone else changed this while you were writing. Nothing has been saved yet.")

    if figure.quoted:
        made = _rewritten(
            session,
            vault,
            case_id,
            was.key,
            lambda tag: written(to.value, to.qualifier, tag),
            actor,
            reason,
            now,
            correct,
        )
    else:
        correct()
        made = Rewritten()
    session.refresh(figure)
    before, after = audit.changed(was.told(), to.told())
    about = About("figure", figure_id, case_id=case_id)
    audit.record(
        session, vault, actor, "figure corrected", about, now,
        before=before, after={**after, **made.told()}, reason=reason,
    )  # fmt: skip
    return made


def choose_figure(
    session: Session, vault: Vault, actor: Actor, case_id: int, figure_id: int, instead_of: int, why: str, now: datetime
) -> Rewritten:
    """Let letters and texts quote this figure from now on, and say why.

    `instead_of` is the id of the one that was quoted when the choice was made, 0 for none. Raises `Refused` without a
    reason, `Conflict` if another was chosen meanwhile.
    """
    why = _given(why)
    chosen = lock_part(session, Figure, case_id, figure_id)
    of_key = (Figure.case_id == case_id, Figure.key == chosen.key)
    quoted = session.scalars(select(Figure).where(*of_key, Figure.quoted).with_for_update()).one_or_none()
    if (quoted.id if quoted else 0) != instead_of:
        raise Conflict("Someone else has chosen another figure. Check the choice again.")
    before = {**_short(quoted), "why": chosen.why}
    value, qualifier = int(chosen.value), dict(chosen.qualifier)

    def choose() -> None:
        # One after the other: at most one figure of a key is quoted at any moment.
        session.execute(update(Figure).where(*of_key, Figure.quoted).values(quoted=False))
        session.execute(update(Figure).where(Figure.id == figure_id).values(quoted=True, why=why))

    made = _rewritten(
        session, vault, case_id, chosen.key, lambda tag: written(value, qualifier, tag), actor, why, now, choose
    )
    session.refresh(chosen)
    about = About("figure", figure_id, case_id=case_id)
    before, after = audit.changed(before, {**_short(chosen), "why": why})
    audit.record(
        session, vault, actor, "figure chosen", about, now, before=before, after={**after, **made.told()}, reason=why
    )
    return made


def add_figure(session: Session, vault: Vault, actor: Actor, case_id: int, facts: FigureFacts, now: datetime) -> Figure:
    """Add a number from a source. The first of its key is quoted at once; any other waits to be chosen."""
    lock_case(session, case_id)
    of_key = select(Figure.id).where(Figure.case_id == case_id, Figure.key == facts.key)
    first = session.scalar(of_key.limit(1)) is None
    figure, made = put_figure(session, vault, actor, case_id, facts, now, quoted=first)
    about = About("figure", figure.id, case_id=case_id)
    after = {**facts.told(), "quoted": figure.quoted, **made.told()}
    audit.record(session, vault, actor, "figure added", about, now, after=after)
    return figure


def put_figure(
    session: Session, vault: Vault, actor: Actor, case_id: int, facts: FigureFacts, now: datetime, *, quoted: bool
) -> tuple[Figure, Rewritten]:
    """Store a figure, and what texts say if they use it; who does it notes it in the audit trail.

    Raises `Refused` with what is wrong, and for one that is to be `quoted` where another is.
    """
    refuse_faults(facts.faults())
    lock_case(session, case_id)
    refuse_foreign_source(session, case_id, facts.source_id)
    _refuse_twice(session, case_id, facts, None)
    used = select(Figure.id).where(Figure.case_id == case_id, Figure.key == facts.key, Figure.quoted)
    if quoted and session.scalar(used.limit(1)) is not None:
        raise Refused(USED_ALREADY, key=facts.key)
    figure = Figure(case_id=case_id, quoted=quoted, **facts.columns())

    def insert() -> None:
        session.add(figure)

    made = Rewritten()
    if figure.quoted:
        made = _rewritten(
            session, vault, case_id, facts.key, lambda tag: written(facts.value, facts.qualifier, tag),
            actor, "A figure was added.", now, insert,
        )  # fmt: skip
    else:
        insert()
        session.flush()
    return figure, made


def remove_figure(
    session: Session, vault: Vault, actor: Actor, case_id: int, figure_id: int, reason: str, now: datetime
) -> None:
    """Take a figure out, with the reason. Raises `Refused` for one that texts quote."""
    reason = _given(reason)
    figure = lock_part(session, Figure, case_id, figure_id)
    if figure.quoted and any(
        quoting_texts(it, figure.key) or quoting_letters(it, figure.key) for it in actions_of(session, case_id)
    ):
        raise Refused("Texts use this figure. Choose another one for them first, or correct this one.")
    was = FigureFacts.of(figure).told()
    session.delete(figure)
    session.flush()
    about = About("figure", figure_id, case_id=case_id)
    audit.record(session, vault, actor, "figure removed", about, now, before=was, reason=reason)


def _rewritten(
    session: Session,
    vault: Vault,
    case_id: int,
    key: str,
    then: Callable[[str], str],
    actor: Actor,
    why: str,
    now: datetime,
    change: Callable[[], None],
) -> Rewritten:
    """Change what a key says; keep what texts said before it, and give them new versions after it.

    `then` is what it will say, by locale. What was approved and quotes it is to be looked at again. The actions' rows
    are held meanwhile: who saves a text at the same moment waits, or is waited for.
    """
    actions = actions_of(session, case_id, lock=True)
    quoted = session.scalars(select(Figure).where(Figure.case_id == case_id, Figure.key == key, Figure.quoted)).all()
    said = {tag: next((written(int(it.value), it.qualifier, tag) for it in quoted), None) for tag in _tags(actions)}
    changed = {tag for tag in said if said[tag] != then(tag)}
    texts = [(it, text.locale) for it in actions for text in quoting_texts(it, key) if text.locale in changed]
    letters = [
        (it, letter, versions.letter_fields(session, it, letter))
        for it in actions
        for letter in quoting_letters(it, key)
        if letter.locale in changed and versions.was_used(letter, it)
    ]
    for action, tag in texts:
        versions.keep_text(session, action, tag, actor, None, now)
    change()
    session.flush()
    for action in actions:
        in_texts = {it.locale for it in quoting_texts(action, key)}
        if changed & (in_texts | {it.locale for it in quoting_letters(action, key)}):
            action_texts.revoke_approval(session, vault, actor, action, why, now)
    for action in actions:
        action_texts.keep_signed(session, vault, action, now, action_texts.Correction(CorrectionKind.FIGURE, why))
    made_texts, made_letters = [], []
    for action, tag in texts:
        if kept := versions.keep_text(session, action, tag, actor, why, now):
            made_texts.append((action.slug, tag, kept.version))
    for action, letter, filled in letters:
        versions.set_aside(letter, action, filled)
        words = {"salutation": letter.salutation, "body": letter.body, "close": letter.close}
        added = versions.next_letter(session, action, letter.locale, letter.official_id, letter, words, actor, now)
        made_letters.append((action.slug, letter.locale, added.version))
    return Rewritten(tuple(made_texts), tuple(made_letters))


def _tags(actions: list[Action]) -> set[str]:
    return {it.locale for action in actions for it in action.texts} | {
        it.locale for action in actions for it in action.letters
    }


def _refuse_twice(session: Session, case_id: int, facts: FigureFacts, but: int | None) -> None:
    # The schema's constraint lets two rows without a date pass: NULLs are distinct to it.
    twin = select(Figure.id).where(
        Figure.case_id == case_id,
        Figure.key == facts.key,
        Figure.value == facts.value,
        Figure.source_id == facts.source_id,
        Figure.as_of.is_(None) if facts.as_of is None else Figure.as_of == facts.as_of,
    )
    if any(it != but for it in session.scalars(twin)):
        raise Refused("This number from this source and date is already in the case.")


def _short(figure: Figure | None) -> dict[str, object]:
    if figure is None:
        return {"quoted": None}
    return {"quoted": f"{written(int(figure.value), figure.qualifier, ORIGINAL)} (figure {figure.id})"}


def _given(reason: str) -> str:
    """The reason as it is kept. Raises `Refused` without one."""
    plain = reason.strip()
    if not plain:
        raise Refused("Give a reason. It is kept in the audit trail.")
    if len(plain) > LONGEST_WHY:
        raise Refused("Give a shorter reason.")
    return plain
