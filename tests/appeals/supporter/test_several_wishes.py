"""Confirming and disowning where one address asked more than once: each link does its own, and undoes no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from campaign.appeals.signing.by_reference import Given
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.appeals.supporter.confirming import Chosen
from campaign.errors import Gone, Refused
from campaign.storage import Storage
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL, SIGNATURE_NAME
from campaign.storage.tables import ConsentText, LaterWish, Message, Signature, Visit
from campaign.vocabulary import Disclosure, MessageKind, SignatureStatus
from tests import made

SLUG = "renew-the-cards"
LATER = made.NOON + timedelta(hours=2)
PUBLIC, OFFICIAL, WITHHELD = Disclosure.PUBLIC, Disclosure.OFFICIAL, Disclosure.WITHHELD
CONFIRM, THANKS = MessageKind.CONFIRM, MessageKind.THANKS


@pytest.fixture
def asked(storage: Storage) -> tuple[bytes, bytes]:
    """The links of two wishes of one address: Ada Lovelace, in English, then Ada King without a name, in Urdu."""
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, SLUG, made.wish(via="letter"), made.NOON)
        again = made.wish(name="Ada King", disclosure=WITHHELD, locale="ur")
        sign(session, storage.vault, SLUG, again, made.NOON + timedelta(hours=1))
        return (
            session.scalars(select(Signature.reference)).one(),
            session.scalars(select(LaterWish.reference)).one(),
        )


def stored(storage: Storage) -> Signature:
    with storage.reading() as session:
        return session.scalars(select(Signature)).one()


def name_of(storage: Storage) -> str | None:
    it = stored(storage)
    return storage.vault.decrypt(it.name, SIGNATURE_NAME, it.reference) if it.name else None


def email_of(storage: Storage) -> str | None:
    it = stored(storage)
    return storage.vault.decrypt(it.email, SIGNATURE_EMAIL, it.reference) if it.email else None


def wishes(storage: Storage) -> list[LaterWish]:
    with storage.reading() as session:
        return list(session.scalars(select(LaterWish).order_by(LaterWish.id)))


def mails(storage: Storage) -> list[tuple[MessageKind, int | None]]:
    with storage.reading() as session:
        return [(it.kind, it.wish_id) for it in session.scalars(select(Message).order_by(Message.id))]


def confirm(storage: Storage, link: bytes, at: datetime = LATER, chosen: Chosen | None = None) -> SignatureStatus:
    with storage.writing() as session:
        return confirming.confirm(session, storage.vault, link, at, chosen).status


def not_me(storage: Storage, link: bytes) -> Given | None:
    with storage.writing() as session:
        return confirming.not_me(session, storage.vault, link)


def test_the_second_link_confirms_the_second_wish_with_its_language_and_time(
    storage: Storage, asked: tuple[bytes, bytes]
) -> None:
    assert confirm(storage, asked[1]) is SignatureStatus.CONFIRMED
    it = stored(storage)
    assert (name_of(storage), it.disclosure, it.locale) == ("Ada King", WITHHELD, "ur")
    assert (email_of(storage), it.seat) == ("ada@example.org", 1)
    assert it.expires_at == datetime(2025, 8, 15, 13, 0, tzinfo=UTC)  # two weeks after it was asked for
    with storage.reading() as session:
        told = select(ConsentText.locale).where(ConsentText.id == it.consent_text_id)
        assert session.scalars(told).one() == "ur"


def test_the_first_link_still_confirms_the_first_wish_after_the_second_one(
    storage: Storage, asked: tuple[bytes, bytes]
) -> None:
    confirm(storage, asked[1])
    _second, first = wishes(storage)
    assert mails(storage)[0] == (CONFIRM, first.id)  # the mail that was sent first leads to it
    assert confirm(storage, asked[0], LATER + timedelta(hours=1)) is SignatureStatus.CONFIRMED
    assert name_of(storage) == "Ada Lovelace"
    assert stored(storage).disclosure is WITHHELD  # the more guarded of both is kept
    assert stored(storage).confirmed_at == LATER
    assert [(it.name, it.email, it.message) for it in wishes(storage)] == [(None, None, None)] * 2


def test_a_first_wish_that_has_run_out_is_not_set_aside(storage: Storage, asked: tuple[bytes, bytes]) -> None:
    with storage.writing() as session:
        session.scalars(select(Signature)).one().expires_at = LATER
    assert confirm(storage, asked[1], LATER) is SignatureStatus.CONFIRMED
    assert len(wishes(storage)) == 1
    assert confirm(storage, asked[0], LATER) is SignatureStatus.CONFIRMED  # it stands: there is nothing to be done
    assert name_of(storage) == "Ada King"


def test_each_wish_that_is_confirmed_is_thanked_for_once(storage: Storage, asked: tuple[bytes, bytes]) -> None:
    for link in (asked[0], asked[1], asked[1], asked[0]):
        confirm(storage, link)
    assert [kind for kind, _ in mails(storage)] == [CONFIRM, CONFIRM, THANKS, THANKS]
    with storage.reading() as session:
        owed = session.scalars(select(Message.idempotency_key).where(Message.kind == THANKS).order_by(Message.id)).all()
    it, (wish,) = stored(storage), wishes(storage)
    assert owed == [f"thanks:{it.id}", f"thanks:{it.id}:{wish.id}"]


def test_it_is_counted_once_on_the_day_of_the_first_press(storage: Storage, asked: tuple[bytes, bytes]) -> None:
    confirm(storage, asked[0], made.NOON + timedelta(hours=2))
    confirm(storage, asked[1], made.NOON + timedelta(days=3))
    it = stored(storage)
    assert (it.counts, str(it.confirmed_on)) == (True, "2025-08-01")
    with storage.reading() as session:
        assert [str(day) for day in session.scalars(select(Visit.day))] == ["2025-08-01"]


def test_what_waits_guards_the_name_until_its_owner_chooses(storage: Storage, asked: tuple[bytes, bytes]) -> None:
    confirm(storage, asked[0])
    assert (stored(storage).disclosure, stored(storage).guard) == (WITHHELD, WITHHELD)


def test_what_its_owner_chooses_ends_the_guard(storage: Storage, asked: tuple[bytes, bytes]) -> None:
    confirm(storage, asked[0], chosen=Chosen("Ada", "FR", None, False, PUBLIC))
    it = stored(storage)
    assert (name_of(storage), it.country, it.disclosure, it.guard) == ("Ada", "FR", PUBLIC, None)


def test_a_message_is_shown_to_everyone_only_where_its_owner_says_so(
    storage: Storage, asked: tuple[bytes, bytes]
) -> None:
    confirm(storage, asked[0], chosen=Chosen("Ada", "GB", "Please.", False, PUBLIC))
    assert stored(storage).reason_consent_id is None
    confirm(storage, asked[1], chosen=Chosen("Ada", "GB", "Please.", False, PUBLIC, reason=True))
    assert stored(storage).reason_consent_id is not None


def test_a_second_wish_that_has_run_out_is_not_confirmed(storage: Storage, asked: tuple[bytes, bytes]) -> None:
    with storage.writing() as session:
        session.scalars(select(LaterWish)).one().expires_at = LATER
    with pytest.raises(Gone, match="too late"):
        confirm(storage, asked[1], LATER)
    assert stored(storage).status is SignatureStatus.PENDING


def test_a_wish_of_another_mailbox_moves_the_signature_unless_that_has_signed(
    storage: Storage, asked: tuple[bytes, bytes]
) -> None:
    with storage.writing() as session:
        wish = session.scalars(select(LaterWish)).one()
        wish.email = storage.vault.encrypt("ada@new.example.org", SIGNATURE_EMAIL, wish.reference)
        session.scalars(select(Signature)).one().seat = 2
    confirm(storage, asked[1])
    it = stored(storage)
    assert (email_of(storage), it.seat) == ("ada@new.example.org", 1)
    assert it.email_hash == storage.vault.keyed_hash("e-mail", "ada@new.example.org")


def test_a_mailbox_that_has_signed_gets_no_second_signature(storage: Storage, asked: tuple[bytes, bytes]) -> None:
    with storage.writing() as session:
        sign(session, storage.vault, SLUG, made.wish("bo@example.org"), made.NOON)
        wish = session.scalars(select(LaterWish)).one()
        wish.email = storage.vault.encrypt("bo@example.org", SIGNATURE_EMAIL, wish.reference)
    with pytest.raises(Refused, match="already been used"):
        confirm(storage, asked[1])
    with storage.reading() as session:
        assert session.scalar(select(func.count()).where(Signature.status == SignatureStatus.CONFIRMED)) == 0


def test_the_same_mailbox_keeps_its_second_seat(storage: Storage, asked: tuple[bytes, bytes]) -> None:
    with storage.writing() as session:
        session.scalars(select(Signature)).one().seat = 2
    confirm(storage, asked[1])
    assert (email_of(storage), stored(storage).seat) == ("ada@example.org", 2)


def test_not_me_by_the_second_link_before_anything_is_confirmed_ends_all_of_it(
    storage: Storage, asked: tuple[bytes, bytes]
) -> None:
    answered = not_me(storage, asked[1])
    assert answered is not None
    assert (answered.status, answered.stands, answered.name) == (
        SignatureStatus.REJECTED,
        SignatureStatus.REJECTED,
        None,
    )
    assert (stored(storage).status, name_of(storage), wishes(storage)) == (SignatureStatus.REJECTED, None, [])
    with storage.reading() as session:
        assert session.scalars(select(Visit)).all() == []


def test_not_me_by_the_first_link_ends_all_of_it_too(storage: Storage, asked: tuple[bytes, bytes]) -> None:
    answered = not_me(storage, asked[0])
    assert answered is not None
    assert (answered.status, answered.wish_id) == (SignatureStatus.REJECTED, None)
    assert wishes(storage) == []


def test_not_me_by_the_second_link_leaves_a_signature_that_its_owner_has_confirmed(
    storage: Storage, asked: tuple[bytes, bytes]
) -> None:
    confirm(storage, asked[0])
    assert not_me(storage, asked[1]) is None
    assert (stored(storage).status, name_of(storage)) == (SignatureStatus.CONFIRMED, "Ada Lovelace")
    assert wishes(storage) == []


def test_not_me_by_a_link_that_was_confirmed_withdraws_it_with_all_that_waits(
    storage: Storage, asked: tuple[bytes, bytes]
) -> None:
    confirm(storage, asked[0])
    answered = not_me(storage, asked[0])
    assert answered is not None
    assert answered.status is SignatureStatus.WITHDRAWN
    assert (stored(storage).email_hash, name_of(storage), wishes(storage)) == (None, None, [])


def test_not_me_by_the_second_link_once_it_is_confirmed_withdraws_it(
    storage: Storage, asked: tuple[bytes, bytes]
) -> None:
    confirm(storage, asked[1])
    not_me(storage, asked[1])
    assert stored(storage).status is SignatureStatus.WITHDRAWN


def test_withdrawing_says_whether_there_was_something_to_withdraw(storage: Storage, asked: tuple[bytes, bytes]) -> None:
    number = stored(storage).id
    with storage.writing() as session:
        assert confirming.withdraw(session, number) is False
    assert len(wishes(storage)) == 1  # what waits was not touched
    confirm(storage, asked[0])
    with storage.writing() as session:
        assert confirming.withdraw(session, number) is True
        assert confirming.withdraw(session, number) is False
    assert wishes(storage) == []


def test_disowning_a_signature_that_counts_keeps_the_seat_and_forgets_the_person(
    storage: Storage, asked: tuple[bytes, bytes]
) -> None:
    confirm(storage, asked[0])
    with storage.writing() as session:
        assert confirming.disown(session, storage.vault, asked[0]).status is SignatureStatus.REJECTED
    it = stored(storage)
    assert (it.counts, it.seat, it.email, it.name, it.updates) == (False, 1, None, None, False)
    assert it.email_hash is not None
    assert wishes(storage) == []
