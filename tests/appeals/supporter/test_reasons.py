"""Reasons: messages that everyone may read, by their writers' consent and an organiser's approval, and no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from campaign.appeals.counting import tallies
from campaign.appeals.signature_admin import equal_messages, moderation
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming, my_signature, reasons
from campaign.appeals.supporter.confirming import Chosen
from campaign.appeals.supporter.reasons import Reason, beginning, first_name, language_of, told_beside
from campaign.office.audit import Actor
from campaign.publication.reading import published
from campaign.storage import Storage
from campaign.storage.tables import Action, LaterWish, Organisation, ReasonConsent, Signature
from campaign.vocabulary import Disclosure, WordsStatus, WordsVerdict
from tests import made

SLUG = "renew-the-cards"
PUBLIC, OFFICIAL, WITHHELD = Disclosure.PUBLIC, Disclosure.OFFICIAL, Disclosure.WITHHELD


# Written by hand, after names that people sign with.
@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Ada Lovelace", "Ada"),
        ("Dr. Ada Lovelace", "Ada"),
        ("Dr Ada Lovelace", "Ada"),
        ("Prof. Dr. Ana María Ruiz", "Ana"),
        ("J. R. R. Tolkien", "Tolkien"),
        ("Mme Zoé", "Zoé"),
        ("Syed Bilal Shah", "Bilal"),
        ("ڈاکٹر عائشہ خان", "عائشہ"),
        ("آقای رضا", "رضا"),
        ("李明", "李明"),
        ("Jean-Luc", "Jean-Luc"),
        ("O'Henry", "O'Henry"),
        ("W" * 175, "W" * 30 + "…"),
        ("A.", None),
        ("Dr.", None),
        ("", None),
    ],
)
def test_of_a_name_the_first_name_stands_beside_the_words(name: str, first: str | None) -> None:
    assert first_name(name) == first


@pytest.mark.parametrize(
    ("disclosure", "country", "beside"),
    [
        (PUBLIC, "GB", ("Ada", "GB")),
        (PUBLIC, "MT", ("Ada", "MT")),  # as they chose, also where few have signed
        (OFFICIAL, "GB", (None, "GB")),
        (OFFICIAL, "MT", (None, None)),
        (WITHHELD, "GB", (None, "GB")),
        (WITHHELD, "MT", (None, None)),
    ],
)
def test_what_stands_beside_the_words_is_as_guarded_as_the_name(
    disclosure: Disclosure, country: str, beside: tuple[str | None, str | None]
) -> None:
    assert told_beside(disclosure, "Ada Lovelace", country, {"GB"}) == beside


@pytest.mark.parametrize(
    ("words", "locale", "tag"),
    [
        ("Please renew the cards.", "en", "en"),
        ("Renouvelez les cartes, s’il vous plaît.", "fr", "fr"),
        ("کارڈز کی تجدید کریں۔", "ur", "ur"),
        ("کارڈز کی تجدید کریں۔", "en", None),
        ("Please renew the cards.", "ur", None),
        ("Пожалуйста", "en", None),
        ("!!! 2026", "en", None),
    ],
)
def test_words_are_in_the_language_of_the_page_only_if_they_are_in_its_script(
    words: str, locale: str, tag: str | None
) -> None:
    assert language_of(words, locale) == tag


@pytest.mark.parametrize(
    ("words", "most", "seen"),
    [
        ("Short.", 20, "Short."),
        ("On two\nlines.", 20, "On two lines."),
        ("They are my neighbours, all of them.", 24, "They are my neighbours…"),
        ("W" * 30, 20, "W" * 20 + "…"),
    ],
)
def test_the_action_page_shows_the_beginning_cut_between_two_words(words: str, most: int, seen: str) -> None:
    assert beginning(words, most) == seen


@pytest.fixture
def action_id(storage: Storage) -> int:
    with storage.writing() as session:
        return made.action(session).id


def signed(
    storage: Storage,
    email: str,
    message: str | None,
    *,
    reason: bool = True,
    approved: bool = True,
    name: str = "Ada Lovelace",
    country: str = "GB",
    disclosure: Disclosure = PUBLIC,
    locale: str = "en",
) -> bytes:
    """Someone signs, confirms on the page of their link, and an organiser reads their message."""
    wish = made.wish(
        email, name=name, message=message, country=country, disclosure=disclosure, locale=locale, sure=True
    )
    with storage.writing() as session:
        sign(session, storage.vault, SLUG, wish, made.NOON)
        reference = session.scalars(select(Signature.reference).order_by(Signature.id.desc()).limit(1)).one()
        chosen = Chosen(name, country, message, False, disclosure, reason, locale)
        confirming.confirm(session, storage.vault, reference, made.NOON, chosen)
        tallies.roll_up(session)
        if approved and message:
            signature = one(session, reference)
            moderation.decide_words(
                session, storage.vault, ACTOR, session.get_one(Action, signature.action_id), signature.id,
                WordsStatus.SHOWN, made.NOON,
            )  # fmt: skip
    return reference


ACTOR = Actor(None, "tests")


def one(session, reference: bytes) -> Signature:  # type: ignore[no-untyped-def]
    return session.scalars(select(Signature).where(Signature.reference == reference)).one()  # type: ignore[no-any-return]


def shown(storage: Storage, page: int = 1, most: int = 20) -> tuple[Reason, ...]:
    with storage.reading() as session:
        action = published(session, SLUG, "en")
        later = made.NOON + timedelta(days=1)
        return reasons.shown(session, storage.vault, action, page, most, later).rows


def words(storage: Storage) -> list[str]:
    return [it.words for it in shown(storage)]


@pytest.mark.databases
def test_a_message_is_shown_only_if_its_writer_agreed_and_an_organiser_approved_it(
    storage: Storage, action_id: int
) -> None:
    signed(storage, "a@example.org", "Both.")
    signed(storage, "b@example.org", "Approved for the official.", reason=False)
    signed(storage, "c@example.org", "Not read yet.", approved=False)
    signed(storage, "d@example.org", None)
    assert shown(storage) == (Reason("Both.", "Ada", "GB", "en"),)
    with storage.reading() as session:
        kept = session.scalars(select(ReasonConsent)).one()
        assert (kept.locale, kept.version, kept.text) == ("en", 1, reasons.wording("en"))


@pytest.mark.databases
@pytest.mark.parametrize("how", ["withdrawn", "erased", "no longer", "words changed", "hidden", "invalid"])
def test_a_message_goes_with_its_signature_its_consent_and_its_approval(
    storage: Storage, action_id: int, how: str
) -> None:
    reference = signed(storage, "a@example.org", "Please.")
    assert words(storage) == ["Please."]
    with storage.writing() as session:
        if how == "withdrawn":
            my_signature.take_back(session, reference)
        elif how == "erased":
            my_signature.erase(session, reference)
        elif how == "no longer":
            my_signature.show_message(session, reference, False, "en", made.NOON)
        elif how == "words changed":
            my_signature.correct_message(session, storage.vault, reference, "Other words.")
        elif how == "hidden":
            signature, action = one(session, reference), session.get_one(Action, action_id)
            moderation.decide_words(
                session, storage.vault, ACTOR, action, signature.id, WordsStatus.HIDDEN, made.NOON
            )  # fmt: skip
        else:
            session.execute(update(Signature).values(status="invalid", counts=False))
    assert words(storage) == []
    with storage.reading() as session:
        left = session.scalars(select(Signature.reason_consent_id)).all()
    assert how in ("hidden", "invalid") or left in ([], [None])


def test_nobody_at_risk_is_shown_whatever_they_agreed_to(storage: Storage, action_id: int) -> None:
    signed(storage, "a@example.org", "From there.", country="PK")
    with storage.reading() as session:
        assert session.scalars(select(Signature.reason_consent_id)).all() == [None]
    reference = signed(storage, "b@example.org", "From elsewhere.")
    assert words(storage) == ["From elsewhere."]
    with storage.writing() as session:  # they live there now
        my_signature.correct_country(session, reference, "PK")
    assert words(storage) == []


def test_a_country_that_the_office_lists_later_takes_its_messages_off_the_page(
    storage: Storage, action_id: int
) -> None:
    signed(storage, "a@example.org", "Please.", country="AE")
    assert words(storage) == ["Please."]
    with storage.writing() as session:
        session.get_one(Action, action_id).case.at_risk_countries = ["AE"]
    assert words(storage) == []


def test_what_stands_beside_a_message_follows_its_writers_choice_and_small_numbers(
    storage: Storage, action_id: int
) -> None:
    with storage.writing() as session:
        session.execute(update(Organisation).values(least_country=2))
    open_, guarded = signed(storage, "a@example.org", "One."), signed(
        storage, "b@example.org", "Two.", country="MT", disclosure=OFFICIAL
    )  # fmt: skip
    assert [(it.name, it.country) for it in shown(storage)] == [(None, None), ("Ada", "GB")]
    signed(storage, "c@example.org", None, country="MT")
    assert [(it.name, it.country) for it in shown(storage)] == [(None, "MT"), ("Ada", "GB")]
    with storage.writing() as session:
        my_signature.show_name_to(session, open_, WITHHELD)
        my_signature.show_name_to(session, guarded, PUBLIC)
    assert [(it.name, it.country) for it in shown(storage)] == [("Ada", "MT"), (None, None)]


def test_a_name_that_an_organiser_hid_or_has_to_read_is_not_shown_beside_the_words(
    storage: Storage, action_id: int
) -> None:
    signed(storage, "a@example.org", "Please.")
    for hides in ("name_hidden", "name_held"):
        with storage.writing() as session:
            session.execute(update(Signature).values(name_hidden=False, name_held=False))
            session.execute(update(Signature).values({hides: True}))
        assert [(it.name, it.country) for it in shown(storage)] == [(None, "GB")]


@pytest.mark.databases
def test_equal_messages_are_approved_at_once_and_stand_once_under_who_wrote_first(
    storage: Storage, action_id: int
) -> None:
    first = signed(storage, "a@example.org", "Renew the cards!", approved=False)
    signed(storage, "b@example.org", "renew the CARDS", approved=False, name="Bea B")
    signed(storage, "c@example.org", "renew  the cards.", approved=False, name="Cy C", reason=False)
    signed(storage, "d@example.org", "Another.", approved=False, name="Dee D")
    with storage.writing() as session:
        action = session.get_one(Action, action_id)
        group = equal_messages.groups(session, storage.vault, action_id).rows[0]
        assert (group.messages, group.reasons) == (3, 2)
        equal_messages.decide(
            session, storage.vault, ACTOR, action, [group.key], WordsVerdict.APPROVE, "", made.NOON
        )  # fmt: skip
    assert [(it.words, it.name) for it in shown(storage)] == [("Renew the cards!", "Ada")]
    with storage.writing() as session:
        my_signature.take_back(session, first)
    assert [(it.words, it.name) for it in shown(storage)] == [("renew the CARDS", "Bea")]


def test_who_agrees_later_is_read_again_before_everyone_reads_them(storage: Storage, action_id: int) -> None:
    reference = signed(storage, "a@example.org", "Please.", reason=False)
    with storage.writing() as session:
        my_signature.show_message(session, reference, True, "ur", made.NOON)
        signature = one(session, reference)
        assert signature.words_status is None
        told = session.get_one(ReasonConsent, signature.reason_consent_id)
        assert (told.locale, told.text) == ("ur", reasons.wording("ur"))
        assert moderation.waiting(session, action_id) == 1
    assert words(storage) == []


def test_consent_is_of_the_words_it_was_given_for(storage: Storage, action_id: int) -> None:
    """A second signing from the same mailbox brings other words: nobody has agreed that everyone reads those."""
    signed(storage, "a@example.org", "Please.")
    with storage.writing() as session:
        sign(session, storage.vault, SLUG, made.wish("a@example.org", name="Ada Lovelace", message="Other."), made.NOON)
        later = session.scalars(select(LaterWish.reference)).one()
        confirming.confirm(session, storage.vault, later, made.NOON)
        assert session.scalars(select(Signature.reason_consent_id)).all() == [None]


@pytest.mark.databases
def test_pages_hold_a_few_each_the_newest_first_and_none_is_missing(storage: Storage, action_id: int) -> None:
    for n in range(5):
        signed(storage, f"{n}@example.org", f"Message number {n}.")
    pages = [[it.words[-2] for it in shown(storage, page, 2)] for page in (1, 2, 3, 4)]
    assert pages == [["4", "3"], ["2", "1"], ["0"], []]
    with storage.reading() as session:
        action = published(session, SLUG, "en")
        more = [reasons.shown(session, storage.vault, action, page, 2).more for page in (1, 2, 3)]
    assert more == [True, True, False]
