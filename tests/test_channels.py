"""Channels: what each takes, keeps, shows and leads to; and that an official may have several of one."""

from __future__ import annotations

import pytest

from campaign.channels import BY_KEY, CHANNELS, KEYS, checked, label, place, reached_by_letter
from campaign.errors import Refused
from campaign.vocabulary import ChannelKind


@pytest.mark.parametrize(
    ("key", "written", "kept", "shown", "link"),
    [
        ("phone", "(051) 920-1234", "+92519201234", "+92 51 9201234", "tel:+92519201234"),
        ("fax", "0092 51 9201234", "+92519201234", "+92 51 9201234", "tel:+92519201234"),
        ("fax", "ask the porter", "ask the porter", "ask the porter", None),
        ("x_handle", "https://twitter.com/example?lang=ur", "@example", "@example", "https://x.com/example"),
        ("facebook", "https://m.facebook.com/MinistryOfBread/?ref=page", "MinistryOfBread",
         "facebook.com/MinistryOfBread", "https://www.facebook.com/MinistryOfBread"),
        ("instagram", "https://www.instagram.com/bread.ministry/", "@bread.ministry", "@bread.ministry",
         "https://www.instagram.com/bread.ministry"),
        ("bluesky", "https://bsky.app/profile/ministry.bread.example", "@ministry.bread.example",
         "@ministry.bread.example", "https://bsky.app/profile/ministry.bread.example"),
        ("mastodon", "https://bread.social/@ministry", "@ministry@bread.social", "@ministry@bread.social",
         "https://bread.social/@ministry"),
        ("mastodon", "ministry@Bread.Social", "@ministry@bread.social", "@ministry@bread.social",
         "https://bread.social/@ministry"),
        ("web_form", "https://gov.example/form?to=1", "https://gov.example/form?to=1", "https://gov.example/form?to=1",
         "https://gov.example/form?to=1"),
    ],
)  # fmt: skip
def test_an_entry_is_kept_shown_and_linked_as_its_channel_says(
    key: str, written: str, kept: str, shown: str, link: str | None
) -> None:
    channel = BY_KEY[key]
    assert checked(key, [written], "PK")[0] == (kept,)
    assert (channel.shown(kept), channel.link(kept, "PK")) == (shown, link)


def test_several_of_one_channel_are_kept_in_order_each_once() -> None:
    entries, doubt = checked("fax", ["051 9201234", "+92 51 9201235", "+92519201234"], "PK")
    assert (entries, doubt) == (("+92519201234", "+92519201235"), None)


def test_of_one_channel_there_are_eight_at_most() -> None:
    with pytest.raises(Refused, match="8 at most"):
        checked("x_handle", [f"@name{n}" for n in range(9)], None)


def test_a_number_that_no_plan_knows_is_kept_with_a_doubt() -> None:
    assert checked("phone", ["ask the porter"], "PK") == (
        ("ask the porter",),
        "This does not look like a phone number. We keep it as you wrote it.",
    )


@pytest.mark.parametrize(
    ("entries", "reached"),
    [
        ({"fax": ["1"]}, True),
        ({"web_form": ["https://a.example"]}, True),
        ({"x_handle": ["@a"]}, False),
    ],
)
def test_a_letter_arrives_by_fax_and_by_form_and_not_by_what_is_public_or_spoken(
    entries: dict[str, list[str]], reached: bool
) -> None:
    assert reached_by_letter(entries) is reached


def test_every_way_that_supporters_report_is_described_once_and_has_a_place_of_its_own() -> None:
    described = {it.kind for it in CHANNELS} | {ChannelKind.POST, ChannelKind.EMAIL}
    assert described == set(ChannelKind)
    assert len(KEYS) == len(CHANNELS)
    for in_haste in (True, False):
        assert len({place(kind, in_haste=in_haste) for kind in ChannelKind}) == len(ChannelKind)
    assert all(label(kind) for kind in ChannelKind)


def test_post_leads_in_quiet_times_and_comes_last_in_haste() -> None:
    assert min(ChannelKind, key=lambda it: place(it, in_haste=False)) is ChannelKind.POST
    assert max(ChannelKind, key=lambda it: place(it, in_haste=True)) is ChannelKind.POST
    assert min(ChannelKind, key=lambda it: place(it, in_haste=True)) is ChannelKind.EMAIL
