"""From tables to values: what of an action is public, in one language, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from campaign import clock, prose
from campaign.channels import KEYS
from campaign.errors import Unknown
from campaign.language import ORIGINAL, fallback, is_known
from campaign.publication.figures import said, spoken, written
from campaign.publication.naming import public_name
from campaign.publication.risk import risk_countries
from campaign.publication.values import (
    ChainLink,
    FigureGroup,
    PublicAction,
    PublicCorrection,
    PublicEvent,
    PublicExtension,
    PublicFigure,
    PublicLetter,
    PublicPicture,
    PublicRecipient,
    PublicSource,
    PublicSubject,
)
from campaign.storage.tables import (
    Action,
    ActionText,
    Case,
    CasePicture,
    Extension,
    Figure,
    ModelLetter,
    Recipient,
    SignedText,
)
from campaign.vocabulary import ActionStatus, Theme

PUBLIC = frozenset({ActionStatus.OPEN, ActionStatus.CLOSED, ActionStatus.STOPPED, ActionStatus.ARCHIVED})


def published(session: Session, slug: str, locale: str) -> PublicAction:
    """A public action in the reader's language. Raises `Unknown` for drafts as for what never was."""
    action = described(session, slug, locale)
    if action.status not in PUBLIC:
        raise Unknown("There is no action at this address.")
    return action


def described(session: Session, slug: str, locale: str) -> PublicAction:
    """An action in any state, as it would be public. Raises `Unknown` if there is none of that name, or no such
    language."""
    if not is_known(locale):
        raise Unknown("There is no language of this name.")
    action = session.scalars(
        select(Action)
        .where(Action.slug == slug)
        .options(
            joinedload(Action.case).options(
                joinedload(Case.picture),
                selectinload(Case.subjects),
                selectinload(Case.events),
                selectinload(Case.figures).joinedload(Figure.source),
            ),
            selectinload(Action.texts),
            selectinload(Action.recipients).joinedload(Recipient.official),
            selectinload(Action.letters),
        )
    ).one_or_none()
    if action is None:
        raise Unknown("There is no action at this address.")
    extension = session.scalars(
        select(Extension).where(Extension.action_id == action.id).order_by(Extension.id.desc()).limit(1)
    ).one_or_none()
    shown = _described(action, locale, _chain(session, action, locale), extension)
    return replace(shown, corrections=_corrections(session, action))


def _corrections(session: Session, action: Action) -> tuple[PublicCorrection, ...]:
    """What was corrected in the text that people sign, the newest first; a change before anyone signed is none."""
    found = session.execute(
        select(SignedText.created_at, SignedText.kind, SignedText.reason)
        .where(SignedText.action_id == action.id, SignedText.kind.is_not(None), SignedText.reason.is_not(None))
        .order_by(SignedText.version.desc())
    ).all()
    return tuple(
        PublicCorrection(clock.local_day(it.created_at, action.case.time_zone), it.kind, it.reason or "")
        for it in found
        if it.kind is not None
    )


def quoted_figures(figures: Iterable[Figure], locale: str) -> dict[str, str]:
    """What letters and texts print for `((key))`: each quoted figure, as `locale` writes it."""
    return {it.key: written(int(it.value), it.qualifier, locale) for it in figures if it.quoted}


def text_in(texts: Sequence[ActionText], locale: str, original: str) -> ActionText | None:
    """The text in the reader's language, else the original, else any there is."""
    by_locale = {it.locale: it for it in texts}
    found = fallback(by_locale, locale, original)
    return by_locale[found] if found is not None else None


def _described(
    action: Action, locale: str, chain: tuple[ChainLink, ...], extension: Extension | None = None
) -> PublicAction:
    case = action.case
    text = text_in(action.texts, locale, action.original_locale)
    shown = text.locale if text else locale
    fields = quoted_figures(case.figures, shown)
    return PublicAction(
        id=action.id,
        slug=action.slug,
        number=str(action.number) if action.number else None,
        index_reference=action.index_reference,
        kind=action.kind,
        status=action.status,
        country=case.country,
        at_risk_countries=risk_countries(case.country, case.at_risk_countries),
        time_zone=case.time_zone,
        place=said(case.place, locale) or None,
        issued_on=action.issued_on,
        deadline=action.deadline,
        goal=action.goal,
        locale=shown,
        original_locale=action.original_locale,
        locales=tuple(it.locale for it in action.texts),
        title=text.title if text else "",
        summary=prose.to_text(text.summary, fields, missing="show") if text else "",
        demands=tuple(prose.to_text(it, fields, missing="show") for it in text.demands) if text else (),
        background=prose.to_html(text.background, fields, missing="show") if text else Markup(),
        after_deadline=text.after_deadline if text else None,
        stop_reason=spoken(action.stop_reason, locale),
        outcome=spoken(action.outcome, locale),
        languages=tuple(action.languages),
        position=next((n for n, link in enumerate(chain, 1) if link.current), 1),
        chain=chain,
        subjects=tuple(
            PublicSubject(public_name(said(it.name, locale), it.naming), said(it.pronoun, locale) or None)
            for it in case.subjects
        ),
        recipients=tuple(_recipient(n, it, locale) for n, it in enumerate(action.recipients, 1)),
        letters=_letters(action),
        figures=_figures(case.figures, locale),
        events=tuple(PublicEvent(it.on, it.kind, said(it.caption, locale)) for it in case.events),
        unplaced=tuple(action.unplaced),
        outcome_kind=action.outcome_kind,
        outcome_on=action.outcome_on,
        shield=action.shield,
        ask=text.ask if text else None,
        themes=themes_of(case.themes),
        picture=_picture(case.picture, locale),
        ended_at=action.ended_at,
        extended=_extended(extension, case.time_zone, locale) if extension is not None else None,
    )


def themes_of(words: Iterable[str]) -> tuple[Theme, ...]:
    """The themes among the words that are kept of a case."""
    return tuple(Theme(word) for word in words if word in {*Theme})


def _picture(picture: CasePicture | None, locale: str) -> PublicPicture | None:
    """The picture where someone has described it in the reader's language: without a description nothing is shown."""
    alt = picture.alt.get(locale) if picture is not None else None
    if picture is None or not alt:
        return None
    return PublicPicture(
        mark=picture.mark,
        width=picture.width,
        height=picture.height,
        alt=alt,
        credit=said(picture.credit, locale),
        focus=picture.focus,
    )


def _recipient(n: int, recipient: Recipient, locale: str) -> PublicRecipient:
    official = recipient.official
    return PublicRecipient(
        n=n,
        official_id=official.id,
        role=recipient.role,
        name=official.name,
        title=said(official.title, locale) or None,
        office=said(official.office, locale) or None,
        postal_office=said(official.office, ORIGINAL) or None,
        address=tuple(official.address),
        country=official.country,
        emails=tuple(official.emails),
        languages=tuple(official.languages),
        channels={key: tuple(official.channels[key]) for key in KEYS if official.channels.get(key)},
        time_zone=official.time_zone,
    )


def _letters(action: Action) -> tuple[PublicLetter, ...]:
    """The newest version for each recipient and language; a letter for one official goes before one for all."""
    newest: dict[tuple[int | None, str], ModelLetter] = {}
    for letter in action.letters:  # ordered by version
        newest[letter.official_id, letter.locale] = letter
    letters: list[PublicLetter] = []
    for n, recipient in enumerate(action.recipients, 1):
        for locale in sorted({locale for _, locale in newest}, key=lambda it: (it != action.original_locale, it)):
            best = newest.get((recipient.official_id, locale)) or newest.get((None, locale))
            if best is not None:
                letters.append(_letter(best, n, recipient.official.salutation, action.case.figures))
    return tuple(letters)


def _letter(letter: ModelLetter, n: int, salutations: Mapping[str, str], figures: Iterable[Figure]) -> PublicLetter:
    fields = quoted_figures(figures, letter.locale)
    return PublicLetter(
        locale=letter.locale,
        recipient_n=n,
        version=letter.version,
        salutation=salutations.get(letter.locale) or letter.salutation,
        paragraphs=prose.paragraphs_html(letter.body, fields, missing="show", links=False),
        close=letter.close,
        text=prose.to_text(letter.body, fields, missing="show"),
    )


def _figures(figures: Sequence[Figure], locale: str) -> tuple[FigureGroup, ...]:
    groups: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        groups[figure.key].append(figure)
    return tuple(
        FigureGroup(
            key=key,
            label=said(_quoted(members).label, locale),
            quoted=_figure(_quoted(members), locale),
            others=tuple(_figure(it, locale) for it in members if it is not _quoted(members)),
        )
        for key, members in groups.items()
    )


def _quoted(members: Sequence[Figure]) -> Figure:
    """The figure that stands first on the page: the organiser's choice, else the newest."""
    return next((it for it in members if it.quoted), members[-1])


def _figure(figure: Figure, locale: str) -> PublicFigure:
    source = figure.source
    return PublicFigure(
        text=written(int(figure.value), figure.qualifier, locale),
        label=said(figure.label, locale),
        as_of=figure.as_of,
        source=PublicSource(
            publisher=said(source.publisher, locale),
            title=said(source.title, locale),
            published_on=source.published_on,
            published_about=source.published_about,
            url=source.url,
        ),
    )


def _chain(session: Session, action: Action, locale: str) -> tuple[ChainLink, ...]:
    """The public actions of the case in order, and this one; an earlier one kept elsewhere stands first."""
    siblings = session.scalars(
        select(Action)
        .where(Action.case_id == action.case_id)
        .order_by(Action.issued_on, Action.id)
        .options(selectinload(Action.texts))
    ).all()
    latest = _latest(action, siblings)
    links: list[ChainLink] = []
    for it in siblings:
        if it.status not in PUBLIC and it.id != action.id:
            continue
        if it.previous_url and not links:
            links.append(_elsewhere(it))
        text = text_in(it.texts, locale, it.original_locale)
        links.append(
            ChainLink(
                number=str(it.number) if it.number else None,
                kind=it.kind,
                title=text.title if text else "",
                slug=it.slug,
                url=None,
                issued_on=it.issued_on,
                status=it.status,
                current=it.id == action.id,
                latest=it is latest,
            )
        )
    return tuple(links)


def _latest(action: Action, siblings: Sequence[Action]) -> Action | None:
    """The last action of those that follow this one, in public and not stopped; None if the case stands here."""
    after = {it.previous_id: it for it in siblings if it.previous_id is not None}
    latest, seen = action, {action.id}
    # Each action follows at most one other, and a loop would be a mistake in the data: no reason to hang.
    while (then := after.get(latest.id)) is not None and then.id not in seen and _may_be_led_to(then):
        latest = then
        seen.add(then.id)
    return latest if latest is not action else None


def _may_be_led_to(action: Action) -> bool:
    return action.status in PUBLIC - {ActionStatus.STOPPED} and not action.stop_reason


def _extended(extension: Extension, zone: str, locale: str) -> PublicExtension:
    return PublicExtension(
        was=extension.was,
        becomes=extension.becomes,
        on=clock.local_day(extension.created_at, zone),
        reason=spoken(extension.reason, locale),
    )


def _elsewhere(action: Action) -> ChainLink:
    return ChainLink(
        number=None,
        kind=action.kind,
        title=action.previous_index or "",
        slug=None,
        url=action.previous_url,
        issued_on=None,
        status=None,
        current=False,
    )
