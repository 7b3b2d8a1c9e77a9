"""A way to print a document is a module with one function: `render(document)`. What all say alike stands here."""

from __future__ import annotations

from apprescue.model.document import Figure


def shown(figure: Figure) -> str:
    """A number as it reads."""
    return figure.shown or f"{figure.value:,.10g}"
