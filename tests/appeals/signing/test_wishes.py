"""Wishes of one address: each link confirms its own, and of two that differ the more guarded disclosure is kept.

The kind of fault is known from petition software: a second signature of one address is thrown away, or overwrites the
first one, before its owner has said which of them holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations, product

import pytest
from sqlalchemy import select

from campaign.appeals import retention
from campaign.appeals.signing import by_reference
from campaign.appeals.signing.signing import sign
from campaign.appeals.signing.wishes import disclosure_kept, more_guarded
from campaign.appeals.supporter import confirming
from campaign.appeals.supporter.confirming import Chosen
from campaign.errors import Gone
from campaign.storage import Storage
from campaign.storage.encrypted_columns import SIGNATURE_MESSAGE, SIGNATURE_NAME
from campaign.storage.tables import LaterWish, Message, Signature
from campaign.vocabulary import Disclosure, MessageKind, SignatureStatus
from tests import made

PUBLIC, OFFICIAL, WITHHELD = Disclosure.PUBLIC, Disclosure.OFFICIAL, Disclosure.WITHHELD
# Written by hand, apart from the product's own order.
HOW_PUBLIC = {PUBLIC: 2, OFFICIAL: 1, WITHHELD: 0}
SLUG = "renew-the-cards"


@pytest.mark.parametrize(
    ("asked", "stands", "guard", "chosen", "kept"),
    [
        (PUBLIC, PUBLIC, None, None, PUBLIC),
        (PUBLIC, PUBLIC, WITHHELD, None, WITHHELD),  # signed again, more guarded: the older link does not undo it
        (PUBLIC, WITHHELD, None, None, WITHHELD),  # stands without a name; a later "Everyone" waits to be chosen
        (OFFICIAL, PUBLIC, PUBLIC, None, OFFICIAL),
        (WITHHELD, OFFICIAL, PUBLIC, None, WITHHELD),
        (WITHHELD, WITHHELD, WITHHELD, PUBLIC, PUBLIC),  # the person chose otherwise
        (PUBLIC, PUBLIC, None, OFFICIAL, OFFICIAL),
    ],
)
def test_the_more_guarded_is_kept_until_the_person_chooses_otherwise(
    asked: Disclosure, stands: Disclosure, guard: Disclosure | None, chosen: Disclosure | None, kept: Disclosure
) -> None:
    assert disclosure_kept(asked, stands, guard, chosen) is kept


@dataclass
class Model:
    """A signature by the rules alone: wishes as they are sent, confirmed in some order."""

    stands: Disclosure
    guard: Disclosure | None = None
    name: int | None = None

    def confirm(self, n: int, asked: Disclosure) -> None:
        self.stands, self.name = disclosure_kept(asked, self.stands, self.guard), n


def test_in_every_order_the_last_confirmed_is_kept_and_never_more_public_than_the_last_sent() -> None:
    """All of them: up to four wishes, confirmed in any order, any of them again."""
    for count in range(1, 5):
        orders = [order for pressed in range(1, 5) for order in product(range(count), repeat=pressed)]
        for sent in product(Disclosure, repeat=count):
            for order in orders:
                model = Model(sent[0])
                for later in sent[1:]:
                    model.guard = more_guarded(model.guard, later)
                for n in order:
                    model.confirm(n, sent[n])
                assert model.name == order[-1]
                assert HOW_PUBLIC[model.stands] <= HOW_PUBLIC[sent[-1]], (sent, order)
                assert HOW_PUBLIC[model.stands] <= HOW_PUBLIC[sent[order[-1]]], (sent, order)


def links(storage: Storage) -> list[bytes]:
    """The references of the links that were mailed, in the order of the mails."""
    with storage.reading() as session:
        mails = session.scalars(select(Message).where(Message.kind == MessageKind.CONFIRM).order_by(Message.id)).all()
        return [
            session.get_one(LaterWish, it.wish_id).reference
            if it.wish_id
            else session.get_one(Signature, it.signature_id).reference
            for it in mails
        ]


def signed(storage: Storage, wishes: Sequence[dict[str, object]]) -> list[bytes]:
    with storage.writing() as session:
        made.action(session)
    for n, values in enumerate(wishes):
        with storage.writing() as session:
            sign(session, storage.vault, SLUG, made.wish(**values), made.NOON + timedelta(minutes=n))
    return links(storage)


def the_signature(storage: Storage) -> Signature:
    with storage.reading() as session:
        return session.scalars(select(Signature)).one()


THREE: list[dict[str, object]] = [
    {"name": "Ada Lovelase", "disclosure": PUBLIC, "country": "GB"},
    {"name": "Ada Lovelace", "disclosure": WITHHELD, "country": "GB"},
    {"name": "Ada L.", "disclosure": OFFICIAL, "country": "FR", "message": "Please.", "updates": True},
]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_three_wishes_confirmed_from_each_mail_in_every_order(storage: Storage, order: tuple[int, ...]) -> None:
    mailed = signed(storage, THREE)
    assert len(set(mailed)) == 3
    for n in order:
        with storage.writing() as session:
            confirming.confirm(session, storage.vault, mailed[n], made.NOON + timedelta(hours=1))
    kept, last = the_signature(storage), THREE[order[-1]]
    assert kept.status is SignatureStatus.CONFIRMED
    assert storage.vault.decrypt(kept.name or b"", SIGNATURE_NAME, kept.reference) == last["name"]
    assert kept.country == last["country"]
    assert (
        storage.vault.decrypt(kept.message, SIGNATURE_MESSAGE, kept.reference) if kept.message else None
    ) == last.get("message")
    assert kept.updates == last.get("updates", False)
    assert HOW_PUBLIC[kept.disclosure] <= HOW_PUBLIC[OFFICIAL]
    # Nothing of a wish stays beside the signature once it was confirmed.
    with storage.reading() as session:
        left = session.scalars(select(LaterWish)).all()
    assert all((it.name, it.email, it.message) == (None, None, None) for it in left)


def test_everyone_then_no_one_then_the_newest_link_is_not_published(storage: Storage) -> None:
    """The report: signed "Everyone", noticed the danger, signed "No one", followed the newest mail — and was named."""
    _first, newest = signed(storage, [{"disclosure": PUBLIC}, {"disclosure": WITHHELD}])
    with storage.writing() as session:
        confirming.confirm(session, storage.vault, newest, made.NOON + timedelta(hours=1))
    assert the_signature(storage).disclosure is WITHHELD


def test_a_strangers_words_stand_on_their_own_link_alone(storage: Storage) -> None:
    stranger, own = signed(
        storage,
        [
            {"name": "Somebody Else", "message": "Words that are not mine.", "disclosure": PUBLIC},
            {"disclosure": OFFICIAL},
        ],
    )
    with storage.writing() as session:
        shown = by_reference.given(session, storage.vault, own)
        assert (shown.name, shown.message) == ("Ada Lovelace", None)
        confirming.confirm(session, storage.vault, own, made.NOON + timedelta(hours=1))
    kept = the_signature(storage)
    assert storage.vault.decrypt(kept.name or b"", SIGNATURE_NAME, kept.reference) == "Ada Lovelace"
    assert kept.message is None
    with storage.reading() as session:  # and theirs is not gone into it unseen
        assert by_reference.given(session, storage.vault, stranger).name == "Somebody Else"


def test_what_the_owner_changes_on_the_page_is_what_is_confirmed(storage: Storage) -> None:
    _first, second = signed(storage, [{"disclosure": WITHHELD}, {"disclosure": PUBLIC, "name": "Ada"}])
    chosen = Chosen("Ada King", "FR", "My own words.", True, PUBLIC)
    with storage.writing() as session:
        confirming.confirm(session, storage.vault, second, made.NOON + timedelta(hours=1), chosen)
    kept = the_signature(storage)
    assert (storage.vault.decrypt(kept.name or b"", SIGNATURE_NAME, kept.reference), kept.country, kept.disclosure) == (
        "Ada King",
        "FR",
        PUBLIC,
    )


def test_a_wish_that_is_not_confirmed_dies_with_its_expiry_and_leaves_the_signature(storage: Storage) -> None:
    first, second = signed(storage, [{}, {"name": "Ada King"}])
    with storage.writing() as session:
        confirming.confirm(session, storage.vault, first, made.NOON + timedelta(hours=1))
    later = made.NOON + timedelta(days=15)
    with pytest.raises(Gone), storage.writing() as session:
        confirming.confirm(session, storage.vault, second, later)
    retention.purge_all(storage, later)
    with storage.reading() as session:
        assert session.scalars(select(LaterWish)).all() == []
        with pytest.raises(Gone):
            by_reference.given(session, storage.vault, second)
    assert the_signature(storage).status is SignatureStatus.CONFIRMED


def test_a_later_wish_outlives_the_first_one_and_can_still_be_confirmed(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
        sign(session, storage.vault, SLUG, made.wish(), made.NOON)
    with storage.writing() as session:
        again = made.NOON + timedelta(days=13)
        sign(session, storage.vault, SLUG, made.wish(name="Ada King", disclosure=WITHHELD), again)
    first, second = links(storage)
    retention.purge_all(storage, made.NOON + timedelta(days=15))
    with storage.writing() as session:
        confirming.confirm(session, storage.vault, second, made.NOON + timedelta(days=16))
    kept = the_signature(storage)
    assert storage.vault.decrypt(kept.name or b"", SIGNATURE_NAME, kept.reference) == "Ada King"
    with storage.reading() as session, pytest.raises(Gone):
        by_reference.given(session, storage.vault, first)


@pytest.mark.parametrize(("press", "stands"), list(product((0, 1), (True, False))))
def test_not_me_deletes_what_was_not_confirmed_and_leaves_what_was(storage: Storage, press: int, stands: bool) -> None:
    mailed = signed(storage, [{"name": "Ada"}, {"name": "A stranger", "message": "Not mine."}])
    if stands:
        with storage.writing() as session:
            confirming.confirm(session, storage.vault, mailed[1 - press], made.NOON + timedelta(hours=1))
    with storage.writing() as session:
        confirming.not_me(session, storage.vault, mailed[press])
    kept = the_signature(storage)
    assert kept.status is (SignatureStatus.CONFIRMED if stands else SignatureStatus.REJECTED)
    with storage.reading() as session:
        assert not [it for it in session.scalars(select(LaterWish)) if it.name]


def test_the_same_wish_again_gets_the_same_link_and_a_confirmed_one_no_link(storage: Storage) -> None:
    mailed = signed(storage, [{}])
    with storage.writing() as session:
        sign(session, storage.vault, SLUG, made.wish(), made.NOON - timedelta(hours=23))
    assert len(links(storage)) == 2
    assert len(set(links(storage))) == 1
    with storage.writing() as session:
        confirming.confirm(session, storage.vault, mailed[0], made.NOON + timedelta(hours=1))
        sign(session, storage.vault, SLUG, made.wish(), made.NOON + timedelta(hours=30))
    with storage.reading() as session:
        kinds = session.scalars(select(Message.kind).order_by(Message.id)).all()
        assert session.scalars(select(LaterWish)).all() == []
    assert kinds[-1] is MessageKind.SIGNED_ALREADY


def test_enough_mails_for_a_day_still_leave_no_name_more_public_than_last_asked_for(storage: Storage) -> None:
    names = [{"name": f"Ada {letter}", "disclosure": PUBLIC} for letter in "abc"]
    mailed = signed(storage, [*names, {"name": "Ada d", "disclosure": WITHHELD}])
    assert len(mailed) == 3
    with storage.writing() as session:
        confirming.confirm(session, storage.vault, mailed[0], made.NOON + timedelta(hours=1))
    assert the_signature(storage).disclosure is WITHHELD
