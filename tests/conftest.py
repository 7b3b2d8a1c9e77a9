"""Fixtures for every test."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apprescue.model.finding import Finding
from tests import support


@pytest.fixture
def audit_files() -> Callable[..., list[Finding]]:
    """`audit_files({path: text}, only="risk/name")`: what one check finds in an app made of these texts."""
    return support.audit_files


def pytest_sessionfinish() -> None:
    """Leave no server behind."""
    support.close_laboratory()
