"""Rules that stand once: each with a table of examples, written by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from campaign import clock, language
from campaign.cases import places
from campaign.errors import Unknown
from campaign.publication.best_way import Advice, NextStep, Reach, Way, best_of, best_way, next_step
from campaign.publication.posting_days import own_days, posting_days
from campaign.publication.risk import at_risk, risk_countries
from campaign.publication.signing_time import may_be_signed
from campaign.publication.slugs import known_action
from campaign.vocabulary import ActionStatus as A

LAST = date(2025, 9, 15)
KARACHI = "Asia/Karachi"


@pytest.mark.parametrize(
    ("status", "deadline", "at", "may"),
    [
        (A.OPEN, LAST, datetime(2025, 9, 15, 18, 59, 59, tzinfo=UTC), True),
        (A.OPEN, LAST, datetime(2025, 9, 15, 19, 0, tzinfo=UTC), False),  # midnight in Karachi
        (A.OPEN, None, datetime(2025, 9, 1, tzinfo=UTC), False),
        (A.DRAFT, LAST, datetime(2025, 9, 1, tzinfo=UTC), False),
        (A.IN_REVIEW, LAST, datetime(2025, 9, 1, tzinfo=UTC), False),
        (A.CLOSED, LAST, datetime(2025, 9, 1, tzinfo=UTC), False),
        (A.STOPPED, LAST, datetime(2025, 9, 1, tzinfo=UTC), False),
        (A.ARCHIVED, LAST, datetime(2025, 9, 1, tzinfo=UTC), False),
    ],
)
def test_an_action_may_be_signed_while_it_is_open_until_its_last_instant_where_the_case_is(
    status: A, deadline: date | None, at: datetime, may: bool
) -> None:
    assert may_be_signed(status, deadline, KARACHI, at) is may


@pytest.mark.parametrize(
    ("lives_in", "risky", "is_at_risk"),
    [("PK", ("PK",), True), ("pk ", ("PK",), True), ("AF", ("PK", "AF"), True), ("GB", ("PK", "AF"), False),
     ("", ("PK",), False), (None, ("PK",), False)],
)  # fmt: skip
def test_who_lives_in_the_country_of_the_case_or_in_one_that_the_office_lists_is_at_risk(
    lives_in: str | None, risky: tuple[str, ...], is_at_risk: bool
) -> None:
    assert at_risk(lives_in, risky) is is_at_risk


def test_the_case_s_own_country_comes_first_and_each_once() -> None:
    assert risk_countries("PK", ["AF", "PK", "IR"]) == ("PK", "AF", "IR")


def test_the_office_s_own_posting_days_go_before_the_environment_s_and_both_before_the_figures() -> None:
    own = own_days({"PK": 20, "GB": 4}, {"PK": "9"})
    assert [posting_days(it, own) for it in ("PK", "GB", "IN", "QQ", None)] == [9, 4, 15, 21, 21]


@pytest.mark.parametrize(
    ("today", "address", "faster", "way", "by"),
    [
        (date(2025, 8, 31), True, True, Way.POST, date(2025, 8, 31)),  # 15 days before: the last to post
        (date(2025, 9, 1), True, True, Way.FAST, date(2025, 8, 31)),
        (date(2025, 9, 10), True, True, Way.FAST, date(2025, 8, 31)),
        (date(2025, 9, 10), True, False, Way.LATE, date(2025, 8, 31)),
        (date(2025, 8, 1), False, True, Way.FAST, None),
        (date(2025, 9, 16), True, True, Way.OVER, None),
    ],
)
def test_post_is_best_while_a_letter_arrives_in_time(
    today: date, address: bool, faster: bool, way: Way, by: date | None
) -> None:
    assert best_way(today, LAST, 15, address=address, faster=faster) == Advice(way, by, 15)


@pytest.mark.parametrize(
    ("unnamed", "left", "email", "online", "post", "step"),
    [
        (True, 30, True, True, True, NextStep.SAFE),  # at risk: nothing to send, whatever would arrive
        (True, None, True, True, True, NextStep.SAFE),
        (False, None, True, True, True, NextStep.OVER),
        (False, 30, True, True, True, NextStep.EMAIL),  # free, and there today
        (False, 0, True, True, True, NextStep.EMAIL),
        (False, 30, False, True, True, NextStep.POST),
        (False, 1, False, True, True, NextStep.ONLINE),  # under two days left: before post
        (False, 2, False, True, True, NextStep.POST),
        (False, 1, False, False, True, NextStep.ASK),
        (False, 30, False, True, False, NextStep.ONLINE),
        (False, 30, False, False, True, NextStep.POST),
        (False, 30, False, False, False, NextStep.ASK),
    ],
)
def test_after_signing_one_thing_is_asked_for_that_still_arrives_and_is_free(
    unnamed: bool, left: int | None, email: bool, online: bool, post: bool, step: NextStep
) -> None:
    assert next_step(unnamed=unnamed, days_left=left, email=email, online=online, post=post) is step


def test_of_several_officials_the_nearest_last_day_to_post_is_named() -> None:
    officials = [Reach("AF", True, True), Reach("GB", True, False), Reach("PK", True, False)]
    today = date(2025, 8, 20)  # to Kabul it is too late; to London until the 7th, to Islamabad until the 31st
    assert best_of(officials, today, LAST, {}) == Advice(Way.POST, date(2025, 8, 31), 15)


@pytest.mark.parametrize(
    ("there", "wanted", "original", "read"),
    [
        (["en", "ur"], "ur", "en", "ur"),
        (["en", "ur"], "fr", "ur", "ur"),
        (["en", "fa"], "fr", "ps", "en"),
        (["fa", "ps"], "fr", "ar", "fa"),
        ([], "fr", "en", None),
    ],
)
def test_a_text_falls_back_to_its_original_then_to_english_then_to_what_there_is(
    there: list[str], wanted: str, original: str, read: str | None
) -> None:
    assert language.fallback(there, wanted, original) == read


def test_no_action_of_that_name_is_one_sentence() -> None:
    with pytest.raises(Unknown, match=r"^There is no action with the name no-such\.$"):
        known_action(None, "no-such")


@pytest.mark.parametrize(
    ("country", "zone", "place"),
    [
        ("UA", "Europe/Kyiv", "Kyiv"),
        ("RU", "Europe/Moscow", "Moscow"),
        ("BR", "America/Sao_Paulo", "Brasília"),
        ("XK", "Europe/Belgrade", "Pristina"),
        ("UZ", "Asia/Tashkent", "Tashkent"),
        ("PK", "Asia/Karachi", "Karachi"),
    ],
)
def test_a_case_has_the_zone_of_its_country_s_capital(country: str, zone: str, place: str) -> None:
    assert places.time_zone(country) == (zone, place)
    assert clock.capital_zone(country) == zone


def test_a_country_with_several_zones_has_its_capital_s_first() -> None:
    assert clock.zones_of("UA") == ("Europe/Kyiv", "Europe/Simferopol")
    assert clock.zones_of("PK") == ("Asia/Karachi",)
    assert clock.zones_of("ZZ") == clock.zones_of(None) == ()


@pytest.mark.parametrize(
    ("locale", "in_order"),
    [
        # Public reports: OpenRefine/OpenRefine#202, bl00mber/react-phone-input-2#689 (Égypte stands after Vietnam).
        # By CLDR's collation: an accent makes no other letter in French; Persian has its own after the Arabic ones.
        ("fr", ["Écosse", "Égypte", "Espagne", "Viêt Nam"]),
        ("es", ["Ñaca", "Oman"]),
        ("fa", ["آلمان", "ایران", "پاکستان", "ترکیه", "چین", "کنیا", "گابن", "یمن"]),
        ("ps", ["ایران", "پاکستان", "چین", "یمن"]),
    ],
)
def test_names_are_sorted_as_their_readers_expect(locale: str, in_order: list[str]) -> None:
    backwards = in_order[::-1]
    assert sorted(backwards, key=language.sort_key(locale)) == in_order
