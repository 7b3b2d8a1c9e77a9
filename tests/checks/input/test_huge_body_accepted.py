"""Bodies without a sensible end."""

from __future__ import annotations

import pytest

from tests.samples import express
from tests.support import audit_files

NAME = "input/huge_body_accepted"


def found(line: str) -> list[str]:
    return [finding.severity for finding in audit_files(express(line), only=NAME)]


@pytest.mark.parametrize("limit", ["50mb", "100MB", "1gb"])
def test_a_limit_that_is_none(limit: str) -> None:
    assert found(f'app.use(express.json({{ limit: "{limit}" }}));') == ["medium"]


@pytest.mark.parametrize("options", ["", '{ limit: "2mb" }', '{ limit: "100kb" }', '{ type: "50mb" }'])
def test_look_alikes(options: str) -> None:
    assert not found(f"app.use(express.json({options}));")
