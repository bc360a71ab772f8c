"""Who asked to be told when something changes in a case hears of its later actions, once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from campaign.appeals.mails import update_mails
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.storage import Storage
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL
from campaign.storage.tables import Action, Message, Organiser, Signature, Update, UpdateText
from campaign.vocabulary import MessageKind, Role, UpdateStatus
from tests import made


def test_who_asked_under_one_action_hears_of_the_next_one_of_the_case_once(storage: Storage) -> None:
    with storage.writing() as session:
        first = made.action(session, "first")
        second = made.action(session, "second", serial=57)
        other = made.action(session, "another-case", serial=58)
        session.execute(update(Action).where(Action.id == second.id).values(case_id=first.case_id))
        for slug, email in (
            ("first", "ada@example.org"),
            ("first", "bo@example.org"),
            ("second", "bo@example.org"),
            ("another-case", "cy@example.org"),
        ):
            sign(session, storage.vault, slug, made.wish(email, updates=True), made.NOON)
        for reference in session.scalars(select(Signature.reference)).all():
            confirming.confirm(session, storage.vault, reference, made.NOON)
        who = Organiser(
            email="ed@office.example", name="Ed", role=Role.EDITOR, active=True, fs_uniquifier="x",
            created_at=made.NOON, digest=False,
        )  # fmt: skip
        session.add(who)
        session.flush()
        news = Update(
            action_id=second.id, organiser_id=who.id, status=UpdateStatus.QUEUED, created_at=made.NOON,
            queued_at=made.NOON, reached=0, texts=[UpdateText(locale="en", subject="News", body="It goes on.")],
        )  # fmt: skip
        session.add(news)
        session.flush()
        assert other.id
        assert update_mails.count_subscribers(session, second.id) == 2
        assert update_mails.enqueue_updates(session, made.NOON + timedelta(hours=1))
    with storage.reading() as session:
        told = session.scalars(
            select(Signature)
            .join(Message, Message.signature_id == Signature.id)
            .where(Message.kind == MessageKind.UPDATE)
            .order_by(Signature.id)
        ).all()
        slugs = [session.get_one(Action, it.action_id).slug for it in told]
    emails = [storage.vault.decrypt(it.email or b"", SIGNATURE_EMAIL, it.reference) for it in told]
    assert list(zip(emails, slugs, strict=True)) == [("ada@example.org", "first"), ("bo@example.org", "second")]
