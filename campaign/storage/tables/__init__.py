"""Every table, by subject. Constraints carry the rules; code handles their refusals."""

from campaign.storage.tables.actions import Action, ActionText, ModelLetter, Recipient
from campaign.storage.tables.appeals import (
    ConsentText,
    Invalidation,
    LaterWish,
    Signature,
    TakenBack,
    Tally,
    Throttle,
    WordsDecision,
)
from campaign.storage.tables.audit import AuditEvent, AuditHead
from campaign.storage.tables.base import Base
from campaign.storage.tables.cases import Case, CasePicture, Event, Figure, Source, Subject
from campaign.storage.tables.deliveries import Delivery, PaperName, PaperSheet
from campaign.storage.tables.dossiers import (
    Dossier,
    DossierBuild,
    DossierDay,
    DossierEntry,
    DossierRequest,
    DossierStamp,
    DossierTotal,
    DossierTree,
    DossierVolume,
    DossierWithheld,
)
from campaign.storage.tables.keys import KnownKey, LookUpKey
from campaign.storage.tables.letters import Letter, LetterConsent, LetterReport, LetterTally, PostRun
from campaign.storage.tables.mail import IncomingMail, Message
from campaign.storage.tables.network import Member, NetworkConsent, NetworkRound
from campaign.storage.tables.office import JobRun, Organisation, SchemaState
from campaign.storage.tables.officials import Official
from campaign.storage.tables.organisers import KeptForm, Organiser, OrganiserSession, Passkey
from campaign.storage.tables.writing import (
    Autosave,
    Extension,
    HarmStatement,
    Proposal,
    ReadingCorrection,
    Remark,
    SignedText,
    TextVersion,
    Update,
    UpdateText,
)

__all__ = [
    "Action",
    "ActionText",
    "AuditEvent",
    "AuditHead",
    "Autosave",
    "Base",
    "Case",
    "CasePicture",
    "ConsentText",
    "Delivery",
    "Dossier",
    "DossierBuild",
    "DossierDay",
    "DossierEntry",
    "DossierRequest",
    "DossierStamp",
    "DossierTotal",
    "DossierTree",
    "DossierVolume",
    "DossierWithheld",
    "Event",
    "Extension",
    "Figure",
    "HarmStatement",
    "IncomingMail",
    "Invalidation",
    "JobRun",
    "KeptForm",
    "KnownKey",
    "LaterWish",
    "Letter",
    "LetterConsent",
    "LetterReport",
    "LetterTally",
    "LookUpKey",
    "Member",
    "Message",
    "ModelLetter",
    "NetworkConsent",
    "NetworkRound",
    "Official",
    "Organisation",
    "Organiser",
    "OrganiserSession",
    "PaperName",
    "PaperSheet",
    "Passkey",
    "PostRun",
    "Proposal",
    "ReadingCorrection",
    "Recipient",
    "Remark",
    "SchemaState",
    "Signature",
    "SignedText",
    "Source",
    "Subject",
    "TakenBack",
    "Tally",
    "TextVersion",
    "Throttle",
    "Update",
    "UpdateText",
    "WordsDecision",
]
