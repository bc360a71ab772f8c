"""Proofs of single entries: for the named and the withheld, against the root that is printed, and after an erasure."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select, update

from campaign.delivery import proofs, verifying, volumes
from campaign.delivery.verifying import Verdict
from campaign.errors import Unknown
from campaign.storage import Storage
from campaign.storage.encrypted_columns import SIGNATURE_NAME
from campaign.storage.tables import DossierEntry, Signature
from tests import made
from tests.delivery.signed import PEOPLE, freeze, leased, printed, sign_all, texts


@pytest.fixture
def code(storage: Storage) -> str:
    with storage.writing() as session:
        made.action(session)
    sign_all(storage)
    return freeze(storage)


def references(storage: Storage) -> dict[str, bytes]:
    """What each signer's link is made from."""
    with storage.reading() as session:
        rows = session.execute(select(Signature.name, Signature.reference)).tuples()
        return {
            storage.vault.decrypt(name, SIGNATURE_NAME, reference): bytes(reference) for name, reference in rows if name
        }


def test_everyone_who_was_counted_gets_a_proof_of_their_own_entry(storage: Storage, code: str, tmp_path: Path) -> None:
    printed(storage, tmp_path, code)

    for name, reference in references(storage).items():
        with storage.reading() as session:
            proof = proofs.proof_in(session, storage.vault, storage.files, reference, code)
            finding = verifying.verify(session, proof.written())
        assert finding.verdict is Verdict.PROVEN
        others = [other for other, _, _ in PEOPLE if other != name]
        assert not any(other in proof.written().decode() for other in others)
        assert proof.size == len(PEOPLE)
        assert (proof.text == "") == (name == "Hidden Person")


def test_a_proof_with_another_name_is_no_proof(storage: Storage, code: str, tmp_path: Path) -> None:
    printed(storage, tmp_path, code)
    with storage.reading() as session:
        proof = proofs.proof_in(session, storage.vault, storage.files, references(storage)["Ada Lovelace"], code)
        told = {**json.loads(proof.written()), "text": "Somebody Else"}

        assert verifying.verify(session, json.dumps(told).encode()).verdict is Verdict.NOT_PROVEN
        unknown = {**told, "dossier": "2222-2222"}
        assert verifying.verify(session, json.dumps(unknown).encode()).verdict is Verdict.NOT_OURS


def test_the_root_is_on_the_cover_on_the_last_page_in_the_manifest_and_on_our_page(
    storage: Storage, code: str, tmp_path: Path
) -> None:
    pdf = printed(storage, tmp_path, code)
    with storage.reading() as session:
        dossier = verifying.sealed(session, code)
    assert dossier.tree is not None
    root = dossier.tree[1]
    pages = ["".join(text.split()) for text in texts(pdf)]

    assert root in pages[0]
    assert root in pages[-1]
    with zipfile.ZipFile(BytesIO(storage.files.read(volumes.archive_name(code)))) as archive:
        assert json.loads(archive.read("manifest.json"))["tree"] == {"entries": len(PEOPLE), "root": root}
        assert archive.read("root.txt").decode().strip() == root


def test_what_is_erased_later_changes_no_root(storage: Storage, code: str, tmp_path: Path) -> None:
    with storage.reading() as session:
        dossier_id = session.scalars(select(DossierEntry.dossier_id)).first()
    assert dossier_id is not None
    first = proofs.grow(storage, dossier_id)
    with storage.writing() as session:
        session.execute(update(DossierEntry).values(name=None, signature_id=None))

    assert proofs.grow(storage, dossier_id) == first


def test_before_it_is_printed_there_is_no_proof_and_that_is_said(storage: Storage, code: str) -> None:
    with storage.reading() as session:
        for reference in (references(storage)["Ada Lovelace"], b"nobody", None):
            with pytest.raises(Unknown, match="no proof"):
                proofs.proof_in(session, storage.vault, storage.files, reference, code)


def test_the_same_leaves_give_the_same_root_in_any_process(storage: Storage, code: str) -> None:
    lease = leased(storage, code)

    assert proofs.grow(storage, lease.dossier_id) == proofs.grow(storage, lease.dossier_id)
