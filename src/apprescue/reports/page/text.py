"""Texts of the app as texts: nothing in them is markup, nothing steers, nothing hides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from apprescue.model.place import Code, CommitPlace, Place
from apprescue.reports.interface import behind, line, named, plain


def text(words: str) -> str:
    """A text on one line, escaped."""
    return escape(line(words))


def escaped(words: str) -> str:
    """A piece of a line, escaped; spaces at its ends stay, for it stands between others."""
    return escape(re.sub(r"\s+", " ", plain(words)))


def prose(words: str) -> str:
    """A text on one line, escaped, with what stands between backticks set as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text(words))


def located(place: Place) -> str:
    """A place, and on a line of its own the file behind it."""
    at = behind(place)
    return text(named(place)) + (
        f"<small>{text(at)}</small>" if at and not isinstance(place, Code | CommitPlace) else ""
    )


def lines(words: str) -> str:
    """A text with its line breaks and indents, escaped."""
    return escape(plain(words))


def listing(items: Iterable[str]) -> str:
    """A list of items that are already escaped."""
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def folded(title: str, inside: str, opened: bool = False) -> str:
    """Something that opens with a click. Both texts are already escaped."""
    return f"<details class=more{' open' * opened}><summary>{title}</summary>{inside}</details>"


def terms(pairs: Iterable[tuple[str, str]]) -> str:
    """Headings of our own, each with a text of any origin; those without a text are left out."""
    rows = "".join(f"<dt>{heading}</dt><dd>{prose(words)}</dd>" for heading, words in pairs if words)
    return f"<dl>{rows}</dl>" if rows else ""
