"""Verifying: a file is one of ours, one of ours that was altered, or not ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign.delivery import verifying, volumes
from campaign.delivery.verifying import Verdict
from campaign.storage import Storage
from tests import made
from tests.delivery.signed import freeze, printed, sign_all


@pytest.fixture
def code(storage: Storage) -> str:
    with storage.writing() as session:
        made.action(session)
    sign_all(storage)
    return freeze(storage)


@pytest.mark.databases
def test_a_file_is_genuine_altered_or_not_ours(storage: Storage, code: str, tmp_path: Path) -> None:
    pdf = printed(storage, tmp_path, code)
    with storage.reading() as session:
        finding = verifying.verify(session, pdf)
        assert finding.verdict is Verdict.GENUINE
        assert finding.dossier is not None
        assert finding.volume is not None
        assert (finding.dossier.code, finding.volume.number) == (code, 1)
        assert verifying.verify(session, pdf + b"\n").verdict is Verdict.ALTERED
        assert verifying.verify(session, b"%PDF-1.7 a stranger's file").verdict is Verdict.NOT_OURS
        assert verifying.verify(session, b"").verdict is Verdict.NOT_OURS


def test_wherever_one_byte_is_flipped_the_file_is_called_altered(storage: Storage, code: str, tmp_path: Path) -> None:
    pdf = printed(storage, tmp_path, code)
    claims = len(volumes.claim(code))
    positions = [*range(0, len(pdf), len(pdf) // 150), *range(len(pdf) - claims, len(pdf))]
    with storage.reading() as session:
        for position in positions:
            altered = pdf[:position] + bytes([pdf[position] ^ 0x10]) + pdf[position + 1 :]
            assert verifying.verify(session, altered).verdict is Verdict.ALTERED, position


def test_a_file_cut_off_at_its_end_is_called_altered_by_its_pages(storage: Storage, code: str, tmp_path: Path) -> None:
    pdf = printed(storage, tmp_path, code)
    with storage.reading() as session:
        assert verifying.verify(session, pdf[: -len(volumes.claim(code))]).verdict is Verdict.ALTERED


def test_a_volume_of_a_dossier_that_is_not_printed_whole_is_not_genuine_yet(
    storage: Storage, code: str, tmp_path: Path
) -> None:
    with storage.reading() as session:
        assert verifying.sealed(session, code).volumes == ()
        assert verifying.verify(session, volumes.claim(code)).verdict is Verdict.ALTERED
