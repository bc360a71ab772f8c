"""All that a letter stands on, read at once: for whoever sends it, and whoever writes to its writer about it."""

from __future__ import annotations

from sqlalchemy import ColumnExpressionArgument, Select, select

from campaign.storage.tables import Action, Case, Letter, Official, Organisation, Signature


def of_letter(
    *which: ColumnExpressionArgument[bool],
) -> Select[Letter, Signature, Official, Action, Case, Organisation]:
    """The letters for which all of `which` holds and whose writer still has a signature."""
    return (
        select(Letter, Signature, Official, Action, Case, Organisation)
        .join(Signature, Signature.id == Letter.signature_id)
        .join(Official, Official.id == Letter.official_id)
        .join(Action, Action.id == Letter.action_id)
        .join(Case, Case.id == Action.case_id)
        .join(Organisation, Organisation.id == 1)
        .where(*which)
    )
