"""The message that an admin sends to themselves: what is told of records, of its arrival, of what came back."""

from __future__ import annotations

from collections.abc import Sequence
from email import message_from_string
from pathlib import Path

import pytest

from campaign.errors import Permanent
from campaign.mail import reports, trial
from campaign.storage import Storage
from tests import made
from tests.conftest import settings_for
from tests.mail.post_office import post_office


@pytest.mark.parametrize(
    ("told", "verdicts"),
    [
        # RFC 8601, appendix B.3 and B.5.
        ("example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=pass smtp.mailfrom=example.net",
         {"spf": "pass"}),
        ("example.com; dkim=pass (good signature) header.d=mail-router.example.net; dkim=fail (bad signature) "
         "header.d=newyork.example.com", {"dkim": "pass"}),
        # As Gmail and Microsoft write it.
        ("mx.google.com;\n dkim=pass header.i=@example.org header.s=a header.b=x;\n spf=softfail (google.com: domain "
         "of transitioning) smtp.mailfrom=a@example.org;\n dmarc=fail (p=QUARANTINE sp=NONE dis=NONE) "
         "header.from=example.org", {"dkim": "pass", "spf": "softfail", "dmarc": "fail"}),
        ("spf=pass (sender IP is 192.0.2.1)\n smtp.mailfrom=example.org; dkim=none (message not\n signed) "
         "header.d=none;dmarc=bestguesspass action=none", {"spf": "pass", "dkim": "none", "dmarc": "bestguesspass"}),
        ("", {}),
    ],
)  # fmt: skip
def test_what_the_readers_server_says_of_the_sender_is_read(told: str, verdicts: dict[str, str]) -> None:
    own = "Authentication-Results: forged.example; spf=pass; dkim=pass; dmarc=pass\n"
    above = f"Authentication-Results: {told}\n" if told else ""
    message = message_from_string(f"{above}{own if told else ''}From: a@example.org\n\nx")
    assert trial.arrived(message).verdicts == verdicts


@pytest.mark.parametrize(
    ("spf", "dmarc", "missing"),
    [
        (["v=spf1 include:mail.example -all", "google-site-verification=x"], ["v=DMARC1; p=reject"], []),
        (["v=spf1 a mx ~all"], ["v=DMARC1;p=none"], []),
        (["v=spf1 redirect=_spf.example.org"], ["V=DMARC1; p=none"], []),
        (["v=spf1 +all"], ["v=DMARC1; p=none"], ["neither -all nor ~all"]),
        (["v=spf1 -all", "v=spf1 a -all"], ["v=DMARC1; p=none"], ["more than one SPF"]),
        ([], [], ["no SPF", "no DMARC"]),
        (None, [], ["no name server answered"]),
    ],
)
def test_what_a_domain_lacks_is_said(spf: Sequence[str] | None, dmarc: Sequence[str], missing: list[str]) -> None:
    records = {"act.example.org": spf, "_dmarc.act.example.org": dmarc}
    found = trial.records_missing("act.example.org", records.__getitem__)
    assert len(found) == len(missing)
    assert all(words in sentence for words, sentence in zip(missing, found, strict=True))


def test_the_message_goes_out_with_a_return_address_of_its_own_and_is_known_again(
    storage: Storage, tmp_path: Path
) -> None:
    with post_office() as office:
        settings = settings_for(tmp_path, mode="live", mail_url=office.url(), bounces_address="bounces@act.example.org")
        number = trial.new_number()
        trial.send(settings, storage.vault, "appeals@act.example.org", "you@example.net", made.NOON, number)
        (message,), ((envelope, to),) = office.taken, office.envelopes
    assert to == ["you@example.net"]
    assert envelope.startswith(f"bounces+letter.{number}.") and envelope.endswith("@act.example.org")
    mail = reports.mail_of(message.as_bytes())
    assert mail is not None
    assert reports.letter_of(storage.vault, mail) == number


def test_a_refusal_is_raised_with_its_code_and_no_address(storage: Storage, tmp_path: Path) -> None:
    with post_office() as office:
        office.refusals["you@example.net"] = 550
        settings = settings_for(tmp_path, mode="live", mail_url=office.url())
        with pytest.raises(Permanent) as refused:
            trial.send(settings, storage.vault, "appeals@act.example.org", "you@example.net", made.NOON, 7)
    assert str(refused.value) == "SMTP 550"
