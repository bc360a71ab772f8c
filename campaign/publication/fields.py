"""Which strings of an action hold fields, `((key))`, that are filled with figures: one list for rendering and checks.

What is not in it is printed as it was typed, so a field in it would be read by everyone as it stands.
"""

from __future__ import annotations

IN_TEXTS = ("summary", "demands", "background")
IN_LETTERS = ("body",)
NOT_IN_TEXTS = ("title", "ask", "after_deadline")
NOT_IN_LETTERS = ("salutation", "close")
