"""Who is counted without a name, and why: two reasons, and the cover says each of those only of whom it is true."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, update

from campaign.storage import Storage
from campaign.storage.tables import Signature
from campaign.vocabulary import Disclosure
from tests import made
from tests.delivery.signed import freeze, printed, sign_all, texts
from tests.printing.reading import plain

ASKED = "1 of them asked not to be named and is counted without a name."
LEFT_OUT = "The names of 2 of them were left out by us, and they are counted without them."


def cover(storage: Storage, tmp_path: Path, hidden: int) -> str:
    """What the first two pages of a book say of five people, one of whom asked not to be named."""
    with storage.writing() as session:
        made.action(session)
    sign_all(storage)
    with storage.writing() as session:
        named = session.scalars(
            select(Signature.id).where(Signature.disclosure != Disclosure.WITHHELD).order_by(Signature.id)
        ).all()
        session.execute(update(Signature).where(Signature.id.in_(named[:hidden])).values(name_hidden=True))
    return " ".join(plain(it) for it in texts(printed(storage, tmp_path, freeze(storage)))[:2])


def test_names_that_we_left_out_did_not_ask_for_it(storage: Storage, tmp_path: Path) -> None:
    read = cover(storage, tmp_path, 2)
    assert ASKED in read
    assert LEFT_OUT in read


def test_where_we_left_nobody_out_the_cover_does_not_say_so(storage: Storage, tmp_path: Path) -> None:
    read = cover(storage, tmp_path, 0)
    assert ASKED in read
    assert "left out by us" not in read
