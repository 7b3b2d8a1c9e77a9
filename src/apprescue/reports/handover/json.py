"""A sprint for programs: how everything stands, as the ledger has it. The access matrices are not in it."""

from __future__ import annotations

import json
from dataclasses import replace

from apprescue import __version__
from apprescue.model.sprint import Standing
from apprescue.reports.interface import sound
from apprescue.source.stored import stored


def render(standing: Standing) -> str:
    """The whole sprint as one JSON object."""
    told = stored(replace(standing, audit=None, access_before=None, access_after=None, rows={}))
    return json.dumps(sound({"tool": {"name": "apprescue", "version": __version__}, "sprint": told}), indent=2) + "\n"
