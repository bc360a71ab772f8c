"""The way out: what a mail server's answers mean, and that in the demonstration there is none."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest

from campaign.errors import Incomplete, Permanent, Temporary
from campaign.mail.transport import Captured, Smtp, judged, reachable, transport
from tests.conftest import settings_for
from tests.mail.post_office import PASSWORD, USER, PostOffice, certificate, log_in, post_office
from tests.mail.test_rendering import drafted

# The server warns of log-in without TLS, which one of these tests is about.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")

CREDENTIALS = f"{USER}:{quote(PASSWORD, safe='')}@"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server that takes everything until it is told otherwise."""
    with post_office() as opened:
        yield opened


@pytest.fixture
def smtp(office: PostOffice) -> Iterator[Smtp]:
    way = Smtp(office.url())
    yield way
    way.close()


def test_a_message_arrives_whole_and_from_us(office: PostOffice, smtp: Smtp) -> None:
    smtp.send(drafted(locale="ur", name="عائشہ"), "00000001-confirm")
    (arrived,) = office.taken
    assert office.envelopes == [("appeals@example.org", ["ada@example.org"])]
    body = arrived.get_body(preferencelist=("plain",))
    assert body is not None
    assert "عائشہ" in body.get_content()


def test_a_batch_goes_over_one_connection(office: PostOffice, smtp: Smtp) -> None:
    for n in range(3):
        smtp.send(drafted(to=f"ada-{n}@example.org"), f"{n:08}-confirm")
    assert len(office.taken) == 3
    assert len(office.sessions) == 1


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (550, Permanent),
        (553, Permanent),
        (421, Temporary),
        (450, Temporary),
        (451, Temporary),
        (452, Temporary),
        (530, Temporary),
    ],
)
def test_a_refused_recipient_is_refused_for_good_or_for_a_while(
    office: PostOffice, smtp: Smtp, code: int, meaning: type[Exception]
) -> None:
    office.refusals["nobody@example.org"] = code
    with pytest.raises(meaning, match=rf"^SMTP {code}$"):
        smtp.send(drafted(to="nobody@example.org"), "00000001-confirm")
    smtp.send(drafted(), "00000002-confirm")
    assert [to for _, to in office.envelopes] == [["ada@example.org"]]


@pytest.mark.parametrize(("code", "meaning"), [(554, Permanent), (452, Temporary)])
def test_a_refused_message_is_refused_for_good_or_for_a_while(
    office: PostOffice, smtp: Smtp, code: int, meaning: type[Exception]
) -> None:
    office.refuse_content = code
    with pytest.raises(meaning, match=rf"^SMTP {code}$"):
        smtp.send(drafted(), "00000001-confirm")
    office.refuse_content = None
    smtp.send(drafted(), "00000001-confirm")
    assert len(office.taken) == 1


@pytest.mark.parametrize("code", [451, 550, 554])
def test_a_server_that_will_not_have_us_ends_no_message_for_good(office: PostOffice, smtp: Smtp, code: int) -> None:
    office.refuse_senders = code
    with pytest.raises(Temporary, match=rf"^SMTP {code}$"):
        smtp.send(drafted(), "00000001-confirm")


def test_a_server_that_goes_away_in_the_middle_is_asked_again_later(office: PostOffice, smtp: Smtp) -> None:
    office.silent_after = 0
    with pytest.raises(Temporary, match=r"^no answer: SMTPServerDisconnected$"):
        smtp.send(drafted(), "00000001-confirm")
    office.silent_after = None
    smtp.send(drafted(), "00000001-confirm")
    assert len(office.taken) == 1


def test_where_nothing_answers_a_message_waits() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Temporary, match=r"^no answer: ConnectionRefusedError$"):
        Smtp(f"smtp://127.0.0.1:{port}?tls=none").send(drafted(), "00000001-confirm")


@pytest.mark.parametrize("code", [450, 550])
def test_a_problem_never_quotes_the_address_nor_carries_what_does(office: PostOffice, smtp: Smtp, code: int) -> None:
    office.refusals["*"] = code
    with pytest.raises((Temporary, Permanent)) as problem:
        smtp.send(drafted(to="ada.lovelace@example.org"), "00000001-confirm")
    raised = problem.value
    assert raised.__suppress_context__  # a logged traceback shows nothing of what the server wrote
    assert "lovelace" not in f"{raised} {raised!r} {raised.args} {raised.values}"


def test_an_address_that_needs_smtputf8_goes_where_it_is_offered(office: PostOffice, smtp: Smtp) -> None:
    smtp.send(drafted(to="用户@例子.example"), "00000001-confirm")
    assert office.envelopes[0][1] == ["用户@xn--fsqu00a.example"]


def test_an_address_that_needs_smtputf8_is_refused_for_good_where_it_is_not() -> None:
    with post_office(enable_SMTPUTF8=False) as office:
        way = Smtp(office.url())
        with pytest.raises(Permanent, match=r"^no SMTPUTF8$"):
            way.send(drafted(to="用户@例子.example"), "00000001-confirm")
        way.send(drafted(to="ada@bücher.example"), "00000002-confirm")
        way.close()
        assert office.envelopes[0][1] == ["ada@xn--bcher-kva.example"]


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_mail_goes_over_tls_to_a_server_we_can_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: str) -> None:
    trusted, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    options = {"tls_context": context, "require_starttls": True} if tls == "starttls" else {}
    with _tls_office(tls, context, options) as office:
        way = Smtp(office.url(tls, credentials=CREDENTIALS))
        way.send(drafted(), "00000001-confirm")
        way.close()
        assert len(office.taken) == 1


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_no_mail_goes_to_a_server_that_cannot_prove_who_it_is(tmp_path: Path, tls: str) -> None:
    _, context = certificate(tmp_path)
    options = {"tls_context": context} if tls == "starttls" else {}
    with _tls_office(tls, context, options) as office:
        way = Smtp(office.url(tls, credentials=CREDENTIALS))
        with pytest.raises(Temporary, match=r"^no answer: SSLCertVerificationError$"):
            way.send(drafted(), "00000001-confirm")
        assert not office.taken


def _tls_office(tls, context, options):  # type: ignore[no-untyped-def]
    if tls == "implicit":
        options = {**options, "ssl_context": context, "auth_require_tls": False}
    return post_office(authenticator=log_in, auth_required=True, **options)


def test_no_mail_goes_in_clear_where_tls_was_asked_for(office: PostOffice) -> None:
    way = Smtp(office.url("starttls"))
    for _ in range(2):  # the second must not find a connection left open by the first
        with pytest.raises(Temporary, match=r"^no STARTTLS or AUTH$"):
            way.send(drafted(), "00000001-confirm")
    assert not office.taken


def test_a_wrong_password_is_ours_to_mend_and_ends_no_message() -> None:
    with post_office(authenticator=log_in, auth_required=True, auth_require_tls=False) as office:
        with pytest.raises(Temporary, match=r"^SMTP 535$"):
            Smtp(office.url(credentials=f"{USER}:wrong@")).send(drafted(), "00000001-confirm")
        right = Smtp(office.url(credentials=CREDENTIALS))
        right.send(drafted(), "00000001-confirm")
        right.close()
        assert len(office.taken) == 1


def test_codes_are_judged_by_their_class() -> None:
    assert {code: type(judged(code)) for code in (421, 450, 535, 550, 571)} == {
        421: Temporary,
        450: Temporary,
        535: Temporary,
        550: Permanent,
        571: Permanent,
    }


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://h?tls=perhaps",
        "smtp://h:port",
        "smtp://h:1e9",
    ],
)
def test_an_address_of_no_mail_server_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(Incomplete, match=r"CAMPAIGN_MAIL_URL must look like smtp://"):
        Smtp(url)


def test_a_check_says_whether_the_server_would_take_mail(office: PostOffice, tmp_path: Path) -> None:
    live = {"mode": "live", "base_url": "https://campaign.test"}
    assert reachable(settings_for(tmp_path, mail_url=office.url(), **live)) is None
    assert reachable(settings_for(tmp_path, mail_url=office.url("starttls"), **live)) == "no STARTTLS or AUTH"
    assert not office.taken


def captured(folder: Path) -> list[EmailMessage]:
    read = [message_from_bytes(it.read_bytes(), policy=policy.default) for it in sorted(folder.glob("*.eml"))]
    return [it for it in read if isinstance(it, EmailMessage)]


def test_a_captured_message_that_is_sent_again_replaces_itself(tmp_path: Path) -> None:
    way = Captured(tmp_path / "mail")
    way.send(drafted(name="Ada"), "00000001-confirm")
    way.send(drafted(name="Ada Lovelace"), "00000001-confirm")
    way.send(drafted(to="byron@example.org"), "00000002-confirm")
    assert [it["To"] for it in captured(tmp_path / "mail")] == ["ada@example.org", "byron@example.org"]
    assert [it.name for it in sorted((tmp_path / "mail").iterdir())] == ["00000001-confirm.eml", "00000002-confirm.eml"]


def test_a_message_is_captured_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    way = Captured(tmp_path / "mail")
    way.send(drafted(name="Ada"), "00000001-confirm")
    before = (tmp_path / "mail" / "00000001-confirm.eml").read_bytes()

    def half(self: Path, content: bytes) -> int:
        with self.open("wb") as opened:
            opened.write(content[: len(content) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    for name in ("00000001-confirm", "00000002-confirm"):
        with pytest.raises(OSError, match="No space left"):
            way.send(drafted(name="Byron"), name)
    assert [it.name for it in (tmp_path / "mail").glob("*.eml")] == ["00000001-confirm.eml"]
    assert (tmp_path / "mail" / "00000001-confirm.eml").read_bytes() == before


def test_any_address_can_be_captured(tmp_path: Path) -> None:
    with transport(settings_for(tmp_path)) as way:
        way.send(drafted(to="用户@例子.example"), "00000001-confirm")
    assert "\r\nTo: 用户@xn--fsqu00a.example\r\n".encode() in (tmp_path / "mail" / "00000001-confirm.eml").read_bytes()


def test_captured_mail_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    Captured(tmp_path / "mail").send(drafted(), "00000001-confirm")
    assert (tmp_path / "mail").stat().st_mode & 0o077 == 0


def test_the_demonstration_opens_no_socket_even_if_a_mail_server_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(smtplib.SMTP, "__init__", refuse)
    settings = settings_for(tmp_path, mail_url="smtp://mail.example.org")
    with transport(settings) as way:
        way.send(drafted(), "00000001-confirm")
    assert reachable(settings) is None
    assert len(captured(settings.mailbox)) == 1
