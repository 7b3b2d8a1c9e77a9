"""Which other sites may speak to the app's server from a visitor's browser."""

from __future__ import annotations

from apprescue.model.document import Chapter
from apprescue.model.sprint import Standing
from apprescue.reports.chapters.interface import reviewed

CHECKS = ("cors", "release/no_security_headers")
ABOUT = (
    "Which other sites a browser lets speak to your server in your visitor's name, and whether your own pages can. "
    "It is read from the code; the live server is not called. After the release, open your pages once and look for "
    "red lines in the browser's console."
)


def chapter(standing: Standing) -> Chapter:
    """What was found in it and how it stands."""
    return reviewed(standing, "cors", "Other sites and your server (CORS)", ABOUT, CHECKS)
