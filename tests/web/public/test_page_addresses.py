"""Links of mails lead on to an address that works for an hour: what a browser's list keeps opens nothing afterwards."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from campaign.appeals.signing.links import PAGE_GOOD
from tests.conftest import Site
from tests.web.conftest import Hour, Supporter, signatures
from tests.web.reading import Page
from tests.web.test_mine import OURS

LASTING = re.compile(rf"{OURS}(/en/(confirm|mine|m|unsubscribe|network|leave|sign|undo|answer)/([\w-]+))")
OVER = "This page was open for more than an hour. Open the mail again and follow its link."


@pytest.fixture
def plain(site: Site) -> FlaskClient:
    """What follows no link by itself and keeps no cookie."""
    return FlaskClient(site.app, use_cookies=False)


@pytest.fixture
def lasting(values: dict[str, object]) -> list[tuple[str, str]]:
    """(path, token) of every link of every mail."""
    found = sorted({(it[1], it[3]) for it in LASTING.finditer(str(values))})
    assert {path.split("/")[2] for path, _ in found} == {
        *("confirm", "mine", "m", "unsubscribe", "network", "leave", "sign", "undo", "answer")
    }
    return found


def test_every_link_of_every_mail_leads_on_and_no_page_behind_it_holds_a_lasting_one(
    plain: FlaskClient, lasting: list[tuple[str, str]], hour: Hour
) -> None:
    tokens = {token for _, token in lasting}
    for path, _token in lasting:
        answer = plain.get(f"{path}?lang=en")
        there = answer.headers["Location"]
        assert (answer.status_code, answer.headers["Cache-Control"]) == (303, "no-store"), path
        assert there.split("/")[:3] == path.split("/")[:3] and there.endswith("?lang=en")
        assert plain.head(path).headers["Location"] == there.partition("?")[0]
        for _again in range(2):  # a page that is loaded again
            page = plain.get(there)
            assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store"), path
            assert "Set-Cookie" not in {**answer.headers, **page.headers}
            assert {it for it in tokens if it in answer.text + page.text + there} == set(), path
        hour.passes(minutes=59)
        assert plain.get(there).status_code == 200
        hour.passes(minutes=17)
        late = plain.get(there)
        assert (late.status_code, late.headers["Cache-Control"]) == (410, "no-store")
        assert OVER in late.text and "Please open the mail again" in late.text
        assert plain.post(there).status_code == 410
        # The mail itself opens it as before.
        assert plain.get(plain.get(path).headers["Location"]).status_code == 200, path


def test_whoever_goes_on_from_page_to_page_is_not_shut_out(
    plain: FlaskClient, supporter: Supporter, hour: Hour
) -> None:
    supporter.signs()
    site = supporter.site
    plain.post(supporter.link())
    there = plain.get(f"/en/mine/{site.door.links.mine(signatures(site)[0].reference)}").headers["Location"]
    for _ in range(5):
        hour.passes(minutes=50)
        page = Page(plain.get(there).text)
        there = next(it["action"] for it in page.all("form") if it["action"].endswith("/erase")).removesuffix("/erase")
    assert plain.post(there, data={"change": "updates", "updates": "yes"}).status_code == 200


def test_what_mail_programs_post_by_themselves_is_answered_at_the_link(
    plain: FlaskClient, lasting: list[tuple[str, str]]
) -> None:
    """RFC 8058, section 3.2: the POST must not be redirected."""
    one_click = {"List-Unsubscribe": "One-Click"}
    ways = [path for path, _ in lasting if path.split("/")[2] in {"unsubscribe", "leave"}]
    assert len(ways) == 2
    for path in ways:
        assert plain.post(path, data=one_click).status_code == 200
        assert plain.post(path.replace("unsubscribe", "m").replace("leave", "m"), data=one_click).status_code == 200


def test_a_page_of_one_kind_opens_none_of_another_and_no_sign_of_it_can_be_changed(
    plain: FlaskClient, site: Site, lasting: list[tuple[str, str]]
) -> None:
    there = {path.split("/")[2]: plain.get(path).headers["Location"].split("/")[3] for path, _ in lasting}
    for kind in ("confirm", "mine", "undo", "answer", "network", "sign"):
        for other, token in there.items():
            if other not in {kind, "m"}:
                assert plain.get(f"/en/{kind}/{token}").status_code == 410, (kind, other)
    token = there["mine"]
    for position in range(0, len(token) - 1, 3):
        changed = "A" if token[position] != "A" else "B"
        broken = token[:position] + changed + token[position + 1 :]
        assert site.door.links.read_mine(broken) is None
        assert plain.get(f"/en/mine/{broken}").status_code == 410


def test_words_that_come_too_late_are_given_back_to_be_copied(
    plain: FlaskClient, supporter: Supporter, hour: Hour
) -> None:
    supporter.signs()
    site = supporter.site
    plain.post(supporter.link())
    mine = plain.get(f"/en/mine/{site.door.links.mine(signatures(site)[0].reference)}").headers["Location"]
    hour.passes(seconds=2 * PAGE_GOOD.total_seconds())
    answer = plain.post(f"{mine}/letter", data={"text": "An hour's <words>.", "official": "1"})
    assert answer.status_code == 410
    assert "An hour&#39;s &lt;words&gt;." in answer.text
    assert not [it for it in Page(answer.text).all("form") if "mine" in (it.get("action") or "")]
