"""What every answer carries and no answer may: headers, cookies, and who is asking."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from campaign.settings import Settings

# No inline style or script, nothing from another host, no framing, forms to ourselves only.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    # Which action someone reads is nobody else's business: not even the host of a link they follow.
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


def install(app: Flask, settings: Settings) -> None:
    """Put the headers on every answer, errors and files included."""
    secure = settings.base_url.startswith("https://")
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        for name, value in HEADERS:
            headers[name] = value
        if secure:
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
        return response


def visitor() -> str:
    """The network address of who is asking: for a throttle's keyed hash, and never for a log or a table."""
    return request.remote_addr or ""
