"""A whole installation, set up and served by its own commands, with a page in every state there is."""

from __future__ import annotations

import io
import math
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from itsdangerous import TimestampSigner
from PIL import Image, ImageChops, ImageDraw
from sqlalchemy import delete, select, update

from campaign import clock
from campaign.appeals.abuse import rate_limits
from campaign.appeals.network import membership
from campaign.appeals.network.choices import Choices
from campaign.appeals.relay import requests
from campaign.appeals.signing.links import ONE_STEP_GOOD, Links, Sender
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.appeals.supporter.confirming import Chosen
from campaign.cases.evidence import pictures
from campaign.cases.evidence.pictures import PictureFacts
from campaign.cases.lifecycle import opening_and_closing
from campaign.errors import TooMany
from campaign.jobs.sweeps import Jobs
from campaign.office.audit import Actor
from campaign.settings import ROOT, Settings
from campaign.storage import Storage
from campaign.storage.tables import ActionText, Letter, Member, Message, ModelLetter, Signature
from campaign.vocabulary import (
    ActionStatus,
    Disclosure,
    Focus,
    LetterAnswer,
    LetterStatus,
    PictureKind,
    Rhythm,
    WordsStatus,
)
from tests import made

# In every language: a picture that nobody has described in one is not shown there.
ALT = {
    "en": "Drawing: hills at dusk, and a road between them.",
    "ur": "خاکہ: شام کی پہاڑیاں اور ان کے درمیان سڑک۔",
    "fr": "Dessin : des collines au crépuscule et une route.",
    "es": "Dibujo: colinas al anochecer y un camino.",
    "ar": "رسم: تلال عند الغروب وطريق بينها.",
    "fa": "طرح: تپه‌ها هنگام غروب و جاده‌ای میان آن‌ها.",
    "ps": "انځور: د ماښام غونډۍ او تر منځ یې لار.",
}
LONG_TITLE = (
    "Release the forty-one members of the fishing cooperative of the northern lagoon who were arrested on 3 "
    "March, drop every charge that rests on statements made without a lawyer, and let independent doctors see them "
    "before the hearing on Monday"
)[:230]
LONG_NAME = " ".join(["Mariam-Konstantina Abdulrahmanova-Vandenberghe"] * 4)[:175]
PICTURE_FACTS = PictureFacts(
    kind=PictureKind.DRAWING,
    alt=ALT,
    credit={"en": "Drawing, no real person", "ur": "خاکہ، کوئی حقیقی شخص نہیں"},
    focus=Focus.BOTTOM,
    consent="Drawn for these tests.",
    consent_on=date(2025, 6, 1),
    at_risk_stated=False,
)
# Why people sign, as long as a message is on the action's page and longer, in two scripts.
DEMONSTRATION = "renew-the-cards"
REASONS = (
    {
        "email": "reason-1@example.org", "name": "Ada Lovelace", "country": "GB", "locale": "en",
        "message": "My neighbours came with nothing but these cards.\n\nI taught their children to read. Do not send "
        "them back to where they fled from.",
    },
    {
        "email": "reason-2@example.org", "name": "ڈاکٹر عائشہ خان", "country": "AE", "locale": "ur",
        "message": "میرے پڑوسیوں کے پاس ان کارڈوں کے سوا کچھ نہیں۔ انھیں واپس نہ بھیجیں۔",
    },
    {
        "email": "reason-3@example.org", "name": "Zoé Petit", "country": "FR", "locale": "fr",
        "message": "Parce qu’un enfant qui va à l’école ici ne doit pas être renvoyé vers la guerre.",
    },
)  # fmt: skip
COMMAND = str(Path(sys.executable).with_name("campaign"))
LONGEST_START_SECONDS = 240


@dataclass(frozen=True)
class Installation:
    """A served demonstration: where it is, its open action, and the addresses of what was put into it."""

    base: str
    slug: str
    settings: Settings
    names: Mapping[str, str]

    def token(self, slug: str | None = None) -> str:
        """A form's token as of a minute ago: for pages whose form is not what is looked at."""
        then = int(time.time()) - 60
        with patch.object(TimestampSigner, "get_timestamp", lambda _: then):
            return Links(self.settings.secret_key).form(slug or self.slug)

    def signed(self, country: str = "GB") -> str:
        """Someone signs and confirms; the token of their page."""
        with self._storage() as storage:
            links = Links(self.settings.secret_key)
            return _signed(storage, links, "in-english-only", "confirmed", country)["mine"]

    def told_of(self, slug: str, email: str) -> None:
        """Someone who has signed an action before, and is in the network, is sent the mail of a new one."""
        then = clock.now() - timedelta(minutes=11)
        with self._storage() as storage:
            with storage.writing() as session:
                sign(session, storage.vault, "in-english-only", made.wish(email, name="Ada Lovelace"), then)
                reference = session.scalars(select(Signature.reference).order_by(Signature.id.desc()).limit(1)).one()
                confirming.confirm(session, storage.vault, reference, then)
                membership.join(session, storage.vault, email, Choices("en"), then)
                member = session.scalars(select(Member.reference).order_by(Member.id.desc()).limit(1)).one()
                membership.confirm(session, member, Choices("en"), then)
                made.action(session, slug, serial=None, year=None, opened_at=then)
            Jobs(self.settings, storage).spread()
            Jobs(self.settings, storage).post()

    def joined(self) -> str:
        """Someone joins the network; the token by which they leave."""
        with self._storage() as storage:
            return _joined(storage, Links(self.settings.secret_key))["leave"]

    def busy_network(self) -> str:
        """The address of a network that has made as many letters as it may, in this window and in the next."""
        address = "203.0.113.9"
        now, limit = clock.now(), rate_limits.PRINTING
        with self._storage() as storage:
            for at in (now, now + limit.window):
                with storage.writing() as session, suppress(TooMany):
                    for _ in range(limit.hits + 1):
                        rate_limits.count(session, storage.vault, limit, address, at)
        return address

    @contextmanager
    def _storage(self) -> Iterator[Storage]:
        storage = Storage(self.settings)
        try:
            yield storage
        finally:
            storage.dispose()


@contextmanager
def served(home: Path) -> Iterator[Installation]:
    """Set an installation up under `home`, fill it, serve it; every process of it is gone afterwards."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_")}
    environment |= {"CAMPAIGN_HOME": str(home)}
    environment["CAMPAIGN_PROXIES"] = "1"  # readers of other networks say so in X-Forwarded-For
    _run(environment, "init", "--quiet")
    slug = _run(environment, "demo").split("action ")[1].split()[0]
    with (home / "serve.log").open("wb") as log:
        server = subprocess.Popen(
            [COMMAND, "serve", "--port", "0"],
            env=environment,
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        base = environment["CAMPAIGN_BASE_URL"] = _where_it_is(server, home)
        settings = Settings.from_environment(environment)
        names = _furnish(settings)
        names["code"] = _run(environment, "dossier", "build", slug)[:9]
        yield Installation(base, slug, settings, names)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)  # its children end with it
            server.wait()


def _run(environment: Mapping[str, str], *words: str) -> str:
    done = subprocess.run(
        [COMMAND, *words], check=False, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, f"campaign {' '.join(words)}: {done.stderr}"
    return done.stdout


def _where_it_is(server: subprocess.Popen[bytes], home: Path) -> str:
    """The address that it prints once it answers, at a port that it took itself and keeps."""
    until = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < until:
        if told := re.search(r"Campaign is at (http://127\.0\.0\.1:\d+)/", (home / "serve.log").read_text()):
            return told[1]
        assert server.poll() is None, (home / "serve.log").read_text()
        time.sleep(0.1)
    raise AssertionError(f"The server did not start: {(home / 'serve.log').read_text()}")


def landscape() -> bytes:
    """A picture with as much in it as a photograph: hills, light, and grain."""
    width, height = 1600, 900
    grain = Image.effect_noise((width, height), 40)
    sky = Image.linear_gradient("L").resize((width, height))
    picture = Image.merge("RGB", (sky, ImageChops.add(sky, grain, 2), ImageChops.invert(sky)))
    pen = ImageDraw.Draw(picture)
    for n, tone in enumerate(((150, 110, 90), (90, 60, 60), (40, 30, 40))):
        top = 420 + 140 * n
        pen.polygon(
            [
                (0, height),
                *((x, top + int(60 * math.sin(x / 90 + n))) for x in range(0, width + 1, 20)),
                (width, height),
            ],
            fill=tone,
        )
    made_of = io.BytesIO()
    picture.save(made_of, "JPEG", quality=92)
    return made_of.getvalue()


def _furnish(settings: Settings) -> dict[str, str]:
    """An action in each state, and a signature in each, under the names of their tokens."""
    storage, now = Storage(settings), clock.now()
    links, names = Links(settings.secret_key), {}
    with storage.writing() as session:
        made.action(
            session, "over", status=ActionStatus.CLOSED, deadline=(now - timedelta(days=9)).date(), serial=57
        ).texts[0].after_deadline = "A letter still helps until the hearing."
        made.action(
            session,
            "stopped",
            status=ActionStatus.STOPPED,
            # In two of the seven languages: the others read it in English, and are told so.
            stop_reason={"en": "The family asks us to be silent.", "ur": "خاندان خاموشی چاہتا ہے۔"},
            serial=58,
        )
        made.action(session, "stopped-later", serial=60)
        pictured = made.action(session, "with-a-picture", serial=61)
        # Titles and names as long as they come: none may fill a screen or push a page sideways.
        pictured.texts[0].title = LONG_TITLE
        pictured.recipients[0].official.name = LONG_NAME
        drawn = pictures.drawn(landscape())
        for name, body in drawn.files.items():
            storage.files.write(name, body)
        pictures.keep(session, storage.vault, Actor(None, "tests"), pictured.case, drawn, PICTURE_FACTS, now)
        english = made.action(session, "in-english-only", serial=59)
        session.execute(delete(ActionText).where(ActionText.action_id == english.id, ActionText.locale == "ur"))
        session.execute(delete(ModelLetter).where(ModelLetter.action_id == english.id, ModelLetter.locale == "ur"))
        # Letters that are agreed to here stay: sent, they would lie in the mailbox that others look into.
        english.recipients[0].official.email_bounced_at = now
        minister = english.recipients[0].official
        minister.channels = {**minister.channels, "phone": ["+92515550101"]}
        session.flush()
        open_id = pictured.id
    for slug, prefix in (("in-english-only", ""), ("stopped-later", "stopped_")):
        for state in ("pending", "confirmed", "rejected"):
            for what, token in _signed(storage, links, slug, state).items():
                names[prefix + state if what == "confirm" else f"{what}_{prefix}{state}"] = token
    for wish in REASONS:
        _shows(storage, **wish)
    names["unnamed"] = _signed(storage, links, "in-english-only", "confirmed", "PK", Disclosure.WITHHELD)["confirm"]
    names["member_pending"] = _joined(storage, links, confirmed=False)["member"]
    names |= _joined(storage, links)
    member, signer = links.read_member(names["member"]), links.read_mine(names["mine_confirmed"])
    if member is None or signer is None:
        raise AssertionError("a token that was just made")
    names["one_step"] = links.one_step(Sender.MEMBER, member, open_id, now + ONE_STEP_GOOD)
    names["one_step_known"] = links.one_step(Sender.SIGNER, signer, open_id, now + ONE_STEP_GOOD)
    names["undo"] = links.undoing(signer, now + ONE_STEP_GOOD)
    names["asked"] = _asked(storage, links, None)
    names["answered"] = _asked(storage, links, LetterAnswer.ANSWERED)
    with storage.writing() as session:
        opening_and_closing.stop(session, "stopped-later", {"en": "She is free.", "ur": "وہ آزاد ہیں۔"}, now)
    storage.dispose()
    return names


def _asked(storage: Storage, links: Links, answer: LetterAnswer | None) -> str:
    """A letter that went; the token by which its writer says whether it was answered."""
    now, slug = clock.now(), "in-english-only"
    reference = links.read_mine(_signed(storage, links, slug, "confirmed")["mine"])
    with storage.writing() as session:
        letter_id = requests.save_draft(session, storage.vault, reference, slug, 1, "en", None, now).id
        requests.submit(session, storage.vault, reference, letter_id, "en", now)
        went = {"status": LetterStatus.SENT, "sent_at": now, "answer": answer}
        session.execute(update(Letter).where(Letter.id == letter_id).values(**went))
    return links.answering(letter_id)


def _joined(storage: Storage, links: Links, *, confirmed: bool = True) -> dict[str, str]:
    """A member of the network; the tokens of the pages behind it."""
    now, choices = clock.now(), Choices("en", countries=("PK",), rhythm=Rhythm.WEEKLY)
    with storage.writing() as session:
        membership.join(session, storage.vault, f"{secrets.token_hex(4)}@example.org", choices, now)
        reference = session.scalars(select(Member.reference).order_by(Member.id.desc()).limit(1)).one()
        if confirmed:
            membership.confirm(session, reference, choices, now)
        session.execute(delete(Message).where(Message.member_id.is_not(None)))
    return {"member": links.member(reference), "leave": links.leaving(reference)}


def _shows(storage: Storage, email: str, name: str, message: str, locale: str, country: str) -> None:
    """Someone lets everyone read why they signed the action of the demonstration, and an organiser approved it."""
    now = clock.now()
    with storage.writing() as session:
        wish = made.wish(email, name=name, message=message, locale=locale, country=country)
        sign(session, storage.vault, DEMONSTRATION, wish, now)
        signature = session.scalars(select(Signature).order_by(Signature.id.desc()).limit(1)).one()
        chosen = Chosen(name, country, message, False, Disclosure.PUBLIC, reason=True, locale=locale)
        confirming.confirm(session, storage.vault, signature.reference, now - timedelta(hours=1), chosen)
        signature.words_status = WordsStatus.SHOWN


def _signed(
    storage: Storage,
    links: Links,
    slug: str,
    state: str,
    country: str = "GB",
    disclosure: Disclosure = Disclosure.PUBLIC,
) -> dict[str, str]:
    """A signature in one state; the tokens of the pages behind it."""
    now = clock.now()
    with storage.writing() as session:
        email = f"{secrets.token_hex(4)}@example.org"
        wish = made.wish(email, name="Ada \u202eLovelace", message="Please.", country=country, disclosure=disclosure)
        sign(session, storage.vault, slug, wish, now)
        reference = session.scalars(select(Signature.reference).order_by(Signature.id.desc()).limit(1)).one()
        if state == "confirmed":
            confirming.confirm(session, storage.vault, reference, now)
        elif state == "rejected":
            confirming.not_me(session, storage.vault, reference)
    return {
        "confirm": links.confirmation(reference),
        "mine": links.mine(reference),
        "unsubscribe": links.unsubscribing(reference),
    }
