""" "Did they answer?": a page with three buttons, for whoever holds the link from our mail. Looking answers nothing."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.abuse import rate_limits
from campaign.appeals.relay import answers, incoming
from campaign.appeals.supporter import my_signature
from campaign.errors import Conflict, Refused
from campaign.vocabulary import LetterAnswer
from campaign.web.app_state import door
from campaign.web.forms import many_lines
from campaign.web.locales import _, sentence_of
from campaign.web.rendering import page
from campaign.web.security_headers import visitor

blueprint = Blueprint("answering", __name__)


@blueprint.get("/<locale:locale>/answer/<token>")
def ask(locale: str, token: str) -> Response:
    """The question. HEAD and GET change nothing, however often a program opens the link."""
    return shown(locale, token)


@blueprint.post("/<locale:locale>/answer/<token>")
def tell(locale: str, token: str) -> Response:
    """Record one of three answers (`answer`), or take the text of the reply (`words`)."""
    said = request.form.get("answer")
    if said is None and "words" in request.form:
        return _hand_in(locale, token)
    if said is None or said not in {*LetterAnswer}:
        raise Refused("Choose one of the answers.")
    with door().storage.writing() as session:
        _throttle(session)
        answers.tell(session, door().links.read_answering(token), LetterAnswer(said))
    return shown(locale, token, done=_("Thank you. We have noted your answer."))


def shown(locale: str, token: str, done: str = "", fault: str = "", words: str = "") -> Response:
    """The page as it is now."""
    with door().storage.reading() as session:
        question = answers.asked(session, door().links.read_answering(token), locale)
        told = answers.of_official(session, question.official_id)
    body = page(
        "public/answer.html",
        question=question,
        told=told if told.public and question.answer is not None else None,
        token=token,
        done=done,
        errors={"words": fault} if fault else {},
        words=words,
        longest=answers.LONGEST,
        kept=incoming.HANDLED_KEPT.days,
    )
    return make_response(body, 422 if fault else 200)


def _hand_in(locale: str, token: str) -> Response:
    words = many_lines(request.form.get("words"))
    try:
        with door().storage.writing() as session:
            _throttle(session)
            letter_id = door().links.read_answering(token)
            answers.hand_in(session, door().storage.vault, letter_id, words, clock.now())
    except Refused as error:
        return shown(locale, token, fault=sentence_of(error), words=words)
    except Conflict:  # pressed twice: we have it
        return shown(locale, token)
    return shown(locale, token)


def _throttle(session: Session) -> None:
    if door().settings.screening:
        rate_limits.count(session, door().storage.vault, my_signature.CHANGING, visitor(), clock.now())
