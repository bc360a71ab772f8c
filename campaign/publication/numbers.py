"""Telephone and fax numbers as people read them. They are stored as E.164, which nobody can read aloud."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat


def shown_number(stored: str) -> str:
    """A stored number with its country's code and in groups: "+92 51 9201234". What is none stays as it is."""
    try:
        return str(phonenumbers.format_number(phonenumbers.parse(stored), PhoneNumberFormat.INTERNATIONAL))
    except NumberParseException:
        return stored
