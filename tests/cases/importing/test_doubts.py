"""What a guard takes out of a field is offered under the field that it could go to."""

from __future__ import annotations

from campaign.cases.importing import Bulletin, Official
from campaign.cases.importing.doubts import weighed

KEPT = Official(name="Ada Lum", office="Minister of Bread", address=("Mill Road 4", "Zagreb, Croatia"))


def doubts(*officials: Official) -> list[tuple[str, str]]:
    return [(it.field, it.value) for it in weighed(Bulletin(officials=officials), []).doubts]


def test_what_is_told_of_nobody_is_offered_as_a_new_official_and_never_as_the_next_one() -> None:
    nobody = Official(name="Ward 7", address=("10 Elm Road",))
    assert doubts(nobody, KEPT) == [("officials.new.name", "Ward 7")]


def test_a_doubt_about_one_who_is_kept_is_offered_as_that_one() -> None:
    assert doubts(KEPT, Official(name="Lum 2", office="Governor", address=("1 Elm Road",))) == [
        ("officials.1.name", "Lum 2")
    ]


def test_an_entry_without_a_reason_in_a_field_is_offered_whole() -> None:
    assert doubts(Official(name="Ivo Lum")) == [("officials", "Ivo Lum")]


def test_the_address_ends_with_its_country() -> None:
    told = Official(name="Ada Lum", office="Minister of Bread", address=("Mill Road 4", "Croatia", "Call for bread"))
    assert doubts(told) == [("officials.0.address", "Call for bread")]
