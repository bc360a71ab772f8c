"""The seal: a real signature with a certificate made here, a time stamp from an authority that answers, or none."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.sign.timestamps import DummyTimeStamper

from campaign import clock
from campaign.delivery import sealing, verifying
from campaign.delivery.sealing import Seal
from campaign.delivery.verifying import Verdict
from campaign.errors import Incomplete
from campaign.storage import Storage
from tests import made
from tests.delivery.signed import freeze, printed, sign_all
from tests.printing import validators

OFFICE, PASSWORD = "Example Rights Office", "a password of the tests"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    file = tmp_path / "seal.p12"
    file.write_bytes(sealing.self_signed(OFFICE, PASSWORD, clock.now()))
    return file


@pytest.fixture
def authority() -> Iterator[str]:
    """A time-stamping authority that answers over HTTP."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Example Time")])
    stamping = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(stamping, critical=True)
        .sign(key, hashes.SHA256())
    )
    encoded = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        keys.PrivateKeyInfo.load(encoded),
    )

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def code(storage: Storage) -> str:
    with storage.writing() as session:
        made.action(session)
    sign_all(storage)
    return freeze(storage)


def test_a_sealed_volume_is_signed_by_the_organisation_and_verifies(
    storage: Storage, code: str, certificate: Path, tmp_path: Path
) -> None:
    pdf = printed(storage, tmp_path, code, seal=Seal(certificate, PASSWORD))

    found = sealing.checked(pdf)
    assert found is not None
    assert (found.intact, found.by, found.stamped_at) == (True, OFFICE, None)
    with storage.reading() as session:
        finding = verifying.verify(session, pdf)
    assert finding.verdict is Verdict.GENUINE
    assert finding.volume is not None
    assert (finding.volume.sealed_by, finding.volume.stamped_at) == (OFFICE, None)


def test_a_sealed_volume_that_was_altered_says_so_by_its_sum_and_by_its_seal(
    storage: Storage, code: str, certificate: Path, tmp_path: Path
) -> None:
    pdf = printed(storage, tmp_path, code, seal=Seal(certificate, PASSWORD))
    middle = pdf.index(b"/ByteRange") // 2
    flipped = pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :]
    appended = pdf + b"%a remark\n"
    with storage.reading() as session:
        for altered in (flipped, appended):
            finding = verifying.verify(session, altered)
            assert (finding.verdict, finding.dossier.code if finding.dossier else None) == (Verdict.ALTERED, code)
    for altered in (flipped, appended):
        found = sealing.checked(altered)
        assert found is None or not found.intact


def test_someone_elses_sealed_file_is_not_ours(storage: Storage, certificate: Path) -> None:
    file = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(file)
    with storage.reading() as session:
        sealed = Seal(certificate, PASSWORD).seal(file.getvalue()).pdf
        assert verifying.verify(session, sealed).verdict is Verdict.NOT_OURS


def test_a_time_stamp_is_in_the_seal_if_the_authority_answers(
    storage: Storage, code: str, certificate: Path, authority: str, tmp_path: Path
) -> None:
    before = clock.now()
    pdf = printed(storage, tmp_path, code, seal=Seal(certificate, PASSWORD, authority))

    found = sealing.checked(pdf)
    assert found is not None
    assert found.intact
    assert found.stamped_at is not None
    assert abs(found.stamped_at - before) < timedelta(minutes=5)
    with storage.reading() as session:
        assert verifying.sealed(session, code).volumes[0].stamped_at == found.stamped_at


def test_an_authority_that_cannot_be_reached_holds_no_dossier_up(
    storage: Storage, code: str, certificate: Path, tmp_path: Path
) -> None:
    pdf = printed(storage, tmp_path, code, seal=Seal(certificate, PASSWORD, "http://127.0.0.1:9/"))

    found = sealing.checked(pdf)
    assert found is not None
    assert (found.intact, found.stamped_at) == (True, None)


def test_what_is_sealed_is_what_is_printed_without_a_seal(
    storage: Storage, code: str, certificate: Path, tmp_path: Path
) -> None:
    plain = printed(storage, tmp_path, code)
    assert Seal(certificate, PASSWORD).seal(plain).pdf.startswith(plain)


def test_a_seal_that_cannot_be_used_is_told_before_anything_is_printed(certificate: Path, tmp_path: Path) -> None:
    for file, password in ((certificate, "wrong"), (tmp_path / "none.p12", PASSWORD)):
        with pytest.raises(Incomplete, match="CAMPAIGN_SEAL_FILE cannot be opened"):
            Seal(file, password)


def test_a_certificate_made_here_lasts_for_years_and_can_do_nothing_but_sign(certificate: Path) -> None:
    _, found, _ = pkcs12.load_key_and_certificates(certificate.read_bytes(), PASSWORD.encode())
    assert found is not None
    assert found.not_valid_after_utc - clock.now() > timedelta(days=365 * sealing.YEARS - 1)
    assert found.subject == found.issuer
    assert found.extensions.get_extension_for_class(type(found.extensions[0].value)).value.ca is False  # type: ignore[attr-defined]


def test_a_sealed_volume_passes_every_judge_that_a_plain_one_passes(
    storage: Storage, code: str, certificate: Path, tmp_path: Path
) -> None:
    pdf = printed(storage, tmp_path, code, seal=Seal(certificate, PASSWORD))

    for judge in (validators.outloud_errors, validators.pdfua_errors, validators.qpdf_errors):
        # With one page of names its head stands nowhere else, and is taken for prose.
        found = [it for it in judge(pdf, tmp_path) if not it.startswith("TAG-002: 1 line")]
        assert found == [], judge.__name__
    assert validators.preflight_errors([pdf], tmp_path) == []
