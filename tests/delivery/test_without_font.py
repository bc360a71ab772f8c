"""Names that no font has, told before a dossier is made of them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from campaign.delivery import without_font
from campaign.storage import Storage
from campaign.storage.tables import Action
from campaign.vocabulary import Disclosure
from tests import made
from tests.delivery.signed import sign_all


def looked(storage: Storage) -> without_font.Boxed | None:
    with storage.reading() as session:
        action_id = session.scalars(select(Action.id)).one()
    return without_font.look(storage, action_id)


@pytest.mark.databases
def test_names_that_would_be_printed_as_boxes_are_counted_and_what_is_lacking_is_named(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    sign_all(
        storage,
        [
            ("Ada Example", "GB", Disclosure.PUBLIC),
            ("Ada \U0010fffd", "GB", Disclosure.OFFICIAL),
            ("\U0010fffc Example", "GB", Disclosure.PUBLIC),
            ("Hidden \U0010fffb", "GB", Disclosure.WITHHELD),
        ],
    )

    found = looked(storage)

    assert found == without_font.Boxed(2, ("U+10FFFC", "U+10FFFD"))
    assert found.said.startswith("2 names have letters that no font on this computer can print (U+10FFFC, U+10FFFD).")


def test_where_all_can_be_printed_nothing_is_told(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    sign_all(storage)

    assert looked(storage) is None
