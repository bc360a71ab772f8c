"""Signing in: Flask-Security with our accounts, argon2id, TOTP, passkeys and recovery codes, and pages of our own."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any, cast

import segno
from flask import Flask, request, session
from flask_security import MailUtil, PasswordUtil, Security, Totp, UserMixin
from flask_security.signals import user_authenticated
from flask_security.webauthn import WebAuthnSigninResponseForm

from campaign import clock
from campaign.appeals.abuse import rate_limits
from campaign.errors import Refused, TooMany
from campaign.office import organisers, passwords
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.web.app_state import door
from campaign.web.organise.account import sessions
from campaign.web.organise.account.accounts import Account, Accounts
from campaign.web.security_headers import visitor

# Guesses at one account, from wherever they come; and guesses from one network, at whichever account.
AT_ACCOUNT = rate_limits.Limit("sign-in/account", hits=10, window=timedelta(minutes=15))
FROM_NETWORK = rate_limits.Limit("sign-in/network", hits=60, window=timedelta(minutes=15))
ONE_CODE = rate_limits.Limit("sign-in/code", hits=1, window=timedelta(hours=1))

# The pages of Flask-Security where something is guessed: a password, a code, a recovery code.
GUESSED = frozenset(
    {
        "security.login",
        "security.two_factor_token_validation",
        "security.mf_recovery",
        "security.wan_signin_response",
        "security.verify",
        "security.change_password",
    }
)


class Codes(Totp):
    """TOTP that takes each code once, and draws its QR code on the page itself: the policy allows no `data:` image."""

    def generate_qrcode(self, username: str, totp: str) -> str:
        """The QR code as SVG."""
        made = segno.make(self.get_totp_uri(username, totp), error="m")
        return str(made.svg_inline(scale=4, border=4, dark="#000", light="#fff"))

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
        """Whether the code is right and was not used before: who read it over a shoulder comes too late."""
        if not super().verify_totp(token, totp_secret, user, window):
            return False
        with door().storage.writing() as writing:
            try:
                rate_limits.count(
                    writing, door().storage.vault, ONE_CODE, f"{cast(Account, user).id}:{token}", clock.now()
                )
            except TooMany:
                return False
        return True


class PasskeyAnswer(WebAuthnSigninResponseForm):
    """What a device answered. It must be a passkey of whoever gave the password: the library takes anyone's."""

    def validate(self, **more: Any) -> bool:
        """Whether the answer is right and comes from their own device."""
        if not super().validate(**more):
            return False
        if self.user is None or self.user.fs_uniquifier != session.get("tf_user_id"):
            self.form_errors.append("This passkey does not belong to this account.")
            return False
        return True


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
    app.session_interface = sessions.Sessions(app)
    app.config.update(_configuration(settings))
    # In a demonstration anyone may walk in and look around; where harm could be done a second factor is asked for.
    accounts = Accounts(storage, strict=not settings.demo)
    Security(
        app,
        accounts,
        totp_cls=Codes,
        password_util_cls=Passwords,
        mail_util_cls=Addresses,
        wan_signin_response_form=PasskeyAnswer,
    )
    app.before_request(_count_guess)
    user_authenticated.connect(_signed_in, app)


def _configuration(settings: Settings) -> dict[str, Any]:
    key = hashlib.sha256(b"campaign/totp\0" + settings.secret_key.encode()).digest()
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
        "TOTP_SECRETS": {"1": base64.urlsafe_b64encode(key).decode()},
        "TOTP_ISSUER": "Campaign",
        "FRESHNESS": timedelta(hours=1),
        "FRESHNESS_GRACE_PERIOD": timedelta(minutes=10),
    }
    security.update({f"{name}_TEMPLATE": f"organise/account/{page}.html" for name, page in pages.items()})
    return {f"SECURITY_{name}": value for name, value in security.items()}


def _count_guess() -> None:
    if request.endpoint not in GUESSED or request.method != "POST":
        return
    # By the address that was typed, or the one whose password was right and whose code is asked for now.
    account = request.form.get("email") or session.get("tf_user_id") or session.get("_user_id") or ""
    vault, now = door().storage.vault, clock.now()
    with door().storage.writing() as writing:
        rate_limits.count(writing, vault, FROM_NETWORK, visitor(), now)
        rate_limits.count(writing, vault, AT_ACCOUNT, str(account).strip().casefold(), now)


def _signed_in(_app: Flask, user: Account, **_more: Any) -> None:
    session[sessions.ORGANISER] = user.id
    cast(sessions.Session, session).renew()
    with door().storage.writing() as writing:
        organisers.seen(writing, user.id, clock.now())
