"""The sum that a browser does: asked for only while the form is under attack, made anew each time."""

from __future__ import annotations

from typing import Any

import pytest
from altcha import Challenge, Payload, solve_challenge
from sqlalchemy import func, select, update

from campaign.appeals.abuse import origins
from campaign.storage.tables import Action, Signature
from campaign.vocabulary import ActionStatus, Shield
from campaign.web.public import form_challenge
from tests.conftest import Site
from tests.web.conftest import Hour, Supporter

THERE = "/actions/renew-the-cards/proof.json"


def becomes(site: Site, **values: object) -> None:
    with site.storage.writing() as session:
        session.execute(update(Action).values(**values))


def test_a_sum_is_made_anew_for_each_who_asks_and_kept_by_no_cache(site: Site) -> None:
    becomes(site, shield=Shield.PROOF_OF_WORK)
    first, second = site.client.get(THERE), site.client.get(THERE)
    assert first.status_code == 200 and first.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in first.headers
    assert first.json["parameters"]["data"] == {"action": "renew-the-cards"}  # type: ignore[index]
    assert first.json["parameters"]["nonce"] != second.json["parameters"]["nonce"]  # type: ignore[index]


@pytest.mark.parametrize(
    "values", [{"shield": Shield.NONE}, {"shield": Shield.PROOF_OF_WORK, "status": ActionStatus.DRAFT}]
)
def test_where_none_is_asked_for_there_is_none(site: Site, values: dict[str, object]) -> None:
    becomes(site, **values)
    assert site.client.get(THERE).status_code == 404
    assert site.client.get("/actions/no-such-action/proof.json").status_code == 404


def test_who_asks_for_sums_by_the_hundred_is_slowed_down(site: Site, hour: Hour) -> None:
    becomes(site, shield=Shield.PROOF_OF_WORK)
    statuses = [site.client.get(THERE).status_code for _ in range(form_challenge.form_protection.ASKING.hits + 1)]
    assert statuses[-2:] == [200, 429]


def test_without_the_sum_nothing_is_signed_and_what_was_typed_is_still_there(site: Site, hour: Hour) -> None:
    becomes(site, shield=Shield.PROOF_OF_WORK)
    answer = Supporter(site, hour).signs()
    assert answer.status_code == 422
    assert "false signatures" in answer.text and "Ada Lovelace" in answer.text
    assert counted(site) == 0


def test_with_the_sum_a_signature_is_taken_and_the_same_sum_takes_no_second(site: Site, hour: Hour) -> None:
    becomes(site, shield=Shield.PROOF_OF_WORK)
    sent = site.client.get(THERE).json
    assert sent is not None
    proof = solved(sent)
    assert Supporter(site, hour).signs(proof=proof).status_code == 200
    assert Supporter(site, hour).signs(proof=proof, email="bob@example.org").status_code == 422
    assert counted(site) == 1


def test_during_a_pause_nothing_is_signed_and_the_page_says_why(site: Site, hour: Hour) -> None:
    supporter = Supporter(site, hour)
    form = supporter.opens()
    becomes(site, shield=Shield.PAUSE, paused_at=hour.now)
    hour.passes(seconds=20)
    answer = supporter.sends(form)
    assert answer.status_code == 422
    assert "Signing is paused" in answer.text
    assert counted(site) == 0


def test_where_a_signature_came_from_is_kept_as_a_keyed_hash_alone(site: Site, hour: Hour) -> None:
    Supporter(site, hour).signs()
    vault = site.storage.vault
    with site.storage.reading() as session:
        signature = session.scalars(select(Signature)).one()
    assert signature.network_hash == origins.network_mark(vault, "127.0.0.0/24")
    assert signature.domain_hash == origins.domain_mark(vault, "example.org")
    assert signature.name_hash == origins.name_hash(vault, "ada  LOVELACE")


def solved(sent: dict[str, Any]) -> str:
    """What the page's script sends back."""
    challenge = Challenge.from_dict(sent)
    solution = solve_challenge(challenge)
    assert solution is not None
    return Payload(challenge, solution).to_base64()


def counted(site: Site) -> int:
    with site.storage.reading() as session:
        return int(session.scalar(select(func.count()).select_from(Signature)) or 0)
