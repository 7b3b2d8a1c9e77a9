"""Cents that get lost."""

from __future__ import annotations

import pytest

from tests.samples import express
from tests.support import audit_files

NAME = "input/money_as_float"


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


@pytest.mark.parametrize("line", ["parseInt(order.total * 100)", "Math.floor(price * 100)"])
def test_cents_are_cut_off(line: str) -> None:
    assert found(express(f"const cents = {line};")) == ["low"]


def test_python_cuts_too() -> None:
    assert found({"pay.py": "cents = int(amount * 100)\n", "requirements.txt": "flask"}) == ["low"]


def test_a_floating_column() -> None:
    sql = "create table public.orders (id uuid primary key, total double precision);"
    assert found({"supabase/migrations/1.sql": sql}) == ["low"]


@pytest.mark.parametrize("line", ["Math.round(price * 100)", "parseInt(progress * 100)", "Math.floor(price * 2)"])
def test_look_alikes(line: str) -> None:
    assert not found(express(f"const cents = {line};"))


def test_numeric_columns_and_floating_scores() -> None:
    sql = "create table public.orders (id uuid primary key, total numeric(10, 2), score double precision);"
    assert not found({"supabase/migrations/1.sql": sql})
