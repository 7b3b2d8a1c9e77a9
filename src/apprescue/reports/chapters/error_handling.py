"""What happens when something goes wrong: for the customer, and for you."""

from __future__ import annotations

from apprescue.model.document import Chapter
from apprescue.model.sprint import Standing
from apprescue.reports.chapters.interface import reviewed

CHECKS = ("running",)
ABOUT = (
    "When something goes wrong, the customer should be told so in plain words, nothing should be shown that helps a "
    "burglar, no money should move twice, and the cause should reach a log."
)


def chapter(standing: Standing) -> Chapter:
    """What was found in it and how it stands."""
    return reviewed(standing, "errors", "Errors", ABOUT, CHECKS)
