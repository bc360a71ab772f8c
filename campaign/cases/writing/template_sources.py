"""What was written in an action, as the words of a template: without what tells of whom and where, without figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from campaign import prose
from campaign.cases import updates
from campaign.cases.writing import model_letters, office_templates, placeholders, texts
from campaign.cases.writing.model_letters import Which
from campaign.errors import Unknown
from campaign.storage.tables import Action
from campaign.vocabulary import TemplateKind

_FIELD = re.compile(r"\(\(([A-Za-z][A-Za-z0-9_.-]*)\)\)")
_SEVERAL = re.compile(r"\(\(who\)\)(?:(?:, |، )\(\(who\)\))+")


@dataclass(frozen=True)
class Source:
    """A version of a letter (of the one for all, or for one official) or of a text, or an update, in a language.

    Without a `version` it is the newest.
    """

    kind: TemplateKind
    locale: str
    version: int = 0
    official_id: int | None = None
    update_id: int = 0


def words(session: Session, action: Action, source: Source) -> dict[str, str]:
    """What stands there, as the words of a template. Raises `Unknown` if it is not part of this action."""
    official = next((it.official for it in action.recipients if it.official_id == source.official_id), None)
    names = tuple(name for it in action.case.subjects for name in it.name.values() if name)
    return left_out(_said(session, action, source), placeholders.known(action, source.locale, official), names)


def _said(session: Session, action: Action, source: Source) -> dict[str, str]:
    match source.kind:
        case TemplateKind.LETTER:
            which = Which(source.locale, source.official_id)
            kept = model_letters.kept_versions(session, action.id, which)
            letter = next((it for it in kept if it.version == source.version or not source.version), None)
            if letter is None:
                raise Unknown("This letter does not exist.")
            return asdict(model_letters.words_of(letter))
        case TemplateKind.ACTION if source.version:
            return office_templates.parts_of(texts.words_of_version(session, action.id, source.locale, source.version))
        case TemplateKind.ACTION:
            text = next((it for it in action.texts if it.locale == source.locale), None)
            if text is None:
                raise Unknown("This text does not exist.")
            return office_templates.parts_of(texts.words_of(text))
        case TemplateKind.UPDATE:
            update, _ = updates.held(session, source.update_id)
            news = next((it for it in update.texts if it.locale == source.locale), None)
            if update.action_id != action.id or news is None:
                raise Unknown("This update does not exist.")
            return {"subject": news.subject, "body": news.body}


def left_out(words: Mapping[str, str], known: Mapping[str, str], names: tuple[str, ...] = ()) -> dict[str, str]:
    """The words of one action as those of a template: placeholders in place of what its case and it are `known` by, of
    the `names` of people at risk, and of its figures.

    Words that say it otherwise stay: whoever keeps them has to read them.
    """
    wanted = [("who", name) for name in names] + [(key, value) for key, value in known.items() if key != "who"]
    return {part: _without(said, wanted) for part, said in words.items()}


def _without(said: str, wanted: list[tuple[str, str]]) -> str:
    # Figures first: what is put in below are fields too.
    said = _FIELD.sub(
        lambda it: it[0] if it[1] in placeholders.PLACEHOLDERS else f"(({placeholders.FIGURE}))",
        said,
    )
    # A longer one may hold a shorter one.
    for key, value in sorted(wanted, key=lambda it: -len(it[1])):
        for written in {value, prose.literal(value)} - {""}:
            said = re.sub(rf"(?<!\w){re.escape(written)}(?!\w)", f"(({key}))", said)
    return _SEVERAL.sub("((who))", said)
