"""Where a message may go: machines of the internet, over TLS; never a network around us."""

from __future__ import annotations

import pytest

from campaign.office.webhooks.addresses import may_ask, may_connect, names_a_machine_of_ours

# RFC 6890 and its kin: who may be written to from here, and who may not.
INTERNET = ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]
AROUND_US = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.4.4",
    "192.168.1.1",
    "169.254.169.254",  # where machines of a cloud tell their secrets
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:1",  # 10.0.0.1 behind NAT64
    "2002:7f00:1::",  # 127.0.0.1 behind 6to4
    "",
    "no number",
]


@pytest.mark.parametrize("host", INTERNET)
def test_machines_of_the_internet_may_be_written_to(host: str) -> None:
    assert may_connect(host, loopback=False)


@pytest.mark.parametrize("host", AROUND_US)
def test_no_machine_of_a_network_around_us_is(host: str) -> None:
    assert not may_connect(host, loopback=False)


def test_where_this_machine_is_allowed_it_is_the_only_one() -> None:
    assert [it for it in [*INTERNET, *AROUND_US] if may_connect(it, loopback=True)] == ["127.0.0.1", "127.8.8.8", "::1"]


@pytest.mark.parametrize(
    ("url", "loopback", "allowed"),
    [
        ("https://chat.example.org/x", False, True),
        ("http://chat.example.org/x", False, False),
        ("http://127.0.0.1:8065/x", False, False),
        ("http://127.0.0.1:8065/x", True, True),
        ("http://[::1]:8065/x", True, True),
        ("http://chat.example.org/x", True, False),
        ("ftp://chat.example.org/x", False, False),
    ],
)
def test_requests_are_encrypted_unless_they_stay_here(url: str, loopback: bool, allowed: bool) -> None:
    assert may_ask(url, loopback) is allowed


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("localhost", True),
        ("LocalHost.", True),
        ("chat.local", True),
        ("mattermost.internal", True),
        ("192.168.1.1", True),
        ("[::1]", True),
        ("chat.example.org", False),
        ("93.184.215.14", False),
        ("T1JJ3T3L2", False),
    ],
)
def test_a_name_of_a_machine_around_us_is_refused_before_anything_is_asked(host: str, ours: bool) -> None:
    assert names_a_machine_of_ours(host) is ours
