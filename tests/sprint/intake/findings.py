"""Findings of our own invention, drawn or made, for the tests of the intake."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from apprescue import checks
from apprescue.model.finding import Evidence, Finding, Impact, Severity
from apprescue.model.place import Code, CommitPlace, Place, TablePlace
from apprescue.shelf import names

SHELF = names(checks)
PLACES: tuple[Place, ...] = (Code("src/pay.ts", 3), TablePlace("public.tips"), CommitPlace("0" * 40))


def finding(check: str = "access/route_without_login", severity: Severity = Severity.HIGH, **given: Any) -> Finding:
    told: dict[str, Any] = {
        "key": f"{check}-{severity}", "impact": Impact.DATA, "evidence": Evidence.PROVEN, "place": PLACES[0],
        "title": "Anybody can read it", "detail": "Here.", "related": (), "repair": "Close it.", "prompt": "Close it.",
        "cwe": (), "owasp": (), **given,
    }  # fmt: skip
    return Finding(check=check, severity=severity, **told)


FINDINGS = st.builds(
    lambda check, severity, impact, evidence, place: finding(
        check, severity, impact=impact, evidence=evidence, place=place
    ),
    st.sampled_from(SHELF[::12]),
    st.sampled_from(Severity),
    st.sampled_from(Impact),
    st.sampled_from(Evidence),
    st.sampled_from(PLACES),
)
MANY = st.lists(FINDINGS, max_size=40)
