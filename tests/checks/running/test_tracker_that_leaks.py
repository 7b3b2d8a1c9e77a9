"""Trackers that carry secrets away."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/tracker_that_leaks"


def found(options: str) -> list[str]:
    code = f'import * as Sentry from "@sentry/node"; Sentry.init({options});'
    return [f.severity for f in audit_files({"server/sentry.ts": code}, only=NAME)]


def test_no_filter() -> None:
    assert found("{ dsn: process.env.SENTRY_DSN }") == ["low"]


def test_told_to_send_people() -> None:
    assert found("{ dsn: process.env.SENTRY_DSN, sendDefaultPii: true }") == ["medium"]


def test_a_filter() -> None:
    assert found("{ dsn: process.env.SENTRY_DSN, beforeSend: (event) => clean(event) }") == []


def test_options_from_elsewhere_say_nothing() -> None:
    assert found("{ dsn: process.env.SENTRY_DSN, ...shared }") == []
