"""The office's own templates, of letters, of an action's texts and of updates: kept, changed, removed, begun from.

They belong to no case: every organiser who may read sees them. So what is kept from an action has placeholders in place
of who is at risk, where, and of figures; whoever keeps it reads it first, and says so where the case is sensitive.

Who may edit texts keeps, changes and removes them: nothing of a template is public, nothing goes out with it but what
somebody saves as a text of their own, and the audit trail has the words of one that was removed. A right of its own
would only send people back to copying from old actions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaign import fence
from campaign.cases import updates
from campaign.cases.writing import model_letters, placeholders, texts
from campaign.cases.writing.texts import Words
from campaign.cases.writing.versions import PARTS as TEXT_PARTS
from campaign.errors import Conflict, Refused, Unknown
from campaign.language import LANGUAGES
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.publication import fields
from campaign.sentences import Sentence
from campaign.storage import Vault, guarded
from campaign.storage.tables import Organiser, Template
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import TemplateKind

LONGEST_NAME = 80  # characters

# {part: the most characters it may have} of each kind, in the order of its form.
PARTS: Mapping[TemplateKind, Mapping[str, int]] = {
    TemplateKind.LETTER: {
        "salutation": model_letters.LONGEST_LINE,
        "body": model_letters.LONGEST_BODY,
        "close": model_letters.LONGEST_LINE,
    },
    TemplateKind.ACTION: {name: texts.LONGEST[name] for name in TEXT_PARTS},
    TemplateKind.UPDATE: {"subject": updates.LONGEST_SUBJECT, "body": updates.LONGEST_BODY},
}
# Parts that are printed as they are typed: no Markdown, and no field is filled there.
_PLAIN = frozenset({*fields.NOT_IN_TEXTS, *fields.NOT_IN_LETTERS, "subject"})


@dataclass(frozen=True)
class Kept:
    """A template, and who saved it last; `words` is {part: what it says}, with one demand a line."""

    id: int
    kind: TemplateKind
    locale: str
    name: str
    words: Mapping[str, str]
    who: str | None
    saved_at: datetime

    @property
    def edit_token(self) -> str:
        """A short hash of it all, as in `campaign.cases.writing.texts`."""
        return texts.edit_token([self.name, dict(self.words)])


def all_kept(session: Session) -> tuple[Kept, ...]:
    """Every template, by kind, language and name."""
    order = list(TemplateKind)
    rows = session.execute(
        select(Template, Organiser.name).outerjoin(Organiser, Organiser.id == Template.organiser_id)
    ).all()
    kept = (_kept(it, who) for it, who in rows)
    return tuple(sorted(kept, key=lambda it: (order.index(it.kind), it.locale, it.name.casefold(), it.id)))


def of_kind(session: Session, kind: TemplateKind, *locales: str) -> tuple[Kept, ...]:
    """The templates of a kind; in some languages, or in all where none is named."""
    return tuple(it for it in all_kept(session) if it.kind is kind and (not locales or it.locale in locales))


def kept(session: Session, template_id: int, kind: TemplateKind | None = None) -> Kept:
    """One template. Raises `Unknown` if there is none, or none of this kind."""
    row = _row(session, template_id)
    if kind is not None and row.kind is not kind:
        raise Unknown("There is no such template.")
    who = session.scalar(select(Organiser.name).where(Organiser.id == row.organiser_id))
    return _kept(row, who)


def fault(kind: TemplateKind, name: str, words: Mapping[str, str]) -> Sentence | None:
    """What is wrong with a template, and what to do; None where all is well."""
    if not name or len(name) > LONGEST_NAME:
        return Sentence("Give the template a name of at most %(most)s characters.", most=LONGEST_NAME)
    if not any(words.values()):
        return Sentence("The template is empty. Write its text.")
    if any(len(words[part]) > most for part, most in PARTS[kind].items()):
        return Sentence("This template is too long. Shorten it.")
    # In plain parts too, where the Markdown reader would not look: `field_keys` reads words that were not escaped.
    strange = placeholders.unknown(words.values())
    if strange:
        return Sentence(
            "There is no placeholder %(field)s. These exist: %(all)s.",
            field=f"(({strange[0]}))",
            all=", ".join(f"(({key}))" for key in placeholders.PLACEHOLDERS),
        )
    return None


def add(
    session: Session,
    vault: Vault,
    actor: Actor,
    kind: TemplateKind,
    locale: str,
    name: str,
    words: Mapping[str, str],
    now: datetime,
) -> int:
    """Keep a new template; returns its number. Raises `Refused` for what `fault` finds, `Conflict` if another of its
    kind and language has the name."""
    if locale not in LANGUAGES:
        raise Refused("Choose one of the languages.")
    name, words = fence.one_line(name), _parts(kind, words)
    if wrong := fault(kind, name, words):
        raise Refused(wrong)
    _refuse_taken(session, kind, locale, name)
    values = {"kind": kind, "locale": locale, "name": name, "words": _json(words)}
    template_id = insert_or_leave(session, Template, **values, organiser_id=actor.id, saved_at=now)
    if template_id is None:
        raise Conflict(_TAKEN)
    told = {"kind": kind, "language": locale, "name": name, **words}
    audit.record(session, vault, actor, "template added", About("template", template_id), now, after=told)
    return template_id


def change(
    session: Session,
    vault: Vault,
    actor: Actor,
    template_id: int,
    name: str,
    words: Mapping[str, str],
    edit_token: str,
    now: datetime,
) -> None:
    """Save other words or another name. `edit_token` is that of the template as it was read.

    Raises `Conflict` if somebody else saved it meanwhile or another has the name, `Refused` for what `fault` finds, and
    `Unknown`.
    """
    row = _row(session, template_id)
    before = _kept(row, None)
    name, words = fence.one_line(name), _parts(row.kind, words)
    if before.edit_token != edit_token:
        raise Conflict("Someone else saved this template while you were writing. Both versions are below.")
    if wrong := fault(row.kind, name, words):
        raise Refused(wrong)
    if (name, words) == (before.name, before.words):
        return
    _refuse_taken(session, row.kind, row.locale, name, template_id)
    as_read = (Template.id == template_id, Template.name == row.name, Template.words == row.words)
    values = {"name": name, "words": _json(words), "organiser_id": actor.id, "saved_at": now}
    try:
        with session.begin_nested():
            changed = guarded.change(session, Template, *as_read, **values)
    except IntegrityError as error:
        raise Conflict(_TAKEN) from error
    if not changed:
        raise Conflict("Someone else saved this template while you were writing. Both versions are below.")
    was, becomes = audit.changed({"name": before.name, **before.words}, {"name": name, **words})
    about = About("template", template_id)
    audit.record(session, vault, actor, "template changed", about, now, before=was, after=becomes)


def remove(session: Session, vault: Vault, actor: Actor, template_id: int, now: datetime) -> None:
    """Begin nothing from it any more; the audit trail keeps its words. Raises `Unknown` if there is none."""
    before = _kept(_row(session, template_id), None)
    told = {"kind": before.kind, "language": before.locale, "name": before.name, **before.words}
    if guarded.remove(session, Template, Template.id == template_id):
        audit.record(session, vault, actor, "template removed", About("template", template_id), now, before=told)


def begun(template: Kept, known: Mapping[str, str]) -> dict[str, str]:
    """{part: words} to begin a text with: what is `known` is written out, the other placeholders stay."""
    return {part: placeholders.written_out(said, known, plain=part in _PLAIN) for part, said in template.words.items()}


def laid_into(
    there: Mapping[str, str], new: Mapping[str, str], *, over: bool = False
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The parts of a text with those of a template where nothing was written; and the parts whose words stayed for it.

    With `over` the template's take their place.
    """
    stay = tuple(part for part, said in new.items() if said and there.get(part) and said != there[part] and not over)
    return {**there, **{part: said for part, said in new.items() if said and part not in stay}}, stay


def parts_of(words: Words) -> dict[str, str]:
    """The texts of an action as parts of a template: one demand a line."""
    return {name: said if isinstance(said, str) else "\n".join(said) for name, said in asdict(words).items()}


def words_of(parts: Mapping[str, str]) -> Words:
    """The same the other way."""
    return Words(**{**parts, "demands": texts.demands_of(parts["demands"])})  # type: ignore[arg-type]


_TAKEN = Sentence("There is a template of this name already. Choose another name.")


def _refuse_taken(session: Session, kind: TemplateKind, locale: str, name: str, but: int | None = None) -> None:
    # In Python: neither database compares letters of every script without case.
    others = session.execute(
        select(Template.id, Template.name).where(Template.kind == kind, Template.locale == locale)
    ).all()
    if any(other.casefold() == name.casefold() and number != but for number, other in others):
        raise Conflict(_TAKEN)


def _parts(kind: TemplateKind, words: Mapping[str, str]) -> dict[str, str]:
    return {part: words.get(part, "") for part in PARTS[kind]}


def _json(words: Mapping[str, str]) -> str:
    return json.dumps(words, ensure_ascii=False, sort_keys=True)


def _kept(row: Template, who: str | None) -> Kept:
    return Kept(row.id, row.kind, row.locale, row.name, _parts(row.kind, json.loads(row.words)), who, row.saved_at)


def _row(session: Session, template_id: int) -> Template:
    row = session.scalars(
        select(Template).where(Template.id == template_id).execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise Unknown("There is no such template.")
    return row
