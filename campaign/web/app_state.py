"""What a view needs besides its request: settings, storage, links, the cache of pages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, cast

from flask import Flask, current_app, g

from campaign.appeals.signing.links import Links
from campaign.settings import Settings
from campaign.storage import Storage
from campaign.web.cache import PageCache
from campaign.web.page_layer import PageLayer
from campaign.web.print_room import PrintRoom


@dataclass(frozen=True)
class Door:
    """One per application; views reach it by `door()`."""

    settings: Settings
    storage: Storage
    links: Links
    cache: PageCache = field(default_factory=PageCache)
    layer: PageLayer = field(default_factory=PageLayer)
    prints: PrintRoom = field(default_factory=PrintRoom)
    # What was read last, for pages that must come out while the database is away.
    remembered: dict[str, Any] = field(default_factory=dict)

    def forget_pages(self) -> None:
        """Show nothing more of what was made before now: an action was stopped, or something of it was changed.

        Prints need no forgetting here: their inputs are read anew each time.
        """
        self.cache.empty()
        self.layer.empty()

    @staticmethod
    def open(app: Flask, settings: Settings, storage: Storage) -> Door:
        """Make the door of an application."""
        made = Door(settings, storage, Links(*settings.secret_keys))
        app.extensions["campaign"] = made
        return made


def door() -> Door:
    """The door of the application that answers this request; an organiser's shows what that organiser may see."""
    return cast(Door, g.get("door") or current_app.extensions["campaign"])


def look_as(organiser_id: int | None) -> None:
    """From here on this request reads and writes as one organiser, or as somebody who is not known yet."""
    whole = cast(Door, current_app.extensions["campaign"])
    g.door = replace(whole, storage=whole.storage.seen_by(organiser_id))
