"""Texts of the app as texts: nothing in them is markup, nothing steers, nothing hides."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from apprescue.reports.interface import line, plain


def text(words: str) -> str:
    """A text on one line, escaped."""
    return escape(line(words))


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
    rows = "".join(f"<dt>{heading}</dt><dd>{text(words)}</dd>" for heading, words in pairs if words)
    return f"<dl>{rows}</dl>" if rows else ""
