"""Every table, by subject. Constraints carry the rules; code handles their refusals."""

from campaign.storage.tables.actions import Action, ActionText, ModelLetter, Recipient
from campaign.storage.tables.appeals import ConsentText, Signature, Tally, Throttle
from campaign.storage.tables.base import Base
from campaign.storage.tables.cases import Case, Event, Figure, Source, Subject
from campaign.storage.tables.delivery import Dossier, DossierEntry, DossierTotal
from campaign.storage.tables.letters import LetterReport, LetterTally
from campaign.storage.tables.mail import Message
from campaign.storage.tables.office import Organisation
from campaign.storage.tables.officials import Official

__all__ = [
    "Action",
    "ActionText",
    "Base",
    "Case",
    "ConsentText",
    "Dossier",
    "DossierEntry",
    "DossierTotal",
    "Event",
    "Figure",
    "LetterReport",
    "LetterTally",
    "Message",
    "ModelLetter",
    "Official",
    "Organisation",
    "Recipient",
    "Signature",
    "Source",
    "Subject",
    "Tally",
    "Throttle",
]
