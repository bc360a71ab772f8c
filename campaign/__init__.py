"""Campaign: an open platform for humanitarian urgent actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from campaign.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The web application for these settings, by default those of the environment."""
    # Imported here so that the rooms can be used, and tested, where no web framework is loaded.
    from campaign.settings import Settings  # noqa: PLC0415
    from campaign.web import build  # noqa: PLC0415

    return build(settings or Settings.from_environment())
