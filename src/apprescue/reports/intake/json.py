"""The intake as JSON: answers, fit, risk by answers and by evidence, scorecard, hours, offer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from apprescue.model.finding import Finding
from apprescue.model.intake import Compared, Estimate, Intake, Judged, Look, Risk
from apprescue.reports.interface import Screen, flat, sound


def render(done: Intake, screen: Screen) -> str:
    """The whole intake; the screen does not matter."""
    told = {
        "name": done.name or None,
        "offer": {
            "sprint": done.offer.sprint,
            "sure": done.offer.sure,
            "reasons": list(done.offer.reasons),
            "instead": list(done.offer.instead),
        },
        "answers": dict(done.fit.answers),
        "fits": done.fit.fits,
        "closed": [one.key for one in done.fit.closed],
        "risks": [one.key for one in done.fit.risks],
        "unknown": [*(one.key for one in done.fit.unsure), *(one.key for one in done.fit.unknown)],
        "risk_by_answers": _risk(done.claimed),
        "risk_by_audit": _risk(done.shown) if done.shown else None,
        "answers_beside_audit": list(map(_compared, done.compared)),
        "readiness": list(map(_judged, done.readiness)),
        "estimate": _estimate(done.estimate, done.rate) if done.estimate else None,
        "do_yourself": [
            {"title": one.title, "steps": list(one.steps), "commands": list(one.commands)} for one in done.own
        ],
        "not_examined": list(done.unexamined),
    }
    return json.dumps(sound(told), indent=1, ensure_ascii=False) + "\n"


def _risk(risk: Risk) -> dict[str, Any]:
    reasons = [
        {"key": one.key, "words": one.words, "points": round(one.points, 2), "findings": one.number}
        for one in risk.reasons
    ]
    return {"score": risk.score, "word": risk.word, "reasons": reasons, "unknown": list(risk.unknown)}


def _compared(one: Compared) -> dict[str, Any]:
    asked = {"key": one.question.key, "question": one.question.words, "answer": one.answer}
    return {**asked, "is_risk": one.question.is_risk(one.answer), "refuted": one.refuted, **_look(one.look)}


def _judged(one: Judged) -> dict[str, Any]:
    row = one.row
    told = {"key": row.key, "check": row.check, "criterion": row.criterion, "why": row.why, "breaks": row.breaks}
    return {**told, **_look(one.look)}


def _look(look: Look) -> dict[str, Any]:
    return {"mark": look.mark, "findings": _findings(look.findings), "reasons": list(look.reasons)}


def _findings(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "key": one.key,
            "check": one.check,
            "severity": one.severity,
            "evidence": one.evidence,
            "title": one.title,
            "place": flat(one.place),
        }
        for one in findings
    ]


def _estimate(estimate: Estimate, rate: float) -> dict[str, Any]:
    work = [{"kind": one.kind, "number": one.number, "low": one.low, "high": one.high} for one in estimate.work]
    cost = dict(zip(("low", "high"), estimate.cost(rate), strict=True)) if rate else None
    return {"low": estimate.low, "high": estimate.high, "work": work, "rate": rate or None, "cost": cost}
