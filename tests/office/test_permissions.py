"""What each role may do, held against a table written by hand: whoever changes one changes the other knowingly."""

from __future__ import annotations

import pytest

from campaign.office.permissions import ALLOWED, ASKS_AGAIN, Permission, may, told
from campaign.vocabulary import Role

# yes or no for admin, editor, reviewer, viewer, translator. Nothing in it is taken from the product.
BY_HAND = """
own         yes yes yes yes yes
read        yes yes yes yes no
edit        yes yes no  no  no
translate   yes yes no  no  yes
review      yes yes yes no  no
publish     yes yes no  no  no
stop        yes yes yes no  no
send        yes yes no  no  no
moderate    yes yes yes no  no
signatures  yes yes no  no  no
export      yes no  no  no  no
deliver     yes yes no  no  no
clear       yes yes yes no  no
audit       yes yes yes no  no
staff       yes no  no  no  no
settings    yes no  no  no  no
discard     yes yes no  no  no
seal        yes yes no  no  no
"""
TABLE = [
    (role, permission, answer == "yes")
    for permission, *answers in map(str.split, BY_HAND.strip().splitlines())
    for role, answer in zip(("admin", "editor", "reviewer", "viewer", "translator"), answers, strict=True)
]


@pytest.mark.parametrize(("role", "permission", "allowed"), TABLE, ids=[f"{r} {p}" for r, p, _ in TABLE])
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: str, permission: str, allowed: bool) -> None:
    assert may(Role(role), Permission(permission)) is allowed


def test_the_table_knows_every_role_and_every_permission() -> None:
    assert {permission for _, permission, _ in TABLE} == {str(it) for it in Permission}
    assert {role for role, _, _ in TABLE} == {str(it) for it in Role} == {str(it) for it in ALLOWED}


def test_these_ask_for_the_password_once_more_and_no_others() -> None:
    assert {str(it) for it in ASKS_AGAIN} == {"staff", "export", "settings", "discard", "seal"}


def test_an_organiser_is_told_what_their_role_may_do_and_no_more() -> None:
    assert told(Role.VIEWER) == ["manage their own account", "see cases, actions, officials and totals"]
    assert told(Role.TRANSLATOR) == ["manage their own account", "translate texts and sample letters"]
    assert len(told(Role.ADMIN)) == 18
