"""Reports as ten families of mail servers write them, each in three states, in our own words after their forms.

What is kept of each is what a program goes by: which headers there are, where the code stands, how the text is shaped,
and what of the message comes back. Hosts and people are invented. `{back}` is the address that the report goes to,
`{to}` the one it is about, `{id}` the Message-ID of the letter; the states are an address that is dead, a trouble that
passes, and a refusal of the sender or of the text.
"""

from __future__ import annotations

from dataclasses import dataclass

from campaign.mail.reports import Verdict


@dataclass(frozen=True)
class Fixture:
    """One report: its server's family, what it should come to, and what stands in it."""

    family: str
    verdict: Verdict
    status: str
    text: str

    def raw(self, back: str, message_id: str, to: str = "minister@example.invalid") -> bytes:
        """The report about one letter. `message_id` may be another's, where a relay rewrote it."""
        filled = self.text.strip("\n").replace("{back}", back).replace("{to}", to).replace("{id}", message_id)
        return filled.replace("\n", "\r\n").encode() + b"\r\n"


def dsn(
    head: str, words: str, fields: str, quoted: str = "Message-ID: {id}\nSubject: Renew the cards", kind: str = "rfc822"
) -> str:
    """A report by RFC 3464."""
    part = "message/rfc822" if kind == "rfc822" else "text/rfc822-headers"
    return f"""{head}
Date: Mon, 4 Aug 2025 06:00:00 +0000
To: {{back}}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=utf-8

{words}

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.invalid

Final-Recipient: rfc822; {{to}}
{fields}

--=_b
Content-Type: {part}

{quoted}

--=_b--"""


_POSTFIX = (
    "Return-Path: <>\nFrom: MAILER-DAEMON@relay.example.invalid (Mail Delivery System)\n"
    "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied"
)
_POSTFIX_WORDS = (
    "This is the mail system at host relay.example.invalid.\n\nYour message could not be delivered to one "
    "or more recipients. It's attached below.\n\n<{to}>: host mx.example.invalid[192.0.2.7] said: "
)
_EXCHANGE = (
    "Return-Path: <>\nFrom: Microsoft Outlook <MicrosoftExchange329e71@example.invalid>\n"
    "Subject: Undeliverable: Renew the cards\nAuto-Submitted: auto-replied\nX-MS-Exchange-Message-Is-Ndr:"
)
_GMAIL = (
    "Return-Path: <>\nFrom: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\n"
    "Subject: Delivery Status Notification (Failure)\nAuto-Submitted: auto-replied\nX-Failed-Recipients: {to}"
)
_SENDMAIL = (
    "Return-Path: <>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.invalid>\n"
    "Subject: Returned mail: see transcript for details\nAuto-Submitted: auto-generated (failure)"
)
_SES = "Return-Path: <>\nFrom: MAILER-DAEMON@eu-west-1.amazonses.com\nSubject: Delivery Status Notification (Failure)"
_PROOFPOINT = (
    "Return-Path: <>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@mx0a.pphosted.example.invalid>\n"
    "Subject: Returned mail: see transcript for details\nAuto-Submitted: auto-generated (failure)"
)
_MIMECAST = (
    "Return-Path: <>\nFrom: <postmaster@de-smtp-inbound-1.mimecast.example.invalid>\n"
    "Subject: [Postmaster] Email Delivery Failure\nAuto-Submitted: auto-replied"
)
# SES puts an id of its own in the place of ours.
_SES_QUOTED = "Message-ID: <0102018a-0000@eu-west-1.amazonses.com>\nSubject: Renew the cards"

FIXTURES: tuple[Fixture, ...] = (
    Fixture("postfix", Verdict.DEAD, "5.1.1", dsn(
        _POSTFIX, _POSTFIX_WORDS + "550 5.1.1\n    <{to}>: Recipient address rejected: User unknown",
        "Original-Recipient: rfc822;{to}\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.example.invalid\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <{to}>: Recipient address\n    rejected: User unknown")),
    # A bare 552 becomes 5.0.0 on the way; the words say that the mailbox works.
    Fixture("postfix", Verdict.PASSING, "5.0.0", dsn(
        _POSTFIX, _POSTFIX_WORDS + "552 Quota\n    exceeded (mailbox for user is full)",
        "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 552 Quota exceeded (mailbox for user is full)")),
    Fixture("postfix", Verdict.REPUTATION, "5.7.1", dsn(
        _POSTFIX, _POSTFIX_WORDS + "554 5.7.1\n    Service unavailable; Client host [192.0.2.1] blocked using a list",
        "Action: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 554 5.7.1 Service unavailable; Client host\n"
        "    [192.0.2.1] blocked using zen.spamhaus.example", kind="headers")),
    # Exim before 4.89: no status part at all, but a header of its own and the whole message in the text.
    Fixture("exim old", Verdict.DEAD, "", """Return-path: <>
X-Failed-Recipients: {to}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@exim.example.invalid>
To: {back}
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1uABC-0001@exim.example.invalid>
Date: Mon, 04 Aug 2025 06:00:00 +0000

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {to}
    Unrouteable address

------ This is a copy of the message, including all the headers. ------

Return-path: <{back}>
Message-ID: {id}
Subject: Renew the cards

Dear Minister,"""),
    Fixture("exim old", Verdict.PASSING, "", """Return-path: <>
X-Failed-Recipients: {to}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@exim.example.invalid>
To: {back}
Subject: Mail delivery failed: returning message to sender
Date: Mon, 04 Aug 2025 06:00:00 +0000

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {to}
    host mx.example.invalid [192.0.2.7]: retry timeout exceeded

------ This is a copy of the message, including all the headers. ------

Message-ID: {id}
Subject: Renew the cards"""),
    Fixture("exim old", Verdict.REPUTATION, "", """Return-path: <>
X-Failed-Recipients: {to}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@exim.example.invalid>
To: {back}
Subject: Mail delivery failed: returning message to sender
Date: Mon, 04 Aug 2025 06:00:00 +0000

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {to}
    SMTP error from remote mail server after RCPT TO:<{to}>:
    550 JunkMail rejected - our host is in an RBL: see http://example.invalid/why

------ This is a copy of the message, including all the headers. ------

Message-ID: {id}"""),
    Fixture("exim", Verdict.DEAD, "5.1.1", dsn(
        "Return-path: <>\nFrom: Mail Delivery System <Mailer-Daemon@exim.example.invalid>\n"
        "Subject: Mail delivery failed: returning message to sender\nX-Failed-Recipients: {to}\n"
        "Auto-Submitted: auto-replied",
        "This message was created automatically by mail delivery software.\n\n  {to}\n"
        "    host mx.example.invalid\n    SMTP error after RCPT TO: 550 5.1.1 no mailbox by that name",
        "Action: failed\nStatus: 5.0.0\nRemote-MTA: dns; mx.example.invalid\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no mailbox by that name is here")),
    Fixture("exim", Verdict.DELAYED, "", """Return-path: <>
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@exim.example.invalid>
To: {back}
Subject: Warning: message 1uABC-0001 delayed 24 hours
Date: Mon, 04 Aug 2025 06:00:00 +0000

This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue.

  {to}

No action is required on your part. Delivery attempts will continue.
Message-ID: {id}"""),
    Fixture("exim", Verdict.CONTENT, "5.3.4", dsn(
        "Return-path: <>\nFrom: Mail Delivery System <Mailer-Daemon@exim.example.invalid>\n"
        "Subject: Mail delivery failed: returning message to sender\nX-Failed-Recipients: {to}",
        "A message that you sent could not be delivered.\n  {to}\n    552 5.3.4 Message size exceeds fixed limit",
        "Action: failed\nStatus: 5.3.4\nDiagnostic-Code: smtp; 552 5.3.4 Message size exceeds fixed limit")),
    Fixture("exchange", Verdict.DEAD, "5.1.10", dsn(
        _EXCHANGE, "Your message to {to} couldn't be delivered.\nRecipientNotFound: the address was not found.",
        "Action: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound;\n"
        "    Recipient {to} not found by SMTP address lookup")),
    Fixture("exchange", Verdict.PASSING, "5.2.2", dsn(
        _EXCHANGE, "Your message to {to} couldn't be delivered.\nThe recipient's mailbox is full.",
        "Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp;554 5.2.2 mailbox full;\n    STOREDRV.Deliver; quota")),
    Fixture("exchange", Verdict.REPUTATION, "5.7.708", dsn(
        _EXCHANGE, "Your message to {to} couldn't be delivered.\nTraffic from this address is not accepted.",
        "Action: failed\nStatus: 5.7.708\nDiagnostic-Code: smtp;550 5.7.708 Service unavailable. Access denied,\n"
        "    traffic not accepted from this IP")),
    Fixture("gmail", Verdict.DEAD, "5.1.1", dsn(
        _GMAIL, "Address not found\n\nYour message wasn't delivered to {to} because the address couldn't be found.",
        "Action: failed\nStatus: 5.1.1\nRemote-MTA: dns; gmail-smtp-in.l.google.com\n"
        "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.")),
    Fixture("gmail", Verdict.PASSING, "4.4.1", dsn(
        _GMAIL, "Message not delivered\n\nThere was a problem delivering your message to {to}. It timed out.",
        "Action: failed\nStatus: 4.4.1\nLast-Attempt-Date: Mon, 04 Aug 2025 05:00:00 -0700 (PDT)")),
    Fixture("gmail", Verdict.REPUTATION, "5.7.26", dsn(
        _GMAIL, "Message blocked\n\nYour message to {to} has been blocked. The sender is unauthenticated.",
        "Action: failed\nStatus: 5.7.26\nDiagnostic-Code: smtp; 550-5.7.26 This mail has been blocked because the\n"
        "    sender is unauthenticated. DKIM = did not pass; SPF = did not pass")),
    Fixture("sendmail", Verdict.DEAD, "5.1.1", dsn(
        _SENDMAIL, "   ----- The following addresses had permanent fatal errors -----\n<{to}>\n"
        "    (reason: 550 5.1.1 <{to}>... User unknown)",
        "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: SMTP; 550 5.1.1 <{to}>... User unknown", kind="headers")),
    Fixture("sendmail", Verdict.DELAYED, "4.4.1", dsn(
        _SENDMAIL.replace("Returned mail: see transcript for details", "Warning: could not send message for 4 hours"),
        "    ** THIS IS A WARNING MESSAGE ONLY **\n    ** YOU DO NOT NEED TO RESEND YOUR MESSAGE **",
        "Action: delayed\nStatus: 4.4.1\nWill-Retry-Until: Sat, 9 Aug 2025 06:00:00 +0000", kind="headers")),
    Fixture("sendmail", Verdict.CONTENT, "5.6.1", dsn(
        _SENDMAIL, "   ----- The following addresses had permanent fatal errors -----\n<{to}>\n"
        "    (reason: 554 5.6.1 Body type not supported by Remote Host)",
        "Action: failed\nStatus: 5.6.1\nDiagnostic-Code: SMTP; 554 5.6.1 Body type not supported", kind="headers")),
    # qmail writes a letter in plain text, and quotes ours below a line of dashes.
    Fixture("qmail", Verdict.DEAD, "5.1.1", """Return-Path: <>
From: MAILER-DAEMON@qmail.example.invalid
To: {back}
Subject: failure notice
Date: 4 Aug 2025 06:00:00 -0000

Hi. This is the qmail-send program at qmail.example.invalid.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{to}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <{back}>
Message-ID: {id}
Subject: Renew the cards"""),
    Fixture("qmail", Verdict.PASSING, "4.4.1", """Return-Path: <>
From: MAILER-DAEMON@qmail.example.invalid
To: {back}
Subject: failure notice
Date: 4 Aug 2025 06:00:00 -0000

Hi. This is the qmail-send program at qmail.example.invalid.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{to}>:
Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)
I'm not going to try again; this message has been in the queue too long.

--- Below this line is a copy of the message.

Message-ID: {id}"""),
    Fixture("qmail", Verdict.REPUTATION, "5.7.1", """Return-Path: <>
From: MAILER-DAEMON@qmail.example.invalid
To: {back}
Subject: failure notice
Date: 4 Aug 2025 06:00:00 -0000

Hi. This is the qmail-send program at qmail.example.invalid.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{to}>:
192.0.2.7 does not like recipient.
Remote host said: 550 5.7.1 Mail from your network is refused
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

Message-ID: {id}"""),
    # Yahoo: words in place of a code (postalserver/postal#253).
    Fixture("yahoo", Verdict.DEAD, "", """Return-Path: <>
From: MAILER-DAEMON@yahoo.com
To: {back}
Subject: Failure Notice
X-Failed-Recipients: {to}
Date: Mon, 4 Aug 2025 06:00:00 +0000

Sorry, we were unable to deliver your message to the following address.

<{to}>:
554: delivery error: dd This user doesn't have a yahoo.example account ({to}) [0]

--- Below this line is a copy of the message.

Message-ID: {id}"""),
    Fixture("yahoo", Verdict.PASSING, "", """Return-Path: <>
From: MAILER-DAEMON@yahoo.com
To: {back}
Subject: Failure Notice
X-Failed-Recipients: {to}
Date: Mon, 4 Aug 2025 06:00:00 +0000

Sorry, we were unable to deliver your message to the following address.

<{to}>:
552: 1 Requested mail action aborted, mailbox full

--- Below this line is a copy of the message.

Message-ID: {id}"""),
    Fixture("yahoo", Verdict.REPUTATION, "", """Return-Path: <>
From: MAILER-DAEMON@yahoo.com
To: {back}
Subject: Failure Notice
X-Failed-Recipients: {to}
Date: Mon, 4 Aug 2025 06:00:00 +0000

Sorry, we were unable to deliver your message to the following address.

<{to}>:
554: Message not allowed - [PH01] Email not accepted for policy reasons.

--- Below this line is a copy of the message.

Message-ID: {id}"""),
    Fixture("ses", Verdict.DEAD, "5.1.1", dsn(
        _SES, "An error occurred while trying to deliver the mail to the following recipients:\n{to}",
        "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 user unknown", _SES_QUOTED)),
    Fixture("ses", Verdict.PASSING, "4.4.7", dsn(
        _SES, "An error occurred while trying to deliver the mail to the following recipients:\n{to}",
        "Action: failed\nStatus: 4.4.7\nDiagnostic-Code: smtp; 550 4.4.7 Message expired: unable to deliver in\n"
        "    840 minutes", _SES_QUOTED)),
    Fixture("ses", Verdict.REPUTATION, "5.7.1", dsn(
        _SES, "An error occurred while trying to deliver the mail to the following recipients:\n{to}",
        "Action: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 550 5.7.1 rejected by the DMARC policy of the sender",
        _SES_QUOTED)),
    Fixture("proofpoint", Verdict.DEAD, "5.1.1", dsn(
        _PROOFPOINT, "The original message was received\n\n   ----- permanent fatal errors -----\n<{to}>\n"
        "    (reason: 550 5.1.1 User Unknown)",
        "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: SMTP; 550 5.1.1 User Unknown")),
    Fixture("proofpoint", Verdict.PASSING, "4.2.2", dsn(
        _PROOFPOINT, "   ----- The following addresses had permanent fatal errors -----\n<{to}>\n"
        "    (reason: 452 4.2.2 Over quota)",
        "Action: failed\nStatus: 4.2.2\nDiagnostic-Code: SMTP; 452 4.2.2 Over quota")),
    # A host's own name holds the word "spam", and says nothing.
    Fixture("proofpoint", Verdict.REPUTATION, "5.7.0", dsn(
        _PROOFPOINT, "   ----- The following addresses had permanent fatal errors -----\n<{to}>\n"
        "    (reason: 554 5.7.0 Blocked - see https://ipcheck.example.invalid)",
        "Action: failed\nStatus: 5.7.0\nDiagnostic-Code: SMTP; 554 5.7.0 Blocked - see the address checker")),
    Fixture("mimecast", Verdict.DEAD, "5.0.0", dsn(
        _MIMECAST, "This is the mail filter at mx.mailspamprotection.example.invalid.\nEmail to {to} was rejected.",
        "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 Invalid Recipient - mx.mailspam.example.invalid"
    ).replace("Status: 5.0.0", "Status: 5.0.0 (undefined status)")),
    Fixture("mimecast", Verdict.PASSING, "4.4.1", dsn(
        _MIMECAST, "Delivery to {to} failed after several attempts.",
        "Action: failed\nStatus: 4.4.1\nDiagnostic-Code: smtp; 451 Internal resources are temporarily unavailable")),
    Fixture("mimecast", Verdict.CONTENT, "5.6.0", dsn(
        _MIMECAST, "The message to {to} was rejected because of what is in it.",
        "Action: failed\nStatus: 5.6.0\nDiagnostic-Code: smtp; 554 5.6.0 Email rejected due to its content")),
)  # fmt: skip
