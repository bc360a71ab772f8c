"""What a view needs besides its request: settings, storage, links, the cache of pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app

from campaign.appeals.signing.links import Links
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.web.cache import PageCache


@dataclass(frozen=True)
class Door:
    """One per application; views reach it by `door()`."""

    settings: Settings
    storage: Storage
    links: Links
    cache: PageCache = field(default_factory=PageCache)

    @staticmethod
    def open(app: Flask, settings: Settings, storage: Storage) -> Door:
        """Make the door of an application."""
        made = Door(settings, storage, Links(*settings.secret_keys))
        app.extensions["campaign"] = made
        return made


def door() -> Door:
    """The door of the application that answers this request."""
    return cast(Door, current_app.extensions["campaign"])
