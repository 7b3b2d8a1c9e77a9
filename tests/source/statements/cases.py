"""The table of `docs/postgrest.toml`: each feature of the client libraries as a chain, and what it gives."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parents[3] / "docs/postgrest.toml"
SCHEMA = (Path(__file__).parent / "schema.sql").read_text("utf-8")
KNOWN: dict[str, Any] = {
    "me": "00000000-0000-0000-0000-00000000000a",
    "word": "jazz",
    "ids": [1, 3],
    "page": 2,
}
"""What the running app knows, for the real clients."""
NOT_SAID = object()


@dataclass(frozen=True)
class Case:
    """A feature, the chain that uses it in JavaScript and in Python (empty where that library lacks it), and its rows,
    NOT_SAID where only that it runs is held."""

    feature: str
    js: str
    py: str
    rows: Any


def _read() -> tuple[Case, ...]:
    table = tomllib.loads(TABLE.read_text("utf-8"))["case"]
    return tuple(
        Case(c["feature"], c.get("js", ""), c.get("py", ""), json.loads(c["rows"]) if "rows" in c else NOT_SAID)
        for c in table
    )


CASES = _read()
