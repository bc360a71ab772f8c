"""The floors: what a competent person would write in Flask if it had to do this one thing and nothing else.

Served by Granian with the product's own options: `granian --factory bare:page`, `granian --factory bare:insert`.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, request


def page() -> Flask:
    """One constant HTML page, read once from the file that BARE_PAGE names."""
    app = Flask(__name__)
    html = Path(os.environ["BARE_PAGE"]).read_text("utf-8")

    @app.get("/")
    def show() -> str:
        return html

    return app


def insert() -> Flask:
    """One form post, one synced INSERT into the SQLite file that BARE_DATABASE names, one constant page."""
    app = Flask(__name__)
    html = Path(os.environ["BARE_PAGE"]).read_text("utf-8")
    database = os.environ["BARE_DATABASE"]
    kept = threading.local()

    def connection() -> sqlite3.Connection:
        if not hasattr(kept, "connection"):
            kept.connection = connect(database)
        return kept.connection

    @app.post("/")
    def sign() -> str:
        form = request.form
        connection().execute(
            "INSERT INTO signatures (name, email, country, disclosure, message, updates, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                form["name"],
                form["email"],
                form["country"],
                form["disclosure"],
                form["message"],
                "updates" in form,
                datetime.now(UTC).isoformat(),
            ),
        )
        return html

    return app


def connect(database: str) -> sqlite3.Connection:
    """A connection that commits each statement by itself, and syncs it."""
    connection = sqlite3.connect(database, timeout=30, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def prepare(database: str) -> None:
    """Make the one table."""
    connect(database).execute(
        "CREATE TABLE signatures (id INTEGER PRIMARY KEY, name TEXT, email TEXT, country TEXT, disclosure TEXT,"
        " message TEXT, updates INTEGER, created_at TEXT)"
    )
