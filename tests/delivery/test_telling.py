"""What of a dossier's way needs a person, as a rule of values."""

from __future__ import annotations

from datetime import date

import pytest

from campaign.delivery.telling import Way, concerns
from campaign.vocabulary import DeliveryStatus

D = DeliveryStatus
DEADLINE = date(2025, 9, 15)
NOT_DISPATCHED = "the dossier for the Minister is not dispatched"
NO_RECEIPT = "no receipt for the dossier to the Minister"
UNANSWERED = "the reply of the Minister is unanswered"


def way(*deliveries: tuple[DeliveryStatus, date | None, date | None, date | None]) -> Way:
    return Way(DEADLINE, "the Minister", deliveries)


@pytest.mark.parametrize(
    ("dossier", "today", "said"),
    [
        (way(), date(2025, 9, 14), []),
        (way(), DEADLINE, [NOT_DISPATCHED]),
        (way((D.PLANNED, None, None, None)), DEADLINE, [NOT_DISPATCHED]),
        (way((D.DISPATCHED, date(2025, 9, 1), None, None)), date(2025, 9, 16), []),
        (way((D.DISPATCHED, date(2025, 9, 1), None, None)), date(2025, 9, 17), [NO_RECEIPT]),
        (way((D.DELIVERED, date(2025, 9, 1), None, None)), date(2025, 12, 1), []),
        (way((D.DELIVERED, date(2025, 9, 1), date(2025, 10, 1), None)), date(2025, 10, 15), []),
        (way((D.DELIVERED, date(2025, 9, 1), date(2025, 10, 1), None)), date(2025, 10, 16), [UNANSWERED]),
        (way((D.DELIVERED, date(2025, 9, 1), date(2025, 10, 1), date(2025, 10, 20))), date(2025, 12, 1), []),
    ],
)
def test_a_dossier_asks_for_someone_when_it_lies_about(dossier: Way, today: date, said: list[str]) -> None:
    assert concerns(dossier, today, posting_days=15) == said
