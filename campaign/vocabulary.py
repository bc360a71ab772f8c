"""The words of the product: what things are, and the states that they can be in. Imports nothing of ours."""

from __future__ import annotations

from enum import StrEnum


class ActionKind(StrEnum):
    """What an action is in the chain of its case."""

    FIRST = "first"
    FURTHER_INFORMATION = "further_information"
    STOP = "stop"
    OUTCOME = "outcome"


class ActionStatus(StrEnum):
    """Where an action stands. Only `open` takes signatures."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    OPEN = "open"
    CLOSED = "closed"
    STOPPED = "stopped"
    ARCHIVED = "archived"


class EventKind(StrEnum):
    """A point in a case's timeline; a `threat` is a date by which harm falls."""

    DEVELOPMENT = "development"
    THREAT = "threat"


class Theme(StrEnum):
    """What a case is about; readers look for actions by it."""

    DETENTION = "detention"
    FAIR_TRIAL = "fair_trial"
    TORTURE = "torture"
    DEATH_PENALTY = "death_penalty"
    DISAPPEARANCE = "disappearance"
    REFUGEES = "refugees"
    EXPRESSION = "expression"
    DEFENDERS = "defenders"
    WOMEN = "women"
    CHILDREN = "children"
    MINORITIES = "minorities"
    LAND = "land"
    HEALTH = "health"


class PictureKind(StrEnum):
    """What the picture of a case shows. People at risk need a statement of their own."""

    NO_PERSON = "no_person"
    DRAWING = "drawing"
    PEOPLE = "people"
    PEOPLE_AT_RISK = "people_at_risk"


class Focus(StrEnum):
    """The part of a picture that stays in view where it is cut."""

    CENTRE = "centre"
    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"
    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"


class RecipientRole(StrEnum):
    """How an official receives: asked to act (`to`) or informed (`copy`)."""

    TO = "to"
    COPY = "copy"


class Disclosure(StrEnum):
    """Who may see a name: everyone; the official, in the dossier; no one (counted, never named)."""

    PUBLIC = "public"
    OFFICIAL = "official"
    WITHHELD = "withheld"


class SignatureStatus(StrEnum):
    """A signature counts when, and only when, its owner has confirmed it."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    INVALID = "invalid"
    REJECTED = "rejected"
    EXPIRED = "expired"
    ERASED = "erased"


class MessageStatus(StrEnum):
    """A message the system owes. `leased` means that one worker, for a limited time, is sending it."""

    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    FAILED = "failed"


class MessageKind(StrEnum):
    """Why a message is owed; each has its templates under `templates/mail/`."""

    CONFIRM = "confirm"
    SIGNED_ALREADY = "signed_already"
    THANKS = "thanks"
    UPDATE = "update"
    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a word, no password
    DIGEST = "digest"
    REVIEW = "review"
    # What became of a letter that the system sends for a supporter.
    LETTER_SENT = "letter_sent"
    LETTER_RETURNED = "letter_returned"
    LETTER_POSTED = "letter_posted"
    LETTER_DROPPED = "letter_dropped"
    # To its writer, if they wished it: the letter itself, and weeks later whether there was an answer.
    LETTER_COPY = "letter_copy"
    LETTER_ANSWERED = "letter_answered"
    # Once before the deadline, to who began one and asked for it.
    LETTER_REMINDER = "letter_reminder"
    LETTERS_HELD = "letters_held"  # to admins: servers refuse us, whatever the address
    SIGN_IN = "sign_in"
    ACCOUNT_CHANGED = "account_changed"
    # To members of the network.
    NETWORK_CONFIRM = "network_confirm"
    NETWORK_ACTION = "network_action"
    NETWORK_WEEKLY = "network_weekly"


class OfficeEvent(StrEnum):
    """What is told to organisers where they are: by e-mail, or in a room of theirs by a webhook.

    `trial` is a test that an admin asked for.
    """

    REVIEW = "review"  # a second person is needed
    HELD = "held"  # something planned did not happen
    LETTERS = "letters"  # no letter is sent, because servers refuse us
    INCOMING = "incoming"  # an e-mail came that somebody must read
    MENTION = "mention"
    TRIAL = "trial"


class WebhookOutcome(StrEnum):
    """What became of the last message to a webhook.

    `not_sent`: this is the demonstration, or mail is captured. `refused`: the server answered with an error.
    `private` and `plain`: its address leads into a private network, or is not encrypted.
    """

    DELIVERED = "delivered"
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    REDIRECTED = "redirected"
    PRIVATE = "private"
    PLAIN = "plain"
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    UNREADABLE = "unreadable"
    MISSING = "missing"  # the library is not installed


class MemberStatus(StrEnum):
    """Whether a member of the network has confirmed that the address is theirs; who leaves is deleted."""

    PENDING = "pending"
    CONFIRMED = "confirmed"


class Rhythm(StrEnum):
    """How often a member of the network is told of new actions."""

    EACH = "each"
    WEEKLY = "weekly"
    URGENT = "urgent"


class LetterStatus(StrEnum):
    """A supporter's own letter that they asked the system to send.

    `drafted`: shown to them, not yet agreed to. `sent`: a mail server took it, and nothing more is known. `delivered`:
    the official's server, or the official, said so; silence never does. `printed`: it goes by post. `dropped`: it was
    never sent, and is too late.
    """

    DRAFTED = "drafted"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    PRINTED = "printed"
    DROPPED = "dropped"


class LetterAnswer(StrEnum):
    """What the writer of a letter says of an answer to it."""

    ANSWERED = "answered"
    SILENT = "silent"
    UNKNOWN = "unknown"


class IncomingKind(StrEnum):
    """What came into the mailbox of reports and is no report that could be read.

    `report`: a mail server says something that nobody here could read, or of no letter that we know. `refusal`: a
    server will have no mail from us at all. `handed_in`: no mail, but an official's answer as a supporter typed it.
    """

    REPLY = "reply"
    AUTO_REPLY = "auto_reply"
    COMPLAINT = "complaint"
    REPORT = "report"
    REFUSAL = "refusal"
    HANDED_IN = "handed_in"


class Role(StrEnum):
    """What an organiser is trusted with; `campaign.office.permissions` says what each may do."""

    ADMIN = "admin"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    VIEWER = "viewer"
    TRANSLATOR = "translator"


class Naming(StrEnum):
    """How far a subject may be named in public: in full, by initials, or only as what is said of them."""

    NAMED = "named"
    INITIALS = "initials"
    DESCRIBED = "described"


class WordsStatus(StrEnum):
    """Whether a supporter's own words have been read by an organiser, and may be shown."""

    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"


class WordsVerdict(StrEnum):
    """What an organiser decides about messages: hiding and rejecting both keep them from everyone."""

    APPROVE = "approve"
    HIDE = "hide"
    REJECT = "reject"  # with a reason on record, for a writer who asks


class Shield(StrEnum):
    """What stands before an action's signing form while it is under attack."""

    NONE = "none"
    PROOF_OF_WORK = "proof_of_work"
    PAUSE = "pause"


class Outcome(StrEnum):
    """What an action led to, in one word; a text says the rest."""

    POSITIVE = "positive"
    MIXED = "mixed"
    NEGATIVE = "negative"
    UNCLEAR = "unclear"


class CopyKind(StrEnum):
    """What a copy of a source is, and how its file's name ends."""

    PDF = "pdf"
    HTML = "html"
    PNG = "png"
    JPEG = "jpg"
    WEBP = "webp"


class UpdateStatus(StrEnum):
    """An update to those who asked for updates.

    While `queued` its messages are being written; `sent` means that all are, and the outbox has them. `cancelled`: it
    never left, or no further message is written, and what the outbox still owes of it is dropped.
    """

    DRAFT = "draft"
    QUEUED = "queued"
    SENT = "sent"
    CANCELLED = "cancelled"


class TemplateKind(StrEnum):
    """What a template of the office is for."""

    LETTER = "letter"
    ACTION = "action"
    UPDATE = "update"


class CorrectionKind(StrEnum):
    """Why what people sign, or what readers of a public action see, may change.

    The first three are the only reasons for which a text changes under which people have signed; `edit` is of all else.
    """

    TYPING = "typing"
    FIGURE = "figure"
    SUCCESSOR = "successor"
    TRANSLATION = "translation"
    EDIT = "edit"


class ProposalStatus(StrEnum):
    """Where a proposed change stands."""

    OPEN = "open"
    PUBLISHED = "published"
    REJECTED = "rejected"
    OVERTAKEN = "overtaken"


class InvalidationStatus(StrEnum):
    """Taking false signatures out, in steps that can be cancelled and undone."""

    RUNNING = "running"
    CANCELLED = "cancelled"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class DossierStatus(StrEnum):
    """A dossier is `frozen` in one transaction and printed after: one freeze gives the same bytes every time."""

    FROZEN = "frozen"
    READY = "ready"


class BuildStatus(StrEnum):
    """The printing of a frozen dossier. While `building`, one process has it on lease."""

    WAITING = "waiting"
    BUILDING = "building"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class BuildPhase(StrEnum):
    """What a build is at: setting the names in type, binding volumes, packing them."""

    SETTING = "setting"
    BINDING = "binding"
    PACKING = "packing"


class DeliveryChannel(StrEnum):
    """A way by which a dossier is handed to an official."""

    POST = "post"
    IN_PERSON = "in_person"
    FAX = "fax"
    EMAIL = "email"


class DeliveryStatus(StrEnum):
    """Where a dossier is on its way to an official."""

    PLANNED = "planned"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    RETURNED = "returned"
    REFUSED = "refused"
    FAILED = "failed"


class ReplyShown(StrEnum):
    """What of an official's reply the public sees."""

    NOTHING = "nothing"
    THAT_THERE_IS_ONE = "that_there_is_one"
    TEXT = "text"
    TEXT_AND_SCAN = "text_and_scan"


class ChannelKind(StrEnum):
    """A way by which a supporter's letter reaches an official."""

    POST = "post"
    EMAIL = "email"
    WEB_FORM = "web_form"
    FAX = "fax"
    TELEPHONE = "telephone"
    X = "x"
    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"
    BLUESKY = "bluesky"
    MASTODON = "mastodon"


class Paper(StrEnum):
    """Paper sizes by their CSS names."""

    A4 = "a4"
    LETTER = "letter"


# The signs of codes that people read from paper. No 0/O, 1/I/L, U/V: what a photocopy lets a reader take for another.
LEGIBLE = "23456789ABCDEFGHJKMNPQRSTWXYZ"
