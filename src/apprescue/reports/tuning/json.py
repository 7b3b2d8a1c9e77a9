"""The tuning for programs: everything that was measured, as one JSON object."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, is_dataclass
from typing import Any

from apprescue import __version__
from apprescue.model.tuning import Tuned
from apprescue.reports.interface import Screen, sound


def render(tuned: Tuned, name: str, screen: Screen) -> str:
    """The whole tuning. A time that was broken off is null."""
    whole = {
        "tool": {"name": "apprescue", "version": __version__},
        "app": {"name": name},
        "common_reads": len(tuned.common),
        "fast_before": tuned.fast(after=False),
        "fast_after": tuned.fast(after=True),
        **asdict(tuned),
    }
    return json.dumps(sound(_finite(whole)), indent=2, default=_value) + "\n"


def _finite(value: Any) -> Any:
    match value:
        case float():
            return round(value, 4) if math.isfinite(value) else None
        case dict():
            return {key: _finite(one) for key, one in value.items()}
        case list() | tuple():
            return [_finite(one) for one in value]
        case _:
            return value


def _value(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
