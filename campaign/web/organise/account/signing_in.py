"""Signing in: Flask-Security with our accounts, argon2id, TOTP, passkeys and recovery codes, and pages of our own."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import segno
from flask import Flask, current_app, session
from flask_security import MailUtil, MfRecoveryCodesUtil, PasswordUtil, Security, Totp, UserMixin
from flask_security.signals import user_authenticated
from flask_security.webauthn import WebAuthnRegisterResponseForm, WebAuthnSigninResponseForm
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeTimedSerializer
from passlib.totp import TokenError

from campaign import clock
from campaign.errors import Refused
from campaign.office import organisers, passwords
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.web.app_state import door
from campaign.web.locales import _
from campaign.web.organise.account import freshness, guesses, sessions
from campaign.web.organise.account.accounts import Account, Accounts
from campaign.web.organise.account.freshness import FRESH
from campaign.web.organise.account.library_sentences import SENTENCES, Sentences

# An authenticator's clock may be one step of thirty seconds off, either way.
STEP = timedelta(seconds=30)


class Codes(Totp):
    """TOTP that takes each code once ever, and draws its QR code on the page itself: the policy allows no `data:`."""

    def generate_qrcode(self, username: str, totp: str) -> str:
        """The QR code as SVG."""
        made = segno.make(self.get_totp_uri(username, totp), error="m")
        return str(made.svg_inline(scale=4, border=4, dark="#000", light="#fff"))

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
        """Whether the code is right and was not used before: who read it over a shoulder comes too late."""
        try:
            match = self._totp.verify(token, totp_secret, window=int(STEP.total_seconds()))
        except (TokenError, ValueError):
            return False
        # Decided by the row: of two requests with one code, one opens.
        with door().storage.writing() as writing:
            return organisers.take_code(writing, cast(Account, user).id, match.counter)

    def bare(self, totp_secret: str) -> str:
        """The secret without the library's own encryption, for the vault to keep."""
        return str(self._totp.from_source(totp_secret).to_json(encrypt=False))


class RecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes that are kept as hashes: shown once, when they are made. 48 random bits each."""

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """New codes instead of all that were there; the only time that anyone sees them."""
        datastore = current_app.extensions["security"].datastore
        codes = current_app.extensions["security"].totp_factory.generate_recovery_codes(10)
        datastore.mf_set_recovery_codes(user, [passwords.hashed_code(code) for code in codes])
        return list(codes)

    def get_recovery_codes(self, user: UserMixin) -> list[str]:
        """None: they cannot be read any more."""
        return []

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Whether it is one of theirs that was not used."""
        return self._place(user, code) is not None

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Take a used code out."""
        place = self._place(user, code)
        datastore = current_app.extensions["security"].datastore
        return place is not None and bool(datastore.mf_delete_recovery_code(user, place))

    def _place(self, user: UserMixin, code: str) -> int | None:
        kept = current_app.extensions["security"].datastore.mf_get_recovery_codes(user)
        return next((n for n, hash_of in enumerate(kept) if passwords.is_code(code, hash_of)), None)


class Bound:
    """Tokens of a set-up that open only in the session which they were made in."""

    def __init__(self, serializer: URLSafeTimedSerializer, purpose: str) -> None:
        self._serializer, self._kept = serializer, f"bound_{purpose}"

    def dumps(self, value: object) -> str:
        """A token, whose hash the session remembers."""
        token = str(self._serializer.dumps(value))
        session[self._kept] = hashlib.sha256(token.encode()).hexdigest()
        return token

    def loads(self, token: str, max_age: float | None = None) -> Any:
        """What `dumps` was given. Raises `BadSignature`, also for a token of another session."""
        if session.get(self._kept) != hashlib.sha256(token.encode()).hexdigest():
            raise BadSignature("made in another session")
        return self._serializer.loads(token, max_age=None if max_age is None else int(max_age))

    def loads_unsafe(self, token: str) -> tuple[bool, Any]:
        """What a token of ours that is too old holds."""
        return self._serializer.loads_unsafe(token)


class PasskeyOffer(WebAuthnRegisterResponseForm):
    """What a device answered that is to become a passkey."""

    def validate(self, **more: Any) -> bool:
        """Whether the answer is right."""
        return _read(super().validate, self, more)


class PasskeyAnswer(WebAuthnSigninResponseForm):
    """What a device answered. It must be a passkey of whoever gave the password: the library takes anyone's."""

    def validate(self, **more: Any) -> bool:
        """Whether the answer is right and comes from their own device."""
        if not _read(super().validate, self, more):
            return False
        if self.user is None or self.user.fs_uniquifier != session.get("tf_user_id"):
            self.form_errors.append(_("This passkey does not belong to this account."))
            return False
        return True


def _read(validate: Callable[..., bool], form: FlaskForm, more: dict[str, Any]) -> bool:
    try:
        return validate(**more)
    except RecursionError:  # lists in lists without end: the libraries catch all other bad JSON
        form.form_errors.append(_("This could not be read. Try again."))
        return False


class Passwords(PasswordUtil):
    """Our rule for passwords."""

    def validate(self, password: str, is_register: bool, **about: Any) -> tuple[list[str] | None, str]:
        """([what is wrong], the password), or (None, the password)."""
        user = about.get("user")
        known = (user.name, user.email) if isinstance(user, Account) else ()
        wrong = passwords.weakness(password, *known)
        return ([wrong] if wrong else None), password


class Addresses(MailUtil):
    """Addresses in the one normal form that accounts are found by; Flask-Security itself sends no mail."""

    def normalize(self, email: str) -> str:
        """The normal form. Raises `ValueError` for what can be no address, as the library expects."""
        try:
            return organisers.normal(email)
        except Refused as refused:
            raise ValueError(str(refused)) from refused

    def validate(self, email: str) -> str:
        """The same: an address that has an account was checked when the account was made."""
        return self.normalize(email)


def install(app: Flask, settings: Settings, storage: Storage) -> None:
    """Set Flask-Security up under `/organise`."""
    app.config.update(_configuration(settings))
    app.session_interface = sessions.Sessions(app)
    # In a demonstration anyone may walk in and look around; where harm could be done a second factor is asked for.
    accounts = Accounts(storage, strict=not settings.demo)
    security = Security(
        app,
        accounts,
        totp_cls=Codes,
        password_util_cls=Passwords,
        mail_util_cls=Addresses,
        wan_register_response_form=PasskeyOffer,
        wan_signin_response_form=PasskeyAnswer,
        mf_recovery_codes_util_cls=RecoveryCodes,
    )
    accounts.bare_secret = cast(Codes, security.totp_factory).bare
    security.i18n_domain = Sentences()  # type: ignore[assignment]
    # What a set-up has begun belongs to the session that began it: a token from elsewhere sets up nothing.
    for purpose in ("tf_setup_serializer", "wan_serializer"):
        setattr(security, purpose, Bound(getattr(security, purpose), purpose))
    guesses.install(app, settings.secret_keys)
    freshness.install(app)
    user_authenticated.connect(_signed_in, app)


def _configuration(settings: Settings) -> dict[str, Any]:
    # For secrets on their way through a set-up, and those of before the vault kept them. "1" is the eldest: what was
    # kept under a secret key that has since been replaced is named so.
    derived = [hashlib.sha256(b"campaign/totp\0" + key.encode()).digest() for key in reversed(settings.secret_keys)]
    keys = {str(n): base64.urlsafe_b64encode(key).decode() for n, key in enumerate(derived, 1)}
    pages = {
        "LOGIN_USER": "sign_in",
        "VERIFY": "once_more",
        "CHANGE_PASSWORD": "change_password",
        "TWO_FACTOR_SETUP": "second_factor",
        "TWO_FACTOR_VERIFY_CODE": "code",
        "TWO_FACTOR_SELECT": "how",
        "WAN_REGISTER": "passkeys",
        "WAN_SIGNIN": "passkey",
        "MULTI_FACTOR_RECOVERY": "recovery_code",
        "MULTI_FACTOR_RECOVERY_CODES": "recovery_codes",
    }
    security: dict[str, Any] = {
        "URL_PREFIX": sessions.PATH,
        "LOGIN_URL": "/sign-in",
        "LOGOUT_URL": "/sign-out",
        "LOGOUT_METHODS": ["POST"],
        "VERIFY_URL": "/once-more",
        "CHANGE_URL": "/account/password",
        "TWO_FACTOR_SETUP_URL": "/account/second-factor",
        "TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
        "TWO_FACTOR_RESCUE_URL": "/sign-in/rescue",
        "TWO_FACTOR_SELECT_URL": "/sign-in/how",
        "MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery",
        "MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "POST_LOGIN_VIEW": "/organise/",
        "POST_LOGOUT_VIEW": "/organise/sign-in",
        "POST_CHANGE_VIEW": "/organise/account",
        "TWO_FACTOR_POST_SETUP_VIEW": "/organise/account",
        "UNAUTHORIZED_VIEW": None,
        "STATIC_FOLDER": None,
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "DEPRECATED_PASSWORD_SCHEMES": [],
        "PASSWORD_SINGLE_HASH": True,
        "PASSWORD_SALT": "unused: argon2 salts every hash itself",
        "PASSWORD_LENGTH_MIN": passwords.SHORTEST,
        # The library would write "private=True, no-store=True", which no browser knows: see `security_headers`.
        "CACHE_CONTROL": None,
        "CHANGEABLE": True,
        "SEND_PASSWORD_CHANGE_EMAIL": False,
        "REGISTERABLE": False,
        "RECOVERABLE": False,
        "USE_REGISTER_V2": True,
        "RETURN_GENERIC_RESPONSES": True,
        "DEFAULT_REMEMBER_ME": False,
        "API_ENABLED_METHODS": ["session"],
        "TWO_FACTOR": True,
        "TWO_FACTOR_REQUIRED": False,  # by role and mode: Account.check_tf_required
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": int(STEP.total_seconds()),
        "TWO_FACTOR_ALWAYS_VALIDATE": True,
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "WEBAUTHN": True,
        "WAN_REGISTER_URL": "/account/passkeys",
        "WAN_DELETE_URL": "/account/passkeys/remove",
        "WAN_SIGNIN_URL": "/sign-in/passkey",
        "WAN_POST_REGISTER_VIEW": "/organise/account/passkeys",
        "WAN_RP_NAME": "Campaign",
        "WAN_ALLOW_AS_FIRST_FACTOR": False,
        "WAN_ALLOW_AS_MULTI_FACTOR": False,
        "WAN_ALLOW_AS_VERIFY": None,
        "WAN_NAME_ALLOWED_CHARS": None,
        "WAN_SIGNIN_WITHIN": timedelta(minutes=5),
        "TOTP_SECRETS": keys,
        "TOTP_ISSUER": "Campaign",
        "FRESHNESS": FRESH,
        "FRESHNESS_GRACE_PERIOD": timedelta(0),
    }
    security.update({f"{name}_TEMPLATE": f"organise/account/{page}.html" for name, page in pages.items()})
    security.update({f"MSG_{name}": said for name, said in SENTENCES.items()})
    return {f"SECURITY_{name}": value for name, value in security.items()}


def _signed_in(_app: Flask, user: Account, **_more: Any) -> None:
    session[sessions.ORGANISER] = user.id
    cast(sessions.Session, session).renew()
    new_browser = guesses.remember_device(user.id)
    freshness.confirm()
    with door().storage.writing() as writing:
        if new_browser:
            organisers.tell_of_sign_in(writing, user.id, clock.now())
        organisers.seen(writing, user.id, clock.now())
