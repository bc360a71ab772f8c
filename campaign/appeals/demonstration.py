"""Invented supporters for the demonstration: names in many scripts, addresses that cannot exist."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.signing import consent
from campaign.storage import Vault
from campaign.storage.encrypted_columns import SIGNATURE_EMAIL, SIGNATURE_NAME
from campaign.storage.tables import Action, Signature
from campaign.vocabulary import Disclosure, SignatureStatus

# (countries, given names, family names, family name first); every combination is invented.
PEOPLE: tuple[tuple[str, str, str, bool], ...] = (
    (
        "GB IE AU CA US",
        "Ada Rowan Imogen Callum Siobhán Theo Maeve Jonah",
        "Whitlock Ashgrove Penhale Marlowe Quill",
        False,
    ),
    ("DE AT CH", "Jörg Annika Matthias Käthe Lena Björn", "Grünwald Oßwald Tannhauser Höfling", False),
    ("FR BE SN", "Élodie Aïssatou Benoît Chloé Moussa Maëlle", "Beaurivage N'Dour-Lacroix Delaunoy Fayette", False),
    ("ES MX AR CO", "Iñaki Begoña Ximena Joaquín Lucía Álvaro", "Peñalver Zúñiga Montealegre Ibáñez", False),
    ("PK", "عائشہ زبیر نادیہ حمزہ صائمہ بلال", "قریشی بخاری ڈار گیلانی", False),
    ("AF IR", "فرشته نجیب پروانه یاسر لیلا مریم", "احمدی رحیمی نوری کاکر", False),
    ("EG LB MA TN", "ليلى يوسف هالة كريم سلمى", "الخطيب منصور الزهراني بن يحيى", False),
    ("IN NP", "अनुष्का रोहित मीरा विवेक", "त्रिवेदी भट्टाचार्य जोशी", False),
    ("IN LK SG", "கவிதா முருகன் தமிழ்ச்செல்வி", "சுப்பிரமணியன் இளங்கோ", False),
    ("BD", "রাহেলা তানভীর শর্মিষ্ঠা", "চৌধুরী মজুমদার", False),
    ("JP", "さくら 健一 美咲 翔太", "高橋 中島 小野寺", True),
    ("CN TW SG", "梓涵 浩然 雨桐", "欧阳 司马 林", True),
    ("KR", "서연 민준 하은", "김 박 남궁", True),
    ("UA BG RS", "Оксана Богдан Ірина Тарас", "Шевчук Коваленко Дорошенко", False),
    ("GR CY", "Ελένη Νίκος Δέσποινα", "Παπαδάκης Χριστοδούλου", False),
    ("IL", "נועה איתן תמר", "בן־עמי אלמוג", False),
    ("GE", "ნინო გიორგი", "მელაძე კახიანი", False),
    ("ET", "ሰላማዊት ዳዊት", "ገብረማርያም ተስፋዬ", False),
    ("TH", "สมหญิง อนันต์", "ศรีสุวรรณ วงศ์ไทย", False),
    ("PL CZ", "Łucja Żaneta Zdeněk", "Wiśniewska Dvořáček", False),
    ("SE NO DK", "Åse Søren Märta", "Lindqvist Ødegård", False),
    ("KE NG GH", "Wanjirũ Chukwuemeka Akosua", "Odhiambo Okonkwo Mensah", False),
    ("VN", "Thuỳ Đặng Hồng", "Nguyễn Trương", True),
)
COUNT = 312
WITHHELD_EVERY, OFFICIAL_EVERY = 7, 5


def sign_all(session: Session, vault: Vault, action: Action, now: datetime) -> int:
    """Sign an action with `COUNT` invented, confirmed people over the last six weeks; returns how many."""
    # The same crowd every time, so that two demonstrations show the same page.
    chance = random.Random("campaign")  # noqa: S311 - no secret is made here
    told = consent.current(session, action.original_locale)
    zone = action.case.time_zone
    rows: list[dict[str, Any]] = []
    for n in range(COUNT):
        countries, given, family, family_first = chance.choice(PEOPLE)
        first, last = chance.choice(given.split()), chance.choice(family.split())
        signed = now - timedelta(days=chance.expovariate(1 / 12) % 42, minutes=chance.uniform(5, 600))
        country = chance.choice(countries.split())
        at_home = country == action.case.country
        email = f"supporter-{n}@campaign.invalid"
        reference = chance.randbytes(16)
        rows.append(
            {
                "action_id": action.id,
                "reference": reference,
                "status": SignatureStatus.CONFIRMED,
                "email": vault.encrypt(email, SIGNATURE_EMAIL, reference),
                "email_hash": vault.keyed_hash("e-mail", email),
                "seat": 1,
                "name": vault.encrypt(
                    f"{last} {first}" if family_first else f"{first} {last}", SIGNATURE_NAME, reference
                ),
                "country": country,
                "disclosure": _disclosure(n, at_home),
                "updates": n % 3 == 0,
                "locale": action.original_locale,
                "consent_text_id": told.id,
                "created_at": signed,
                "expires_at": signed + timedelta(days=14),
                "confirmed_at": signed + timedelta(minutes=4),
                "confirmed_on": clock.local_day(signed + timedelta(minutes=4), zone),
                "counts": True,
                "tallied": False,
            }
        )
    session.execute(insert(Signature), rows)
    return len(rows)


def _disclosure(n: int, at_home: bool) -> Disclosure:
    if at_home or n % WITHHELD_EVERY == 0:
        return Disclosure.WITHHELD
    return Disclosure.OFFICIAL if n % OFFICIAL_EVERY == 0 else Disclosure.PUBLIC
