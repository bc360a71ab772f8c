"""The seal: an organisation's electronic signature (PAdES) on a volume, with a time stamp where one can be had.

Needs the extra `seal` (pyHanko). A time-stamping authority that does not answer never holds a dossier up: it is
sealed without, and that is recorded.
"""

from __future__ import annotations

import hashlib
import io
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from pikepdf import Array, Dictionary, Name, String

from campaign.errors import Incomplete
from campaign.language import gettext
from campaign.printing.book.packing import packed_again
from campaign.settings import Settings

log = logging.getLogger("campaign.delivery")

FIELD = "Seal"
TIMESTAMP_SECONDS = 10
YEARS = 3


@dataclass(frozen=True)
class Sealed:
    """A file with its seal: by whom, and the instant an authority vouches for, if it did."""

    pdf: bytes
    by: str
    stamped_at: datetime | None


@dataclass(frozen=True)
class Checked:
    """What a seal in a file is worth: whether the file is as it was sealed, by whom, and the stamped instant."""

    intact: bool
    by: str
    stamped_at: datetime | None


def seal_of(settings: Settings) -> Seal | None:
    """The seal of an installation; None if it has none. Raises `Incomplete` if it cannot be used."""
    if settings.seal_file is None:
        return None
    return Seal(settings.seal_file, settings.seal_password, settings.seal_tsa)


class Seal:
    """An organisation's certificate and key, ready to sign."""

    def __init__(self, file: Path, password: str, authority: str | None = None) -> None:
        """Open a PKCS#12 file. Raises `Incomplete` if it cannot be used, or the extra is not installed."""
        try:
            from pyhanko.sign import signers  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise Incomplete("CAMPAIGN_SEAL_FILE is set, but the extra “seal” is not installed.") from error
        try:
            _, certificate, _ = pkcs12.load_key_and_certificates(file.read_bytes(), password.encode() or None)
        except (OSError, ValueError) as error:
            raise Incomplete("CAMPAIGN_SEAL_FILE cannot be opened with CAMPAIGN_SEAL_PASSWORD.") from error
        if certificate is None:
            raise Incomplete("CAMPAIGN_SEAL_FILE contains no certificate.")
        opened: Any = signers.SimpleSigner
        self._signer = opened.load_pkcs12(str(file), passphrase=password.encode() or None)
        self._authority = authority
        self.by = _common_name(certificate.subject)
        self.valid_until = certificate.not_valid_after_utc

    def prepared(self, pdf: bytes) -> bytes:
        """A file with the empty field that its seal will fill: named for those who cannot see it, and in the structure.

        It shows nothing on the page. Deterministic.
        """
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            _add_field(opened, self.by)
            return packed_again(opened)

    def seal(self, pdf: bytes) -> Sealed:
        """Sign a file; nothing in it may change from then on."""
        if self._authority is not None:
            from pyhanko.sign.timestamps import HTTPTimeStamper  # noqa: PLC0415

            try:
                stamped = self._sign(pdf, HTTPTimeStamper(self._authority, timeout=TIMESTAMP_SECONDS))
                return Sealed(stamped, self.by, checked(stamped).stamped_at)  # type: ignore[union-attr]
            except Exception as trouble:  # whatever it is: an outside service must not hold a dossier up
                log.warning(
                    "Sealed without a time stamp because the time-stamp server failed: %s", type(trouble).__name__
                )
        return Sealed(self._sign(pdf, None), self.by, None)

    def _sign(self, pdf: bytes, timestamper: Any) -> bytes:
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
        from pyhanko.sign import fields, signers  # noqa: PLC0415

        class AsItWas(IncrementalPdfFileWriter):
            """Leaves what the file says of itself: rewritten, it is no longer what an archive takes."""

            def _update_meta(self) -> None:
                pass

        metadata = signers.PdfSignatureMetadata(
            field_name=FIELD,
            name=self.by,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
        signed = signers.sign_pdf(AsItWas(io.BytesIO(pdf)), metadata, signer=self._signer, timestamper=timestamper)
        return bytes(signed.getbuffer())


def _add_field(pdf: pikepdf.Pdf, by: str) -> None:
    page, root = pdf.pages[0].obj, pdf.Root.StructTreeRoot
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String(FIELD),
            TU=String(gettext(str(pdf.Root.Lang), "Electronic seal of %(who)s", who=by)),
            F=132,  # printed, and locked
            Rect=Array([0, 0, 0, 0]),
            P=page,
            # An archive wants to know what it looks like, even where that is nothing.
            AP=Dictionary(N=pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 0, 0]))),
        )
    )
    element = pdf.make_indirect(
        Dictionary(
            S=Name.Form,
            P=root.K[0],
            Pg=page,
            K=Dictionary(Type=Name.OBJR, Obj=field, Pg=page),
        )
    )
    numbers = root.ParentTree.Nums
    key = 1 + max((int(numbers[place]) for place in range(0, len(numbers), 2)), default=-1)
    numbers.append(key)
    numbers.append(element)
    field.StructParent = key
    root.K[0].K.append(element)
    page.Annots = Array([*page.get("/Annots", Array()), field])
    page.Tabs = Name.S
    pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array([field]), SigFlags=3))


def certificate_fingerprint(pdf: bytes) -> str | None:
    """The SHA-256 (hexadecimal) of the certificate that sealed a file; None if it has no seal. Needs the extra."""
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415

    seal = next(iter(PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures), None)
    return hashlib.sha256(seal.signer_cert.dump()).hexdigest() if seal is not None else None


def checked(pdf: bytes) -> Checked | None:
    """What the seal of a file is worth; None if it has none, or cannot be read. Needs the extra.

    Says nothing of whether the certificate is to be trusted: whose it is stands in the record of the volume.
    """
    from pyhanko.pdf_utils.misc import PdfError  # noqa: PLC0415
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature  # noqa: PLC0415
    from pyhanko.sign.validation.errors import SignatureValidationError  # noqa: PLC0415
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        seal = next(iter(reader.embedded_signatures), None)
        if seal is None:
            return None
        # Offline, and with nobody to trust: what is asked is whether the file is the one that was sealed.
        status = validate_pdf_signature(seal, ValidationContext(trust_roots=[], allow_fetching=False))
    except (PdfError, SignatureValidationError, ValueError, OSError):
        return None
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    certificate = x509.load_der_x509_certificate(seal.signer_cert.dump())
    stamp = status.timestamp_validity
    return Checked(
        bool(status.intact and status.valid and whole),
        _common_name(certificate.subject),
        stamp.timestamp.astimezone(UTC) if stamp is not None else None,
    )


def self_signed(organisation: str, password: str, now: datetime) -> bytes:
    """A PKCS#12 file with a new key and a certificate that vouches for itself: a start, until a real one is bought."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, organisation[:64]),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        organisation.encode(),
        key,
        certificate,
        None,
        serialization.BestAvailableEncryption(password.encode()),
    )


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME) or list(name)
    return str(found[0].value)[:200] if found else "?"
