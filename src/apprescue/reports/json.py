"""The audit for programs. The contract is `docs/json.schema.json`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from apprescue import __version__
from apprescue.model.audit import Audit
from apprescue.model.finding import Finding
from apprescue.reports.interface import Screen, flat, sound


def render(audit: Audit, screen: Screen) -> str:
    """The whole audit as one JSON object."""
    return json.dumps(sound(whole(audit)), indent=2) + "\n"


def whole(audit: Audit) -> dict[str, Any]:
    """The audit as plain values."""
    return {
        "tool": {"name": "apprescue", "version": __version__},
        "app": {"name": audit.name, "commit": audit.commit or None, "stacks": list(audit.stacks)},
        "findings": [_finding(f) for f in audit.findings],
        "cleared": [{**_finding(c.finding), "why": c.why} for c in audit.cleared],
        "not_examined": [{"check": n.check, "reason": n.reason} for n in audit.not_examined],
        "crashed": [{"check": c.check, "error": c.error} for c in audit.crashed],
        "timings": {name: round(seconds, 4) for name, seconds in audit.timings.items()},
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "key": finding.key,
        "check": finding.check,
        "severity": finding.severity.value,
        "impact": finding.impact.value,
        "evidence": finding.evidence.value,
        "title": finding.title,
        "detail": finding.detail,
        "place": flat(finding.place),
        "related": [flat(p) for p in finding.related],
        "proof": asdict(finding.proof) if finding.proof else None,
        "repair": finding.repair,
        "prompt": finding.prompt,
        "cwe": list(finding.cwe),
        "owasp": list(finding.owasp),
        "suppressed": finding.suppressed or None,
    }
