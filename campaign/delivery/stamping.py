"""Time by others: RFC 3161 authorities vouch that a dossier's list of hashes existed at an instant.

No dossier waits for them: it is printed, and the stamp comes when an authority answers. What an authority says is
believed only if its signature leads to a root that the office has chosen.
"""

from __future__ import annotations

import logging
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPResponse
from pathlib import Path

from cryptography import x509
from sqlalchemy import select

from campaign import clock
from campaign.delivery import volumes
from campaign.errors import Incomplete
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.storage.tables import Dossier, DossierStamp
from campaign.vocabulary import DossierStatus

log = logging.getLogger("campaign.delivery")

SECONDS = 10
# More than any answer has; and how many dossiers a sweep asks for.
MOST_BYTES, AT_ONCE = 64 * 1024, 20
# After so many minutes for each attempt that failed, and never later than this.
PAUSE, LONGEST = timedelta(minutes=5), timedelta(hours=6)


@dataclass(frozen=True)
class Authorities:
    """Whom to ask, and whom to believe: the addresses, and the certificates of roots (PEM)."""

    addresses: tuple[str, ...]
    roots: bytes

    @property
    def certificates(self) -> list[x509.Certificate]:
        """The roots, read."""
        return x509.load_pem_x509_certificates(self.roots)


def authorities_of(settings: Settings) -> Authorities | None:
    """The authorities of an installation; None if it has none. Raises `Incomplete` if their roots cannot be read."""
    if not settings.stamp_authorities:
        return None
    try:
        roots = Path(settings.stamp_roots or "").read_bytes()
        x509.load_pem_x509_certificates(roots)
    except (OSError, ValueError) as error:
        raise Incomplete(
            "CAMPAIGN_STAMP_ROOTS must be a file of certificates (PEM) that the authorities' lead to."
        ) from error
    return Authorities(settings.stamp_authorities, roots)


def sweep(storage: Storage, authorities: Authorities, now: datetime) -> int:
    """Ask for each stamp that is owed and due; gives how many came. An authority that fails is asked again later."""
    _learn(storage)
    came = 0
    for dossier_id, code, authority in _owed(storage, authorities, now):
        sums = volumes.sums(storage, code)
        problem, answer, at = None, None, None
        try:
            answer, at = ask(authority, sums, authorities)
        except (OSError, ValueError, urllib.error.URLError) as trouble:
            problem = type(trouble).__name__ if not isinstance(trouble, ValueError) else str(trouble)[:120]
            log.warning("A time-stamping authority did not answer as it should: %s", type(trouble).__name__)
        with storage.writing() as session:
            stamp = session.get(DossierStamp, (dossier_id, authority))
            if stamp is None or stamp.token is not None:
                continue
            stamp.attempts, stamp.tried_at, stamp.problem = stamp.attempts + 1, now, problem
            stamp.token, stamp.stamped_at = answer, at
            stamp.holds_until = holds_until(answer) if answer is not None else None
        if answer is not None:
            came += 1
            volumes.pack_again(storage, code, authorities.roots)
    return came


def ask(authority: str, data: bytes, authorities: Authorities) -> tuple[bytes, datetime]:
    """An authority's answer on `data`, checked, and the instant it vouches for.

    Raises `OSError` if it cannot be reached, `ValueError` if what it says is not to be believed.
    """
    from rfc3161_client import (  # noqa: PLC0415 - an extra
        HashAlgorithm,
        TimestampRequestBuilder,
        VerificationError,
        VerifierBuilder,
        decode_timestamp_response,
    )

    if urllib.parse.urlsplit(authority).scheme not in {"http", "https"}:
        raise ValueError("not an address of the web")
    wanted = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    request = urllib.request.Request(  # noqa: S310 - http or https, by the office's own setting
        authority, data=wanted.as_bytes(), headers={"Content-Type": "application/timestamp-query"}
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as opened:  # noqa: S310
        answer = _read(opened)
    response = decode_timestamp_response(answer)
    builder = VerifierBuilder.from_request(wanted)
    for certificate in authorities.certificates:
        builder = builder.add_root_certificate(certificate)
    try:
        builder.build().verify_message(response, data)
    except VerificationError as error:
        raise ValueError(f"not to be believed: {error}") from error
    return answer, response.tst_info.gen_time.astimezone(UTC)


def holds_until(token: bytes) -> date | None:
    """The day on which the first certificate in a token ends, after which nobody can be asked whether it was good.

    None if it holds no certificate.
    """
    from rfc3161_client import decode_timestamp_response  # noqa: PLC0415 - an extra

    certificates = map(x509.load_der_x509_certificate, decode_timestamp_response(token).signed_data.certificates)
    return min((it.not_valid_after_utc.date() for it in certificates), default=None)


def _learn(storage: Storage) -> None:
    """Read of stamps that came before this was kept, until when they hold."""
    of_before = (DossierStamp.token.is_not(None), DossierStamp.holds_until.is_(None))
    with storage.writing() as session:
        for stamp in session.scalars(select(DossierStamp).where(*of_before).limit(AT_ONCE)).all():
            stamp.holds_until = holds_until(bytes(stamp.token or b"")) or date.max


def _read(opened: HTTPResponse) -> bytes:
    """An answer as a whole. Raises `TimeoutError` for one that comes byte by byte: each would begin the time anew."""
    answer, until = b"", time.monotonic() + SECONDS
    while len(answer) < MOST_BYTES and (part := opened.read1(MOST_BYTES - len(answer))):
        answer += part
        if time.monotonic() > until:
            raise TimeoutError("an answer that does not end")
    return answer


def due(attempts: int, tried_at: datetime, now: datetime) -> bool:
    """Whether to ask again: at once, then after longer and longer pauses."""
    return attempts == 0 or now - tried_at >= min(PAUSE * attempts, LONGEST)


def _owed(storage: Storage, authorities: Authorities, now: datetime) -> list[tuple[int, str, str]]:
    """(dossier, code, authority) of each stamp that is owed and due."""
    with storage.writing() as session:
        for address in authorities.addresses:
            has = select(DossierStamp.dossier_id).where(DossierStamp.authority == address)
            for dossier_id in session.scalars(
                select(Dossier.id)
                .where(Dossier.status == DossierStatus.READY, Dossier.id.not_in(has))
                .order_by(Dossier.id.desc())
                .limit(AT_ONCE)
            ).all():
                session.add(DossierStamp(dossier_id=dossier_id, authority=address, attempts=0, tried_at=now))
    with storage.reading() as session:
        rows = session.execute(
            select(Dossier.id, Dossier.code, DossierStamp.authority, DossierStamp.attempts, DossierStamp.tried_at)
            .join(DossierStamp, DossierStamp.dossier_id == Dossier.id)
            .where(DossierStamp.token.is_(None), DossierStamp.authority.in_(authorities.addresses))
            .order_by(Dossier.id)
        ).all()
        return [row[:3] for row in rows if due(row[3], row[4], now)][:AT_ONCE]


def run(storage: Storage, settings: Settings) -> int:
    """The sweep of an installation, now; nothing where it has no authorities."""
    authorities = authorities_of(settings)
    return sweep(storage, authorities, clock.now()) if authorities else 0
