"""How far someone at risk is named in public."""

from __future__ import annotations

import json

import pytest

from campaign.publication.as_json import public_json
from campaign.publication.naming import initials
from campaign.publication.reading import published
from campaign.storage import Storage
from campaign.vocabulary import Naming
from tests import made


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Ada Lovelace", "A. L."),
        ("Jean-Pierre Exemple", "J. E."),
        ("عائشہ قریشی", "ع. ق."),
        ("高橋 さくら", "高. さ."),
        ("नेहा शर्मा", "ने. श."),
        ("  (Élodie) 34 ", "É."),
        ("1234", ""),
    ],
)
def test_initials_of_names_in_any_script(name: str, short: str) -> None:
    assert initials(name) == short


@pytest.mark.parametrize(
    ("naming", "shown"),
    [
        (Naming.NAMED, "Sample Teacher"),
        (Naming.INITIALS, "S. T."),
        (Naming.DESCRIBED, "Sample Teacher"),
    ],
)
def test_a_subject_is_shown_as_far_as_they_may_be_named(storage: Storage, naming: Naming, shown: str) -> None:
    with storage.writing() as session:
        action = made.action(session)
        action.case.subjects[0].name, action.case.subjects[0].naming = {"en": "Sample Teacher"}, naming
    with storage.reading() as session:
        found = published(session, "renew-the-cards", "en")
    assert [it.name for it in found.subjects] == [shown]
    assert ("Sample Teacher" in json.dumps(public_json(found))) is (naming is not Naming.INITIALS)
