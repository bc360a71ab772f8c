"""How much may be sent is decided by the address alone."""

from __future__ import annotations

import pytest
from flask import Flask

from campaign.web.body_limits import allowed
from tests.conftest import Site

KB, MB = 1024, 1024 * 1024


@pytest.mark.parametrize(
    ("method", "path", "largest", "signed_in"),
    [
        ("POST", "/en/actions/renew-the-cards/sign", 64 * KB, False),
        ("POST", "/ur/confirm/abc", 64 * KB, False),
        ("PUT", "/en/", 64 * KB, False),
        ("GET", "/en/", 0, False),
        ("HEAD", "/organise/", 0, False),
        ("DELETE", "/en/actions/x", 0, False),
        ("POST", "/verify/AAAA-AAAA", 64 * MB, False),
        ("POST", "/organise/sign-in", 2 * MB, True),
        ("POST", "/organise", 2 * MB, True),
        ("POST", "/organised", 64 * KB, False),
        ("POST", "/organise/actions/new/import", 12 * MB, True),
        ("POST", "/organise/actions/renew-the-cards/paper/", 12 * MB, True),
        ("POST", "/organise/actions/renew-the-cards/paper/7", 12 * MB, True),
        ("POST", "/organise/deliveries/7/reply", 12 * MB, True),
        ("POST", "/organise/deliveries/7/end", 12 * MB, True),
        ("POST", "/organise/officials/import", 12 * MB, True),
        ("POST", "/organise/settings/logo", 12 * MB, True),
        ("POST", "/organise/cases/renew-the-cards/picture", 12 * MB, True),
        ("POST", "/organise/cases/renew-the-cards/sources/3/copies", 12 * MB, True),
        ("POST", "/organise/settings/", 2 * MB, True),
    ],
)
def test_the_address_decides_what_may_be_sent(method: str, path: str, largest: int, signed_in: bool) -> None:
    found = allowed(method, path)
    assert (found.largest, found.signed_in) == (largest, signed_in)


def test_a_small_form_has_time_on_the_poorest_line_and_no_form_has_for_ever() -> None:
    signing = allowed("POST", "/en/actions/x/sign")
    # A form of a kilobyte over GPRS at its worst (100 bytes a second), and the longest letter at a kilobyte a second.
    assert signing.seconds(1_000) > 10
    assert 45 < signing.seconds(36 * KB) < 60
    assert signing.seconds(64 * KB) < 90
    assert allowed("POST", "/organise/actions/new/import").seconds(12 * MB) < 30 * 60


def test_every_form_that_hands_in_a_file_may_send_one(site: Site) -> None:
    app: Flask = site.app
    handing_in = [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and rule.endpoint
        in {"actions.bring", "deliveries.end", "deliveries.reply", "officials.bring_in", "settings.change_logo"}
        | {"paper.enter", "paper.correct", "verifying.check"}
    ]
    assert len(handing_in) == 8
    for rule in handing_in:
        values = dict.fromkeys(rule.arguments, 1)
        _host, path = rule.build(values) or ("", "")
        assert allowed("POST", path).largest >= 12 * MB, rule.rule


def test_strangers_may_not_send_large_forms_to_the_office_whatever_serves_it(site: Site) -> None:
    answer = site.client.post("/organise/sign-in", data={"email": "x" * 100_000})
    assert answer.status_code == 413
    assert site.client.post("/organise/actions/new/import", data=b"a=1&" * 100_000).status_code == 413
