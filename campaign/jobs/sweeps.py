"""The jobs: what runs in the background.

Every job is a sweep: it asks the tables what is owed and does that much, so a lost queue, a killed worker or two
workers at once lose nothing and repeat nothing.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from functools import partial

from sqlalchemy.orm import Session

from campaign import clock, owed
from campaign.appeals import captured_mail, moments, retention
from campaign.appeals.counting import letter_reports, tallies, visits
from campaign.appeals.mails import letter_mails, reminders, signature_mails, update_mails
from campaign.appeals.network import member_mails, membership, rounds
from campaign.appeals.relay import bounce_mailbox, bounces, copies, incoming, owed_news, queue
from campaign.appeals.relay.sender import Carrier
from campaign.appeals.signature_admin import invalidation
from campaign.appeals.signing import equal_words
from campaign.appeals.signing.links import Links
from campaign.cases import planned_updates
from campaign.cases.evidence import copies as source_copies
from campaign.cases.lifecycle import discarding, opening_and_closing
from campaign.cases.review import approval, checks, inspection
from campaign.delivery import build_queue, ending, freeze_requests, stamping
from campaign.errors import Conflict, Permanent, Temporary, Unknown, Unprintable
from campaign.logs import fault
from campaign.mail import outbox
from campaign.mail.outbox import Leased
from campaign.mail.transport import Transport, transport
from campaign.office import digest, kept_forms, organisers, workbooks
from campaign.office import staff_mails as office_mail
from campaign.office.password_links import Welcomes
from campaign.office.webhooks import delivery as webhook_delivery
from campaign.settings import Settings
from campaign.storage import Storage, keys
from campaign.vocabulary import MessageKind

log = logging.getLogger("campaign.jobs")

MESSAGES_AT_ONCE = 20


class Jobs:
    """The jobs as plain methods: what `campaign worker` runs and tests call."""

    def __init__(self, settings: Settings, storage: Storage, stopping: Callable[[], bool] = lambda: False) -> None:
        self._settings = settings
        self._storage = storage
        self._stopping = stopping
        self._links = Links(*settings.secret_keys)
        self._welcomes = Welcomes(*settings.secret_keys)
        self._carrier = Carrier(settings, storage)

    def owed(self) -> frozenset[str]:
        """Which sweeps of every few seconds would find work."""
        with self._storage.reading() as session:
            return owed.sweeps(session, clock.now())

    def post(self) -> int:
        """Send what the outbox owes; returns how many messages were settled."""
        settled = 0
        # The way out comes first: one that cannot be had must not take leases with it.
        with transport(self._settings) as way:
            while leased := self._lease():
                for message in leased:
                    if message.safe(clock.now()):
                        self._post_one(way, message)
                        settled += 1
                    else:
                        self._give_back(message)
        return settled

    def count(self) -> int:
        """Bring the tallies up to date; returns how many signatures and letters were counted or taken out."""
        counted = self._in_batches(tallies.roll_up, tallies.MOST)
        counted += self._in_batches(letter_reports.roll_up, letter_reports.MOST)
        self._in_batches(visits.roll_up, visits.MOST)
        return counted

    def invalidate(self) -> int:
        """Take false signatures out, or put them back, batch by batch; returns how many batches there were."""
        batches = 0
        while True:
            with self._storage.writing() as session:
                if not invalidation.step(session, self._storage.vault, clock.now()):
                    return batches
            batches += 1

    def spread(self) -> int:
        """Put updates on their way whose time has come, and write the messages of all that are, and of what goes out to
        the network; returns how many updates, batches, and messages to the network, there were."""
        batches = self._send_planned() + self._spread_rounds()
        while True:
            with self._storage.reading() as session:
                if not update_mails.waiting(session):
                    return batches
            with self._storage.writing() as session:
                if not update_mails.enqueue_updates(session, clock.now()):
                    return batches
            batches += 1

    def _send_planned(self) -> int:
        with self._storage.reading() as session:
            found = planned_updates.due(session, clock.now())
        sent = 0
        for update_id in found:
            with self._storage.writing() as session:
                sent += planned_updates.send_due(session, self._storage.vault, update_id, clock.now())
        return sent

    def _spread_rounds(self) -> int:
        """The same for what goes out to the network."""
        with self._storage.reading() as session:
            if not rounds.due(session, clock.now()):
                return 0
        with self._storage.writing() as session:
            rounds.begin(session, clock.now())
        written = 0
        while True:
            with self._storage.writing() as session:
                batch = rounds.spread(session, clock.now())
            if batch is None:
                return written
            written += batch

    def remind(self) -> int:
        """Owe those a reminder who asked for one and have not sent their letter; returns how many rows were due."""
        with self._storage.reading() as session:
            if not reminders.due(session, clock.now()):
                return 0
        return self._in_batches(lambda session: reminders.owe_due(session, clock.now()), reminders.BATCH)

    def digest(self) -> int:
        """Owe organisers what is due, once a day; returns to how many."""
        with self._storage.reading() as session:
            if not digest.wanting(session, clock.now()):
                return 0
        with self._storage.writing() as session:
            return digest.owe(session, clock.now())

    def freeze(self) -> int:
        """Freeze the dossiers that organisers asked for; returns how many were made."""
        made, tried = 0, set[int]()
        while not self._stopping() and (request_id := self._begin_freezing(tried)) is not None:
            tried.add(request_id)
            try:
                made += self._storage.write(partial(self._freeze, request_id)) is not None
            except freeze_requests.FORESEEN as foreseen:
                with self._storage.writing() as session:
                    freeze_requests.refuse(session, request_id, foreseen, clock.now())
            except Exception as error:  # tried again by the next sweep; the others must not wait for it
                log.error("A dossier could not be made: %s", fault(error))
        return made

    def _freeze(self, request_id: int, session: Session) -> str | None:
        return freeze_requests.make(session, self._storage.vault, request_id, clock.now())

    def _begin_freezing(self, tried: set[int]) -> int | None:
        with self._storage.reading() as session:
            if not freeze_requests.waiting(session, tried):
                return None
        with self._storage.writing() as session:
            return freeze_requests.begin(session, clock.now(), tried)

    def build(self) -> int:
        """Print the dossiers that wait for it; returns how many were printed."""
        with self._storage.reading() as session:
            if not build_queue.waiting(session, clock.now()):
                return 0
        from campaign.delivery import build_run  # noqa: PLC0415 - it is large, and most of the time nothing is printed

        built = 0
        # The press comes first: a seal that cannot be used must not take leases with it.
        press = build_run.press_of(self._settings, self._stopping)
        while not self._stopping() and (mine := self._lease_build()):
            try:
                build_run.build(self._storage, press, mine)
            except (build_queue.Stopped, Unprintable) as foreseen:  # which the table tells
                log.warning("Dossier %s: %s", mine.code, foreseen)
            except Exception as error:  # tried again when its lease has run out; the others must not wait for it
                log.error("Dossier %s could not be printed: %s", mine.code, fault(error))
            else:
                built += 1
        return built

    def stamp(self) -> int:
        """Ask the authorities for the time stamps that dossiers still lack; returns how many came."""
        return stamping.run(self._storage, self._settings)

    def forward(self) -> int:
        """Send what supporters asked us to send to officials, as far as it may go now; returns how many letters."""
        return self._carrier.carry()

    def tell(self) -> int:
        """Tell webhooks that something needs somebody; returns how many were told, or could not be."""
        return webhook_delivery.run(self._storage, self._settings, self._stopping)

    def bounces(self) -> int:
        """Record the reports that came back, and queue again what an organiser has put right; returns how many."""
        try:
            recorded = bounce_mailbox.collect(self._settings, self._storage)
        except Temporary as trouble:
            log.warning("The mailbox of delivery reports cannot be read: %s", trouble)
            recorded = Counter()
        released = self._in_batches(lambda session: bounces.release(session, clock.now()), bounces.BATCH)
        with self._storage.writing() as session:
            queue.readdress_merged(session)
        return recorded.total() + released

    def settle(self) -> int:
        """Forget the words of letters that went weeks ago and of which nothing came back; returns how many letters."""
        return self._in_batches(lambda session: bounces.settle(session, clock.now()), bounces.BATCH)

    def close(self) -> int:
        """Close what is past its deadline."""
        with self._storage.writing() as session:
            return opening_and_closing.close_due(session, self._storage.vault, clock.now())

    def open_due(self) -> int:
        """Open what was approved and whose hour has come, if the checks still let it; returns how many."""
        with self._storage.reading() as session:
            slugs = approval.due(session, clock.now())
        return sum(self._open_one(slug) for slug in slugs)

    def _open_one(self, slug: str) -> bool:
        now = clock.now()
        try:
            with self._storage.reading() as session:
                seen = inspection.inspect(session, slug, now)
            # Laying out the letters takes its time: no transaction waits for it.
            judged = approval.Judged(seen.revision, checks.checks(inspection.measured(seen), now))
            with self._storage.writing() as session:
                return approval.open_due(session, self._storage.vault, slug, judged, now)
        except (Conflict, Unknown):
            return False  # somebody changed it in this moment: the next sweep sees it as it then is

    def purge(self) -> retention.Purged:
        """Let go of what was promised to go."""
        with self._storage.writing() as session:
            organisers.forget_sessions(session, clock.now())
            kept_forms.forget(session, clock.now())
            incoming.forget(session, clock.now())
            freeze_requests.forget(session, clock.now())
            reminders.forget(session)
        self._in_batches(lambda session: discarding.empty_old(session, clock.now()), discarding.BATCH)
        self._in_batches(lambda session: outbox.forget(session, clock.now(), retention.BATCH), retention.BATCH)
        self._in_batches(lambda session: membership.forget(session, clock.now(), retention.BATCH), retention.BATCH)
        purged = retention.purge_all(self._storage, clock.now())
        moments.forget(self._storage, clock.now())
        ending.end(self._storage, clock.now())
        with self._storage.reading() as session:
            captured_mail.forget(session, self._settings.mailbox)
        workbooks.sweep()
        self._storage.tidy()
        self._storage.scrub()
        return purged

    def rotate(self) -> int:
        """Note keys that are new, and go on with the re-encryption that is owed; returns how many steps it took."""
        if not keys.settle(self._storage, clock.now()):
            log.error("The data keys do not fit this database: run campaign check")
            return 0
        with self._storage.reading() as session:
            owed = keys.waits(session, self._storage.vault)
        steps = 0
        while owed and not self._stopping():
            owed = not keys.step(self._storage, clock.now()).complete
            steps += 1
        return steps

    def group(self) -> int:
        """Find the equals of messages that were written before equal ones were grouped; returns how many it did."""
        with self._storage.reading() as session:
            if not equal_words.waiting(session):
                return 0
        vault = self._storage.vault
        return self._in_batches(lambda session: equal_words.group(session, vault), equal_words.BATCH)

    def learn(self) -> None:
        """Keep current what the database knows of its tables."""
        self._storage.learn()

    def reconcile(self) -> int:
        """Prove the tallies, and mend them."""
        with self._storage.writing() as session:
            wrong = tallies.reconcile(session)
        if wrong:
            log.error("%d tallies were wrong and have been corrected", wrong)
        return wrong

    def sort(self) -> int:
        """Delete files of copies of sources that nothing keeps any more; returns how many."""
        return source_copies.sweep(self._storage, clock.now())

    def _in_batches(self, step: Callable[[Session], int], most: int) -> int:
        changed = 0
        while True:
            with self._storage.writing() as session:
                batch = step(session)
            changed += batch
            if batch < most:
                return changed

    def _lease_build(self) -> build_queue.Lease | None:
        with self._storage.reading() as session:
            if not build_queue.waiting(session, clock.now()):
                return None
        with self._storage.writing() as session:
            return build_queue.lease(session, clock.now())

    def _lease(self) -> tuple[Leased, ...]:
        with self._storage.writing() as session:
            return outbox.claim(session, clock.now(), MESSAGES_AT_ONCE)

    def _give_back(self, message: Leased) -> None:
        # A slow mail server used up the lease of the batch: what is left is leased afresh, so that no other
        # worker takes it up while this one is still at it.
        with self._storage.writing() as session:
            outbox.release(session, message)

    def _post_one(self, way: Transport, message: Leased) -> None:
        # Composing, sending and recording are three steps on purpose: no transaction waits for a mail server.
        try:
            # To an organiser nothing is written of a sensitive case that they may not see.
            whom = message.organiser_id
            here = self._storage if whom is None else self._storage.seen_by(whom)
            with here.reading() as session:
                written = self._compose(session, message)
            if written is None:
                with self._storage.writing() as session:
                    outbox.mark_failed(session, message, "no longer needed")
                return
            way.send(written, f"{message.id:08}-{message.kind}")
        except Permanent as refused:
            with self._storage.writing() as session:
                outbox.mark_failed(session, message, str(refused))
        except Temporary as trouble:
            self._put_off(message, str(trouble))
        except Exception as error:  # one message that cannot be written must not hold up the others
            log.error("Message %d could not be sent: %s", message.id, fault(error))
            self._put_off(message, type(error).__name__)
        else:
            # Done again by itself: that a message went must be known, or it goes a second time.
            self._storage.write(lambda session: outbox.mark_sent(session, message, clock.now()))

    def _compose(self, session: Session, message: Leased) -> EmailMessage | None:
        base_url, now = self._settings.base_url, clock.now()
        if message.kind is MessageKind.UPDATE:
            return update_mails.compose(session, self._storage.vault, self._links, base_url, message, now)
        if message.kind in member_mails.KINDS:
            return member_mails.compose(session, self._storage.vault, self._links, base_url, message, now)
        if message.kind is MessageKind.LETTER_COPY:
            return copies.compose(session, self._storage.vault, self._links, base_url, message, now)
        if message.kind in owed_news.KINDS:
            return letter_mails.compose(session, self._storage.vault, self._links, base_url, message, now)
        if message.organiser_id is not None:
            return office_mail.compose(session, self._welcomes, base_url, message, now)
        return signature_mails.compose(
            session, self._storage.vault, self._links, base_url, message, now, self._settings.posting_days
        )

    def _put_off(self, message: Leased, problem: str) -> None:
        with self._storage.writing() as session:
            outbox.retry_later(session, message, problem, clock.now())
