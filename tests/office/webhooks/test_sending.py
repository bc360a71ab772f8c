"""A message to a real server: what it hears, and what becomes of a message that does not arrive."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign.errors import Refused
from campaign.office.webhooks import sending
from campaign.office.webhooks.sending import Sent
from campaign.sandbox import Limits
from campaign.vocabulary import WebhookOutcome
from tests.office.webhooks.rooms import TOKEN, Room, room, self_signed
from tests.ports import held

pytestmark = pytest.mark.slow


def sent(address: str, loopback: bool = True) -> Sent:
    return sending.send(address, "Campaign", "An e-mail waits to be read.", loopback)


def test_a_message_arrives_with_its_words_and_nothing_of_this_machine(elsewhere: Room) -> None:
    assert sent(elsewhere.address) == Sent(WebhookOutcome.DELIVERED, 200)
    (heard,) = elsewhere.heard
    assert (heard["title"], heard["message"]) == ("Campaign", "An e-mail waits to be read.")
    assert heard["attachments"] == []
    assert elsewhere.headers[0]["User-Agent"] == "Campaign"


def test_a_room_of_mattermost_gets_what_mattermost_reads(elsewhere: Room) -> None:
    address = f"mmost://127.0.0.1:{elsewhere.port}/abcdefghijklmnopqrstuvwxyz"
    assert sent(address) == Sent(WebhookOutcome.DELIVERED, 200)
    (heard,) = elsewhere.heard
    # https://developers.mattermost.com/integrate/webhooks/incoming/
    assert "An e-mail waits to be read." in heard["text"]
    # No picture of elsewhere is loaded by who reads it.
    assert not heard.get("icon_url")


@pytest.mark.parametrize("status", [400, 401, 404, 410, 500, 503])
def test_a_server_that_says_no_is_told_with_its_status(elsewhere: Room, status: int) -> None:
    elsewhere.answers = status
    assert sent(elsewhere.address) == Sent(WebhookOutcome.REFUSED, status)


def test_one_that_leads_elsewhere_is_not_followed(elsewhere: Room) -> None:
    with room() as other:
        elsewhere.answers = f"http://127.0.0.1:{other.port}/stolen"
        assert sent(elsewhere.address) == Sent(WebhookOutcome.REDIRECTED, 307)
        assert other.heard == []


def test_one_that_dies_or_is_not_there_cannot_be_reached(elsewhere: Room) -> None:
    elsewhere.answers = "dies"
    assert sent(elsewhere.address) == Sent(WebhookOutcome.UNREACHABLE)
    with held() as port:
        assert sent(f"json://127.0.0.1:{port}/{TOKEN}") == Sent(WebhookOutcome.UNREACHABLE)


def test_one_that_does_not_answer_is_left_alone(elsewhere: Room) -> None:
    elsewhere.answers = "slow"
    found = sending.send(elsewhere.address, "Campaign", "A message.", True, Limits(seconds=1.5))
    assert found == Sent(WebhookOutcome.SLOW)


@pytest.mark.parametrize("parameters", ["", "?verify=no", "?rto=1&cto=1&retry=5"])
def test_without_the_setting_this_machine_is_never_written_to(elsewhere: Room, parameters: str) -> None:
    encrypted = elsewhere.address.replace("json:", "jsons:") + parameters
    assert sent(encrypted, loopback=False) == Sent(WebhookOutcome.PRIVATE)
    # A name that leads here counts as what it leads to.
    assert sent(encrypted.replace("127.0.0.1", "localhost"), loopback=False) == Sent(WebhookOutcome.PRIVATE)
    assert elsewhere.heard == []


def test_what_is_not_encrypted_is_not_sent_either(elsewhere: Room) -> None:
    assert sent(elsewhere.address, loopback=False) == Sent(WebhookOutcome.UNREADABLE)
    assert elsewhere.heard == []


def test_with_the_setting_nothing_leaves_this_machine() -> None:
    assert sent("jsons://chat.example.org/x") == Sent(WebhookOutcome.PRIVATE)


def test_what_asks_for_encryption_is_not_sent_without_it(elsewhere: Room) -> None:
    assert sent(elsewhere.address.replace("json:", "jsons:")) == Sent(WebhookOutcome.UNREACHABLE)
    assert elsewhere.heard == []


@pytest.mark.parametrize("parameters", ["", "?verify=no"])
def test_a_certificate_that_nobody_vouches_for_is_not_believed_whatever_the_address_says(
    tmp_path: Path, parameters: str
) -> None:
    with room(self_signed(tmp_path)) as pretending:
        address = pretending.address.replace("json:", "jsons:") + parameters
        assert sent(address) == Sent(WebhookOutcome.UNREACHABLE)
        assert pretending.heard == []


def test_no_line_of_a_log_holds_the_address(elsewhere: Room, capfd: pytest.CaptureFixture[str]) -> None:
    elsewhere.answers = 500
    sent(elsewhere.address)
    sent("jsons://10.0.0.1/" + TOKEN, loopback=False)
    out = capfd.readouterr()
    assert TOKEN not in out.out + out.err


@pytest.mark.parametrize(
    ("address", "scheme"),
    [
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack"),
        ("matrixs://team:secret@matrix.example.org/#room", "matrixs"),
        ("mmosts://chat.example.org/abcdefghijklmnopqrstuvwxyz", "mmosts"),
        ("jsons://chat.example.org/hook", "jsons"),
    ],
)
def test_services_that_teams_use_are_known(address: str, scheme: str) -> None:
    assert sending.scheme_of(address, loopback=False) == scheme


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "Enter the address of a webhook"),
        ("nonsense", "Enter the address of a webhook"),
        ("x" * 1001, "Enter the address of a webhook"),
        ("https://example.org/hook", "Enter the address of a webhook"),
        ("mailto://team:secret@example.org", "Enter the address of a webhook"),
        ("file:///etc/passwd", "Enter the address of a webhook"),
        ("json://chat.example.org/hook", "Begin it with jsons://."),
        ("matrix://team:secret@matrix.example.org/#room", "Begin it with matrixs://."),
        ("jsons://192.168.1.1/hook", "private network"),
        ("mmosts://localhost/abcdefghijklmnopqrstuvwxyz", "private network"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_in_one_sentence(address: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        sending.scheme_of(address, loopback=False)


def test_where_the_library_is_not_installed_one_sentence_says_so(
    elsewhere: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "installed", lambda: False)
    with pytest.raises(Refused, match=r"Install campaign\[webhooks\]"):
        sending.scheme_of(elsewhere.address, loopback=True)
    assert sent(elsewhere.address) == Sent(WebhookOutcome.MISSING)
