"""Delivery reports as mail servers write them."""

from __future__ import annotations

from email.message import EmailMessage

_REPORT = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mail.example.invalid>
To: appeals@example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

This is a MIME-encapsulated message.

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.invalid.

--b1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.invalid
Arrival-Date: Mon, 4 Aug 2025 06:00:00 +0000

Final-Recipient: rfc822; minister@example.invalid
Original-Recipient: rfc822;minister@example.invalid
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.invalid
Diagnostic-Code: smtp; {status} <minister@example.invalid>: as told by
    the server
{more}
--b1
Content-Description: Undelivered Message
Content-Type: {quoted}

{about}
--b1--
"""


def report(
    about: EmailMessage, action: str = "failed", status: str = "5.1.1", headers_only: bool = True, more: str = ""
) -> bytes:
    """A report (RFC 3464) about a mail: in words, in fields, and with the mail's headers or all of it."""
    headers = "".join(f"{name}: {value}\n" for name, value in about.items())
    quoted = "text/rfc822-headers" if headers_only else "message/rfc822"
    written = _REPORT.format(
        action=action, status=status, more=more, quoted=quoted, about=headers if headers_only else about.as_string()
    )
    return written.replace("\n", "\r\n").encode()
