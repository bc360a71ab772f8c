"""All that is stored of a signature, as the file that its owner takes with them."""

from __future__ import annotations

from typing import Any

from campaign.appeals.supporter.my_signature import Consent, Mine


def as_json(signature: Mine) -> dict[str, Any]:
    """All that is stored, for `json.dumps`: the address whole, instants as ISO 8601 in UTC."""
    return {
        "name": signature.name,
        "email": signature.email,
        "keyed_hash_of_email_kept": signature.hashed,
        "other_keyed_hashes_kept": list(signature.hashes),
        "name_hidden": signature.name_hidden,
        "name_waits_to_be_read": signature.name_held,
        "name_given_at": signature.name_given_at.isoformat() if signature.name_given_at else None,
        "country": signature.country,
        "disclosure": str(signature.disclosure),
        "message": signature.message,
        "words_status": str(signature.words_status) if signature.words_status else None,
        "message_for_everyone": _consent_json(signature.reason) if signature.reason else None,
        "updates": signature.updates,
        "language": signature.locale,
        "status": str(signature.status),
        "most_guarded_choice_sent_since": str(signature.guard) if signature.guard else None,
        "later_wishes": [
            {
                "name": it.name,
                "country": it.country,
                "disclosure": str(it.disclosure),
                "message": it.message,
                "updates": it.updates,
                "asked_at": it.created_at.isoformat(),
                "confirm_before": it.expires_at.isoformat(),
            }
            for it in signature.wishes
        ],
        "signed_text": {
            "version": signature.text.version,
            "sha256": signature.text.digest,
            "title": signature.text.title,
            "summary": signature.text.summary,
            "demands": list(signature.text.demands),
            "officials": list(signature.text.officials),
        }
        if signature.text
        else None,
        "signed_at": signature.created_at.isoformat(),
        "confirm_before": signature.expires_at.isoformat(),
        "confirmed_at": signature.confirmed_at.isoformat() if signature.confirmed_at else None,
        "action": signature.slug,
        "consent": _consent_json(signature.consent),
        "dossiers": [
            {
                "code": it.code,
                "number": it.number,
                "volume": it.volume,
                "page": it.page,
                "frozen_at": it.frozen_at.isoformat(),
                "official": it.official,
                "office": it.office,
                "printed": it.printed,
            }
            for it in signature.places
        ],
        "messages": [
            {
                "kind": str(it.kind),
                "status": str(it.status),
                "created_at": it.created_at.isoformat(),
                "sent_at": it.sent_at.isoformat() if it.sent_at else None,
            }
            for it in signature.mails
        ],
        "reminder_of_a_letter_due_at": signature.reminded_at.isoformat() if signature.reminded_at else None,
        "letters": [
            {
                "official": it.official,
                "language": it.locale,
                "status": str(it.status),
                "created_at": it.created_at.isoformat(),
                "sent_at": it.sent_at.isoformat() if it.sent_at else None,
                "posted_on": it.posted_on.isoformat() if it.posted_on else None,
                "subject": it.subject,
                "text": it.text,
                "consent": it.consent,
                "ask_me_about_an_answer": it.asked,
                "answer": str(it.answer) if it.answer else None,
                "answer_handed_in": it.handed_in,
            }
            for it in signature.letters
        ],
    }


def _consent_json(consent: Consent) -> dict[str, Any]:
    return {"language": consent.locale, "version": consent.version, "text": consent.text}
