"""What the app does with what people, providers and models send it."""

from __future__ import annotations

from apprescue.model.document import Chapter
from apprescue.model.sprint import Standing
from apprescue.reports.chapters.interface import reviewed

CHECKS = ("input", "ai", "access/amount_from_client", "access/identity_from_body", "access/role_from_body")
ABOUT = (
    "Nothing that comes from outside is true because it was sent: not an amount, not an address, not a webhook, not "
    "an answer of a language model. What is looked at is each way from there into a query, a file, a payment or a "
    "page."
)


def chapter(standing: Standing) -> Chapter:
    """What was found in it and how it stands."""
    return reviewed(standing, "input", "Input validation", ABOUT, CHECKS)
