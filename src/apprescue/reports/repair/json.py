"""A run of repairs as JSON: every finding with its state, patch and proof."""

from __future__ import annotations

import json
from typing import Any

from apprescue.model.repair import Repair, Repaired
from apprescue.reports.interface import Screen, flat, sound


def render(done: Repaired, screen: Screen) -> str:
    """The whole run; the screen does not matter."""
    told = {
        "name": done.name,
        "branch": done.branch,
        "base": done.base,
        "earlier": done.earlier,
        "seconds": round(done.seconds, 1),
        "notes": done.notes,
        "repairs": [_repair(one) for one in done.repairs],
    }
    return json.dumps(sound(told), indent=1, ensure_ascii=False) + "\n"


def _repair(one: Repair) -> dict[str, Any]:
    finding, patch = one.finding, one.patch
    return {
        "key": finding.key,
        "check": finding.check,
        "severity": finding.severity,
        "evidence": finding.evidence,
        "title": finding.title,
        "place": flat(finding.place),
        "state": one.state,
        "reason": one.reason,
        "fix": patch.fix if patch else None,
        "safety": patch.safety if patch else None,
        "commit": one.commit or None,
        "lines": one.lines,
        "cells": one.cells,
        "test": one.test or None,
        "proof_before": one.before.observed if one.before else None,
        "proof_after": one.after or None,
        "todo": patch.todo if patch else [],
        "difference": one.difference,
        "prompt": finding.prompt,
        "seconds": round(one.seconds, 1),
    }
