"""Every exception raised on purpose, with the sentence a person sees.

A sentence is an English message id with `%(name)s` fields. The web shows it in the reader's language, the
command line as it stands; both take the status from the class. Values never hold an address, a name or a
token: sentences are shown and may be logged.
"""

from __future__ import annotations

from enum import StrEnum


class Why(StrEnum):
    """Why something is not to be had any more: a page says each under a heading of its own."""

    OVER = "over"
    STOPPED = "stopped"
    LATE = "late"
    LINK = "link"
    LEFT_OPEN = "left_open"
    WITHDRAWN = "withdrawn"


class CampaignError(Exception):
    """Something that was foreseen. `status` is the HTTP status, `exit_code` that of the command line."""

    status = 500
    exit_code = 1

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.values = values

    def __str__(self) -> str:
        return self.sentence % self.values if self.values else self.sentence


class Incomplete(CampaignError):
    """The installation lacks something it cannot start without: a setting, a key, a migration."""

    exit_code = 2


class Refused(CampaignError):
    """What was given cannot be used as it is; the sentence says why and what to do. Nothing was saved."""

    status = 422
    exit_code = 2


class Outdated(Refused):
    """The page that a form stood on holds no longer: it was open for too long. Reloading it is enough."""


class Unreadable(Refused):
    """A document from which nothing can be imported."""


class Unknown(CampaignError):
    """What was asked for does not exist, or not any more."""

    status = 404
    exit_code = 2


class Forbidden(CampaignError):
    """Who asks is not known, or may not do this."""

    status = 403
    exit_code = 2


class Gone(CampaignError):
    """What was asked for was possible once; `why` says what ended it."""

    status = 410
    exit_code = 2

    def __init__(self, sentence: str, why: Why = Why.OVER, **values: object) -> None:
        super().__init__(sentence, **values)
        self.why = why


class Conflict(CampaignError):
    """The state has moved on since it was read: a guarded UPDATE found no row."""

    status = 409
    exit_code = 2


class TooMany(CampaignError):
    """A throttle answered. `retry_after` is in seconds."""

    status = 429
    exit_code = 2

    def __init__(self, sentence: str, retry_after: int, **values: object) -> None:
        super().__init__(sentence, **values)
        self.retry_after = retry_after


class Busy(CampaignError):
    """The database could not be written to in time, because another process keeps it to itself; or stored files cannot
    be had. Nothing was saved."""

    status = 503
    exit_code = 1


class Unprintable(CampaignError):
    """A text that cannot be printed faithfully: a script without a font. Raised before a page is made."""

    status = 500
    exit_code = 1


class Temporary(CampaignError):
    """An outside service failed in a way that time may heal: try again later."""


class Permanent(CampaignError):
    """An outside service refused for good: trying again would change nothing."""
