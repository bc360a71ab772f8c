"""Links by which an organiser chooses a password: signed, short-lived, and good for one choice."""

from __future__ import annotations

from datetime import timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

from campaign.storage.tables import Organiser

LIFE = timedelta(days=3)


class Welcomes:
    """Makes and reads them with the installation's secret key. Choosing a password changes the uniquifier, and so
    ends every link that was made before."""

    def __init__(self, *secret_keys: str) -> None:
        """The newest first: it alone makes links."""
        self._serializer = URLSafeTimedSerializer([*reversed(secret_keys)], salt="campaign/welcome")

    def token(self, organiser: Organiser) -> str:
        """The token of a link for this organiser."""
        return str(self._serializer.dumps([organiser.id, organiser.fs_uniquifier[:16]]))

    def read(self, token: str) -> tuple[int, str] | None:
        """(organiser's id, the beginning of their uniquifier as it must still be), or None if forged or too old."""
        try:
            organiser_id, uniquifier = self._serializer.loads(token, max_age=int(LIFE.total_seconds()))
        except (BadSignature, ValueError, TypeError):
            return None
        return (organiser_id, uniquifier) if isinstance(organiser_id, int) and isinstance(uniquifier, str) else None
