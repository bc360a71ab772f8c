"""Channels: each with what it needs, the right one first, and links that carry a letter whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.appeals.letters.channels import (
    LONGEST_LINK,
    Channel,
    Dialled,
    Email,
    LinkFit,
    Post,
    PublicPost,
    Written,
    channels,
    mailto,
)
from campaign.publication.best_way import post_by
from campaign.publication.values import PublicRecipient
from campaign.vocabulary import ChannelKind, RecipientRole

TODAY = date(2025, 8, 1)
ENGLISH = Written(
    "Renew the cards", "Dear Minister,\n\nPlease renew the cards.\n\nAda & Co", "https://act.example.org/a/b"
)
URDU = Written(
    "کارڈز کی تجدید کریں",
    "محترم وزیر صاحب،\n\nبراہ کرم ۱۴ لاکھ کارڈز کی تجدید کریں۔\n\nعائشہ",
    "https://act.example.org/a/b",
)
MINISTER = PublicRecipient(
    n=1,
    official_id=1,
    role=RecipientRole.TO,
    name="Sample Minister",
    title=None,
    office=None,
    postal_office=None,
    address=("1 Sample Road", "Islamabad, Pakistan"),
    country="PK",
    emails=("minister@example.invalid", "office+cards@example.invalid"),
    languages=("en",),
    channels={
        "fax": ("051 920 2624",),
        "phone": ("+92 51 920 2625",),
        "x_handle": ("@sampleminister",),
        "web_form": ("https://example.invalid/form",),
    },
)

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), max_size=400)


def one(
    kind: type[Channel], letter: Written = ENGLISH, recipient: PublicRecipient = MINISTER, days: int = 30
) -> Channel:
    found = channels(recipient, letter, TODAY + timedelta(days=days), TODAY, 15)
    return next(it for it in found if isinstance(it, kind))


def read_back(link: str) -> tuple[list[str], str, str]:
    """A `mailto:` link as a mail program reads it (RFC 6068): addresses, subject, body."""
    parts = urlsplit(link)
    fields = dict(it.split("=", 1) for it in parts.query.split("&"))
    return [unquote(it) for it in parts.path.split(",")], unquote(fields["subject"]), unquote(fields.get("body", ""))


@pytest.mark.parametrize("letter", [ENGLISH, URDU], ids=["en", "ur"])
def test_a_mail_link_reads_back_as_the_very_letter(letter: Written) -> None:
    email = one(Email, letter)
    addresses, subject, body = read_back(email.mailto)

    assert addresses == list(MINISTER.emails)
    assert subject == letter.subject
    assert body == letter.text.replace("\n", "\r\n")
    assert "%0D%0A%0D%0A" in email.mailto
    assert email.length == len(email.mailto)


@given(TEXT, TEXT)
def test_whatever_is_written_reads_back_from_its_link(subject: str, text: str) -> None:
    link = mailto(("minister@example.invalid",), subject, text)

    assert read_back(link) == (["minister@example.invalid"], subject, text.replace("\n", "\r\n"))
    assert link.isascii()


@pytest.mark.parametrize("letter", [ENGLISH, URDU], ids=["en", "ur"])
def test_links_to_mail_on_the_web_carry_the_same_letter(letter: Written) -> None:
    email = one(Email, letter)
    gmail, outlook = parse_qs(urlsplit(email.gmail).query), parse_qs(urlsplit(email.outlook).query)

    assert gmail["to"] == [",".join(MINISTER.emails)]
    assert outlook["to"] == [";".join(MINISTER.emails)]
    assert gmail["su"] == outlook["subject"] == [letter.subject]
    assert gmail["body"] == outlook["body"] == [letter.text.replace("\n", "\r\n")]


@given(st.integers(0, 3_000))
def test_a_link_is_never_longer_than_programs_take_and_the_meter_tells_the_length_of_the_whole(n: int) -> None:
    letter = replace(ENGLISH, text="a" * n)
    email = one(Email, letter)
    assert isinstance(email, Email)

    assert email.length == len(mailto(MINISTER.emails, letter.subject, letter.text))
    assert max(len(email.mailto), len(email.gmail), len(email.outlook)) < LONGEST_LINK
    assert ("body=" in email.mailto) == (email.fit is not LinkFit.COPY)


@pytest.mark.parametrize(
    ("length", "fit"), [(1_599, "fits"), (1_600, "long"), (1_999, "long"), (2_000, "copy"), (9_000, "copy")]
)
def test_the_meter_warns_at_1600_and_turns_to_copying_at_2000(length: int, fit: str) -> None:
    rest = len(mailto(MINISTER.emails, ENGLISH.subject, ""))
    email = one(Email, replace(ENGLISH, text="a" * (length - rest)))

    assert (email.length, email.fit) == (length, fit)


def test_an_address_cannot_add_to_a_link() -> None:
    email = one(Email, recipient=replace(MINISTER, emails=("a?bcc=spy@example.invalid&x",)))

    assert parse_qs(urlsplit(email.mailto).query).keys() == {"subject", "body"}


def test_a_telephone_is_dialled_as_e164_and_a_fax_is_read_and_not_dialled() -> None:
    found = {it.kind: it for it in channels(MINISTER, ENGLISH, None, TODAY, 15) if isinstance(it, Dialled)}

    assert found[ChannelKind.FAX] == Dialled(ChannelKind.FAX, "+92 51 9202624", None)
    assert found[ChannelKind.TELEPHONE].link == "tel:+92519202625"


def test_what_is_no_number_is_shown_as_it_stands() -> None:
    number = one(Dialled, recipient=replace(MINISTER, channels={"fax": ("ask the porter",)}))

    assert (number.shown, number.link) == ("ask the porter", None)


def test_a_post_on_x_names_the_official_behind_the_words_and_counts_as_x_does() -> None:
    post = one(PublicPost, URDU)

    assert post.text == f"{URDU.subject} @sampleminister {URDU.link}"
    assert post.length == len(URDU.subject) + len(" @sampleminister ") + 23
    assert parse_qs(urlsplit(post.link).query)["text"] == [post.text]


def test_a_letter_is_to_be_posted_so_many_days_before_the_deadline() -> None:
    assert post_by(date(2025, 9, 15), 14) == date(2025, 9, 1)
    assert one(Post, days=30).by == TODAY + timedelta(days=15)
    assert not one(Post, days=15).too_late
    assert one(Post, days=14).too_late


@given(st.integers(-30, 90), st.integers(0, 40))
def test_fast_channels_come_first_when_post_is_too_late_or_days_are_few(days: int, posting_days: int) -> None:
    found = channels(MINISTER, ENGLISH, TODAY + timedelta(days=days), TODAY, posting_days)
    kinds = [it.kind for it in found]
    hurried = days < 7 or days < posting_days

    assert len(kinds) == 6
    assert kinds[-1 if hurried else 0] is ChannelKind.POST
    assert kinds[0 if hurried else 1] is ChannelKind.EMAIL


def test_an_official_has_only_the_channels_there_are() -> None:
    bare = replace(MINISTER, address=(), emails=(), channels={})

    assert channels(bare, ENGLISH, TODAY, TODAY, 15) == ()
    with_fax = replace(bare, channels={"fax": ("051 920 2624",)})
    assert [it.kind for it in channels(with_fax, ENGLISH, None, TODAY, 15)] == ["fax"]


def test_an_official_with_two_numbers_has_both_beside_each_other() -> None:
    two = replace(MINISTER, channels={"fax": ("051 920 2624", "051 920 2626")})
    shown = [it.shown for it in channels(two, ENGLISH, None, TODAY, 15) if isinstance(it, Dialled)]
    assert shown == ["+92 51 9202624", "+92 51 9202626"]
