"""Moderation: supporters' messages in groups of equal ones, and the names that the page shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, flash, jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from campaign import clock
from campaign.appeals.signature_admin import equal_messages, moderation
from campaign.appeals.signature_admin.equal_messages import Decided, Place
from campaign.errors import Refused, Unknown
from campaign.office.permissions import Permission
from campaign.sentences import Sentence, counted
from campaign.vocabulary import WordsStatus, WordsVerdict
from campaign.web import numbers
from campaign.web.app_state import door
from campaign.web.locales import _, current, sentence_of
from campaign.web.organise.account.authorisation import actor, allowed, needs
from campaign.web.organise.action.action_tabs import action_named, action_page

blueprint = Blueprint("messages", __name__, url_prefix="/actions/<slug>/signatures")

TAB = "signatures.show"

_DONE: dict[WordsVerdict, Callable[[int], Sentence]] = {
    WordsVerdict.APPROVE: partial(counted, "%(n)s message approved", "%(n)s messages approved"),
    WordsVerdict.HIDE: partial(counted, "%(n)s message hidden", "%(n)s messages hidden"),
    WordsVerdict.REJECT: partial(counted, "%(n)s message rejected", "%(n)s messages rejected"),
}


@blueprint.get("/words")
@needs(Permission.MODERATE)
def show(slug: str) -> str:
    """Messages that wait to be read, in groups of equal ones; and the newest names that the page shows."""
    return _page(slug)


@blueprint.post("/words/decide")
@needs(Permission.MODERATE)
def decide(slug: str) -> Answer | tuple[str, int]:
    """Decide about one group (`only`), or about all that were chosen (`do`)."""
    verdict, keys = _asked()
    try:
        with door().storage.writing() as session:
            action = action_named(session, slug)
            reason = request.form.get("reason", "")
            vault = door().storage.vault
            done = equal_messages.decide(session, vault, actor(), action, keys, verdict, reason, clock.now())
    except Refused as refused:
        if _by_script():
            return make_response(jsonify(said=sentence_of(refused)), refused.status)
        return _page(slug, problem=sentence_of(refused), chosen=frozenset(keys)), refused.status
    if _by_script():
        return jsonify(said=f"{_said(done)}.", decision=done.id)
    flash(f"{_said(done)}.")
    return redirect(url_for("messages.show", slug=slug))


@blueprint.post("/words/undo")
@needs(Permission.MODERATE)
def undo(slug: str) -> Answer:
    """Take one's last decision about many back: its messages wait again."""
    decision_id = request.form.get("decision", type=numbers.whole) or 0
    with door().storage.writing() as session:
        action = action_named(session, slug)
        many = equal_messages.undo(session, door().storage.vault, actor(), action, decision_id, clock.now())
    undone = counted("Undone. %(n)s message waits again.", "Undone. %(n)s messages wait again.", many)
    flash(undone.inside(current()))
    return redirect(url_for("messages.show", slug=slug))


@blueprint.get("/words/alike/<group>")
@needs(Permission.MODERATE)
def alike(slug: str, group: str) -> str:
    """Each message of one group, as it was written."""
    key = _key(group)
    with door().storage.reading() as session:
        action = action_named(session, slug)
        after = request.args.get("after", type=numbers.whole) or 0
        rows, more = equal_messages.members(session, door().storage.vault, action.id, key, after)
    return action_page("organise/support/messages_alike.html", action, TAB, rows=rows, more=more, group=group)


@blueprint.post("/words/<int:signature_id>")
@needs(Permission.MODERATE)
def decide_one(slug: str, signature_id: int) -> Answer:
    """Approve a single message, or hide it."""
    decided = {"shown": WordsStatus.SHOWN, "hidden": WordsStatus.HIDDEN}.get(request.form.get("words", ""))
    if decided is None:
        raise Refused("Choose to approve or hide this message.")
    with door().storage.writing() as session:
        action = action_named(session, slug)
        moderation.decide_words(
            session, door().storage.vault, actor(), action, signature_id, decided, clock.now()
        )  # fmt: skip
    flash(_("Message approved.") if decided is WordsStatus.SHOWN else _("Message hidden."))
    return _back(slug)


@blueprint.post("/names/<int:signature_id>/approve")
@needs(Permission.MODERATE)
def approve_name(slug: str, signature_id: int) -> Answer:
    """Let a name be shown that waited to be read."""
    with door().storage.writing() as session:
        action = action_named(session, slug)
        moderation.let_name_through(session, door().storage.vault, actor(), action, signature_id, clock.now())
    flash(_("Name approved."))
    return _back(slug)


@blueprint.post("/names/<int:signature_id>")
@needs(Permission.MODERATE)
def hide_name(slug: str, signature_id: int) -> Answer:
    """Take a name off the public page, or put it back."""
    hidden = request.form.get("hidden") == "yes"
    with door().storage.writing() as session:
        action = action_named(session, slug)
        moderation.hide_name(session, door().storage.vault, actor(), action, signature_id, hidden, clock.now())
    flash(
        _("Name hidden. It still counts. Signature books made from now on count it without the name.")
        if hidden
        else _("Name shown again.")
    )
    return _back(slug)


def _page(slug: str, **more: Any) -> str:
    here, now = door().storage, clock.now()
    with here.reading() as session:
        action = action_named(session, slug)
        waiting = equal_messages.groups(session, here.vault, action.id, _place())
        last = equal_messages.last(session, actor(), action.id, now)
        names = moderation.public_names(session, here.vault, action.id)
        held = moderation.held_names(session, here.vault, action.id)
    shown = {"problem": None, "chosen": frozenset(), **more}
    return action_page(
        "organise/support/messages.html",
        action,
        TAB,
        waiting=waiting,
        last=None if last is None else (last.id, _said(last)),
        reason=request.form.get("reason", ""),
        names=names,
        held=held,
        **shown,
    )


def _asked() -> tuple[WordsVerdict, list[bytes]]:
    """What the pressed button asks for. Raises `Refused` if it is none of ours."""
    only = request.form.get("only", "")
    word, _colon, group = only.partition(":")
    try:
        verdict = WordsVerdict(word or request.form.get("do", ""))
    except ValueError:
        raise Refused("Choose to approve, hide or reject.") from None
    if only:
        return verdict, [_key(group)]
    chosen = request.form.getlist("listed" if request.form.get("all") else "group")
    return verdict, [_key(it) for it in dict.fromkeys(chosen)]


def _key(written: str) -> bytes:
    """A group as an address or a form names it. Raises `Unknown`."""
    try:
        key = bytes.fromhex(written)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Unknown("There is no such group of messages.")
    return key


def _place() -> Place | None:
    """Where the page before ended; whatever is not understood is the beginning."""
    messages, first = (request.args.get(name, type=numbers.whole) for name in ("behind", "first"))
    return None if messages is None or first is None else Place(messages, first)


def _said(done: Decided) -> str:
    return _DONE[done.verdict](done.messages).inside(current())


def _by_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _back(slug: str) -> Answer:
    """To where the button was pressed: the messages, a group of them, or the table for who came from there."""
    if request.form.get("back") == "table" and allowed(Permission.SIGNATURES):
        return redirect(url_for("signatures.show", slug=slug))
    return redirect(url_for("messages.show", slug=slug))
