"""Keys with a life: a rotation while people sign, and the end of the eldest key."""

from __future__ import annotations

import re
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select, update

from campaign import clock
from campaign.appeals.signing.links import Links
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming, my_data
from campaign.errors import Incomplete, Refused
from campaign.office import audit
from campaign.storage import Storage, keys
from campaign.storage.encrypted_columns import COLUMNS, count_left
from campaign.storage.tables import KnownKey, LookUpKey, Organisation, Signature
from campaign.vocabulary import SignatureStatus
from tests import made
from tests.appeals import crowd
from tests.conftest import DATA_KEY, settings_for, sized

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FRESH = Fernet.generate_key().decode()


def with_keys(storage: Storage, *data_keys: str, file: Path | None = None) -> Storage:
    """The same database, opened with other keys."""
    url = storage.engine.url.render_as_string(hide_password=False)
    return Storage(settings_for(Path("/nowhere"), database_url=url, data_keys=data_keys, data_keys_file=file))


def rotated(storage: Storage) -> keys.Progress:
    return keys.rotate(storage, lambda: NOW, lambda _progress: None)


def names(storage: Storage) -> Counter[str]:
    with storage.reading() as session:
        rows = session.execute(select(Signature.reference, Signature.name)).all()
    return Counter(storage.vault.decrypt(name, "signatures.name", reference) for reference, name in rows if name)


@pytest.fixture
def signed(storage: Storage) -> Storage:
    with storage.writing() as session:
        made.action(session)
    assert keys.settle(storage, NOW)
    return storage


def test_every_column_that_is_said_to_be_encrypted_is_on_the_list_a_rotation_walks() -> None:
    said = set()
    for path in Path("campaign/storage/tables").glob("*.py"):
        table = ""
        for line in path.read_text("utf-8").splitlines():
            if begun := re.match(r'    __tablename__ = "(\w+)"', line):
                table = begun[1]
            elif column := re.match(r"    (\w+): Mapped\[bytes.*# .*encrypted", line):
                said.add(f"{table}.{column[1]}")
    assert len(said) >= 8
    assert said <= {column.name for column in COLUMNS}


def test_after_a_rotation_the_eldest_key_can_be_deleted_and_nothing_is_lost(signed: Storage) -> None:
    crowd.sign(signed, 1_200, message="Please.")
    with signed.writing() as session:
        sign(session, signed.vault, "renew-the-cards", made.wish("ada@example.org"), clock.now())
    both = with_keys(signed, FRESH, DATA_KEY)
    assert keys.settle(both, NOW)
    progress = rotated(both)
    assert progress.complete
    alone = with_keys(signed, FRESH)
    with alone.reading() as session:
        assert count_left(session, alone.vault) == 0
    assert keys.retire(both, signed.vault.keys[0].name, None, NOW) is False
    with alone.reading() as session:
        assert keys.faults(session, alone.vault) == []
        assert audit.faults(session, alone.vault) == []
    assert names(alone) == Counter({"Ada Lovelace": 1_201})
    # Duplicates are still found: the look-up key has outlived the key that it derived from.
    with alone.writing() as session:
        sign(session, alone.vault, "renew-the-cards", made.wish("ada@example.org"), clock.now())
        assert session.scalar(select(func.count()).select_from(Signature)) == 1_201


def test_a_rotation_goes_on_where_it_was_killed(signed: Storage) -> None:
    crowd.sign(signed, 1_200)
    both = with_keys(signed, FRESH, DATA_KEY)
    assert keys.settle(both, NOW)
    for _ in range(3):
        keys.step(both, NOW)
    again = with_keys(signed, FRESH, DATA_KEY)  # another process: it knows what the table knows
    with again.reading() as session:
        before = session.scalar(select(KnownKey.done).where(KnownKey.number == again.vault.keys[0].name))
        assert 0 < (before or 0) < 2_400
    assert rotated(again).complete
    assert names(with_keys(signed, FRESH)) == Counter({"Ada Lovelace": 1_200})


def test_a_value_that_its_owner_changes_meanwhile_is_not_put_back(
    signed: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd.sign(signed, 3)
    both = with_keys(signed, FRESH, DATA_KEY)
    assert keys.settle(both, NOW)
    change = keys._changed

    def while_erasing(*of: object) -> dict[str, object]:
        with signed.writing() as session:
            session.execute(update(Signature).where(Signature.id == 1).values(name=None))
        return change(*of)  # type: ignore[arg-type]

    monkeypatch.setattr(keys, "_changed", while_erasing)
    assert rotated(both).complete
    assert names(both) == Counter({"Ada Lovelace": 2})


@pytest.mark.databases
def test_while_a_rotation_runs_people_sign_and_confirm(signed: Storage, tmp_path: Path) -> None:
    people_before = sized(2_000, 100_000)
    crowd.sign(signed, people_before)
    file = tmp_path / "data_keys"
    file.write_text(DATA_KEY)
    people = with_keys(signed, DATA_KEY, file=file)
    keys.add(file)
    ours = with_keys(signed, *file.read_text().split(), file=file)
    assert keys.settle(ours, NOW)
    links = Links("a secret of the test, long enough to be one")
    sent: list[str] = []
    begun, some_signed, faults = threading.Event(), threading.Event(), list[BaseException]()

    def sign_and_confirm(n: int) -> None:
        wish = made.wish(f"{n}@example.org")
        people.write(lambda session: sign(session, people.vault, "renew-the-cards", wish, clock.now()))
        with people.reading() as session:
            reference = session.scalars(select(Signature.reference).order_by(Signature.id.desc()).limit(1)).one()
        people.write(lambda session: confirming.confirm(session, people.vault, reference, clock.now()))
        sent.append(links.mine(reference))

    def sign_on() -> None:
        try:
            assert begun.wait(60)
            while len(sent) < 20 or (rotating.is_alive() and len(sent) < 2_000):
                sign_and_confirm(len(sent))
                if len(sent) == 3:
                    some_signed.set()
        except BaseException as fault:
            faults.append(fault)
            some_signed.set()

    def told(_progress: keys.Progress) -> None:
        # The first step is over and others are to come: from here on people sign beside it.
        begun.set()
        assert some_signed.wait(60)

    rotating = threading.Thread(target=keys.rotate, args=(ours, lambda: NOW, told))
    signing = threading.Thread(target=sign_on)
    for thread in (signing, rotating):
        thread.start()
    for thread in (signing, rotating):
        thread.join()
    assert not faults
    assert rotated(ours).complete
    assert keys.retire(ours, signed.vault.keys[0].name, file, NOW) is True
    assert DATA_KEY not in file.read_text()
    alone = with_keys(signed, *file.read_text().split())
    assert names(alone) == Counter({"Ada Lovelace": people_before + len(sent)})
    assert names(people) == Counter({"Ada Lovelace": people_before + len(sent)})
    with alone.reading() as session:
        of_people = select(Signature).where(Signature.email_hash.is_not(None))
        assert {it.status for it in session.scalars(of_people)} == {SignatureStatus.CONFIRMED}
        # The links of before open what they opened, and who signs again is known.
        for n, link in enumerate(sent):
            mine = my_data.mine(session, alone.vault, links.read_mine(link))
            assert (mine.name, mine.email) == ("Ada Lovelace", f"{n}@example.org")
    for n in range(len(sent)):
        with alone.writing() as session:
            sign(session, alone.vault, "renew-the-cards", made.wish(f"{n}@example.org"), clock.now())
    with alone.reading() as session:
        assert session.scalar(select(func.count()).select_from(Signature)) == people_before + len(sent)
    print(f"{people_before} signatures; {len(sent)} signed and confirmed beside the rotation")


def test_values_of_before_which_are_fernet_tokens_are_read_and_replaced(signed: Storage) -> None:
    crowd.sign(signed, 50)
    old = Fernet(DATA_KEY)
    with signed.writing() as session:
        for signature in session.scalars(select(Signature)):
            signature.name, signature.email = old.encrypt(b"Ada Lovelace"), old.encrypt(b"ada@example.org")
    assert names(signed) == Counter({"Ada Lovelace": 50})
    with signed.reading() as session:
        rows, before = keys.listed(session, signed.vault)
        assert (before, rows[0].values) == (100, 1)
    assert rotated(signed).complete
    with signed.reading() as session:
        assert keys.listed(session, signed.vault)[1] == 0
    assert names(signed) == Counter({"Ada Lovelace": 50})


def test_a_key_is_not_retired_while_it_is_needed(signed: Storage) -> None:
    crowd.sign(signed, 2)
    number = signed.vault.keys[0].name
    with pytest.raises(Refused, match="newest"):
        keys.retire(signed, number, None, NOW)
    both = with_keys(signed, FRESH, DATA_KEY)
    keys.settle(both, NOW)
    with pytest.raises(Refused, match=rf"values still lie under key {number}"):
        keys.retire(both, number, None, NOW)


def test_a_wrong_key_is_named_and_writes_no_hash(signed: Storage) -> None:
    crowd.sign(signed, 2)
    wrong = with_keys(signed, FRESH)
    assert keys.settle(wrong, NOW) is False
    with wrong.reading() as session:
        (sentence,) = keys.faults(session, wrong.vault)
        assert signed.vault.keys[0].name in sentence
    with pytest.raises(Incomplete, match=signed.vault.keys[0].name):
        wrong.vault.keyed_hash("e-mail", "ada@example.org")
    with signed.reading() as session:
        assert session.scalars(select(KnownKey.number)).all() == [signed.vault.keys[0].name]
        assert session.get(LookUpKey, 1) is not None


def test_links_made_before_a_new_secret_key_open_until_its_time_is_over(tmp_path: Path) -> None:
    today = clock.now().date()
    reference = b"0123456789abcdef"
    before = Links("the secret of before, long enough to be one")
    for until, opens in ((today, True), (today - timedelta(days=1), False)):
        settings = settings_for(
            tmp_path, secret_key_before="the secret of before, long enough to be one", secret_key_until=until
        )
        links = Links(*settings.secret_keys)
        for make, read in (
            (before.confirmation, links.read_confirmation),
            (before.mine, links.read_mine),
            (before.unsubscribing, links.read_unsubscribing),
        ):
            assert (read(make(reference)) == reference) is opens
        assert before.read_mine(links.mine(reference)) is None


def test_an_installation_that_was_never_settled_keeps_its_hashes(storage: Storage) -> None:
    before = storage.vault.keyed_hash("e-mail", "ada@example.org")
    assert keys.settle(storage, NOW)
    again = with_keys(storage, DATA_KEY)
    assert again.vault.keyed_hash("e-mail", "ada@example.org") == before
    with storage.reading() as session:
        assert session.get(Organisation, 1) is not None
