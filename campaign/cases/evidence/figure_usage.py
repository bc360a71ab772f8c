"""Which texts quote a figure, what they say now, and what they would say: what organisers see before they correct."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from campaign import prose
from campaign.cases.evidence.facts import FigureFacts
from campaign.cases.writing.versions import Difference, Piece, compare, was_used
from campaign.publication.figures import bare, written
from campaign.publication.reading import quoted_figures
from campaign.sentences import Sentence
from campaign.storage.tables import Action, ActionText, Figure, ModelLetter, Recipient, Subject
from campaign.vocabulary import ActionStatus, Naming

SAME = Difference.SAME


@dataclass(frozen=True)
class Place:
    """Where words stand: a part of an action's text, or a model letter, in one language.

    `official` names whom a letter is for, where it is for one. `kept` says that what stood there is kept as an older
    version, since it was public or may have been sent.
    """

    slug: str
    title: str
    status: ActionStatus
    locale: str
    part: Sentence
    official: str | None = None
    kept: bool = True
    letter: bool = False


@dataclass(frozen=True)
class Quotation:
    """One place that quotes a figure: its words before and after, piece by piece, with a few of those around."""

    place: Place
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Impact:
    """What a change reaches: the texts that quote the figure, and places where the number was typed by hand.

    The typed ones change only when somebody edits them.
    """

    quotations: tuple[Quotation, ...]
    typed: tuple[Place, ...]


def of_correction(session: Session, figure: Figure, to: FigureFacts) -> Impact:
    """What correcting a figure reaches; nothing of texts if letters do not quote it."""
    actions, figures = actions_of(session, figure.case_id), _figures(session, figure.case_id)
    quotations: Iterable[Quotation] = ()
    if figure.quoted:
        quotations = _quotations(actions, figures, figure.key, lambda tag: written(to.value, to.qualifier, tag))
    typed = _typed(actions, int(figure.value)) if int(figure.value) != to.value else ()
    return Impact(tuple(quotations), tuple(typed))


def of_choice(session: Session, figure: Figure) -> Impact:
    """What quoting this figure, in place of the one that is quoted now, reaches."""
    actions, figures = actions_of(session, figure.case_id), _figures(session, figure.case_id)
    value, qualifier = int(figure.value), figure.qualifier
    others = {int(it.value) for it in figures if it.key == figure.key and it.quoted} - {value}
    return Impact(
        tuple(_quotations(actions, figures, figure.key, lambda tag: written(value, qualifier, tag))),
        tuple(place for other in sorted(others) for place in _typed(actions, other)),
    )


def names_given_away(actions: Iterable[Action], subjects: Iterable[Subject]) -> tuple[tuple[Subject, Place], ...]:
    """Where texts name in full who may only be named by initials: no setting hides what is written by hand."""
    hidden = [it for it in subjects if it.naming is Naming.INITIALS]
    return tuple(
        (it, place)
        for action in actions
        for place, said in (*_titles(action), *_places(action))
        for it in hidden
        if any(name.casefold() in said.casefold() for name in it.name.values() if name)
    )


def excerpt(pieces: Sequence[Piece], around: int = 90) -> tuple[Piece, ...]:
    """Pieces with what is the same cut down to some `around` characters beside each change, at words."""
    cut = []
    for n, piece in enumerate(pieces):
        text = piece.text
        if piece.difference is SAME and len(text) > 2 * around + 20:
            start = text[:around].rpartition(" ")[0] if n else ""
            end = text[-around:].partition(" ")[2] if n < len(pieces) - 1 else ""
            text = f"{start} … {end}"
        cut.append(Piece(piece.difference, text))
    return tuple(cut)


def actions_of(session: Session, case_id: int, *, lock: bool = False) -> list[Action]:
    """The actions of a case with all they say, oldest first; with `lock`, held until the transaction ends."""
    wanted = (
        select(Action)
        .where(Action.case_id == case_id)
        .order_by(Action.id)
        .options(
            selectinload(Action.texts),
            selectinload(Action.letters),
            selectinload(Action.recipients).joinedload(Recipient.official),
        )
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(wanted.with_for_update() if lock else wanted))


def quoting_texts(action: Action, key: str) -> list[ActionText]:
    """The texts of an action that quote a figure."""
    return [it for it in action.texts if any(key in prose.field_keys(said) for _, said in parts(it))]


def quoting_letters(action: Action, key: str) -> list[ModelLetter]:
    """The newest versions of an action's model letters, those that quote a figure."""
    newest = {(it.official_id, it.locale): it for it in action.letters}  # ordered by version
    return [it for it in newest.values() if key in prose.field_keys(it.body)]


def parts(text: ActionText) -> Iterator[tuple[Sentence, str]]:
    """(part, what it says) of the parts of a text that fields are filled into."""
    yield Sentence("summary"), text.summary
    yield from ((Sentence("demand %(n)s", n=n), it) for n, it in enumerate(text.demands, 1))
    yield Sentence("background"), text.background


def title_of(action: Action) -> str:
    """What the action is called at the office: its title in the original language, else its slug."""
    return next((it.title for it in action.texts if it.locale == action.original_locale and it.title), action.slug)


def _quotations(
    actions: Iterable[Action], figures: Sequence[Figure], key: str, then: Callable[[str], str]
) -> Iterator[Quotation]:
    for action in actions:
        for place, said in _places(action):
            if key not in prose.field_keys(said):
                continue
            fields = quoted_figures(figures, place.locale)
            before = prose.to_text(said, fields, missing="show")
            after = prose.to_text(said, {**fields, key: then(place.locale)}, missing="show")
            yield Quotation(place, excerpt(compare(before, after)))


def _titles(action: Action) -> Iterator[tuple[Place, str]]:
    """No field is filled into a title, but it can hold what was typed."""
    for it in action.texts:
        yield Place(action.slug, title_of(action), action.status, it.locale, Sentence("title")), it.title


def _places(action: Action) -> Iterator[tuple[Place, str]]:
    """Every place of an action that fields are filled into, with what was written there."""
    title = title_of(action)
    for text in action.texts:
        for part, said in parts(text):
            yield Place(action.slug, title, action.status, text.locale, part), said
    names = {it.official_id: it.official.name for it in action.recipients}
    for letter in {(it.official_id, it.locale): it for it in action.letters}.values():
        official = names.get(letter.official_id) if letter.official_id else None
        kept = was_used(letter, action)
        part = Sentence("sample letter")
        yield Place(action.slug, title, action.status, letter.locale, part, official, kept, letter=True), letter.body


def _typed(actions: Iterable[Action], value: int) -> Iterator[Place]:
    for action in actions:
        for place, said in (*_titles(action), *_places(action)):
            if any(it in said for it in {bare(value, place.locale), bare(value, "en"), str(value)}):
                yield place


def _figures(session: Session, case_id: int) -> Sequence[Figure]:
    return session.scalars(select(Figure).where(Figure.case_id == case_id)).all()
