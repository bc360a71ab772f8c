"""What the parts of a text and of a letter are called: on their forms, in their versions, and in what checks say."""

from __future__ import annotations

from campaign.sentences import Sentence

CALLED = {
    "title": Sentence("Title"),
    "ask": Sentence("Sentence to sign"),
    "summary": Sentence("Summary"),
    "demands": Sentence("Demands"),
    "background": Sentence("Background"),
    "after_deadline": Sentence("After the deadline"),
    "salutation": Sentence("Salutation"),
    "body": Sentence("Letter"),
    "close": Sentence("Closing line"),
    "subject": Sentence("Subject"),
}
