"""What holds for every fix on the shelf."""

from __future__ import annotations

import inspect
import sys

import pytest

from apprescue import checks, fixes
from apprescue.fixes.interface import Fix, on_shelf
from apprescue.shelf import names

FIXES = on_shelf(fixes)


@pytest.mark.parametrize("fix", FIXES, ids=lambda fix: fix.name)
def test_a_fix_answers_checks_that_exist_and_says_what_it_does(fix: Fix) -> None:
    assert set(fix.answers) <= set(names(checks))
    page = inspect.getdoc(sys.modules[fix.run.__module__]) or ""
    assert len(page.split("\n\n")) >= 2
    assert fix.title[0].isupper()
    assert not fix.title.endswith(".")
    assert fix.name.rpartition("/")[2] == fix.run.__name__
