"""Rights that a form takes from the request."""

from __future__ import annotations

import pytest

from tests.checks.access.test_rights_left_writable import APP
from tests.fixes.support import repaired

NAME = "access/refuse_rights"
ROLES = "class Roles(models.TextChoices):\n    BUYER = 'buyer', 'Buyer'\n    ADMIN = 'admin', 'Admin'\n\n"
MODELS = ROLES.join(["from django.db import models\n", ""]) + (
    "class Member(models.Model):\n"
    "    name = models.CharField(max_length=80)\n"
    "    role = models.CharField(max_length=20, choices=Roles.choices)\n"
    "    balance = models.DecimalField(max_digits=9, decimal_places=2)\n"
)
PATH = "shop/serializers.py"


def test_a_role_for_admins_cannot_be_chosen() -> None:
    after = repaired(NAME, {**APP, "shop/models.py": MODELS})
    assert not after.left
    assert (
        '            fields = ["name", "role"]\n'.replace("            ", "        ")
        + '\n    def validate_role(self, value):\n        if value in ("admin",) and value != getattr(self.instance,'
        in after.files[PATH]
    )


def test_a_balance_is_read_only() -> None:
    files = {**APP, PATH: APP[PATH].replace('"name", "role"', '"name"').replace("read_only_fields", "extra")}
    after = repaired(NAME, files)
    assert not after.left
    assert 'fields = ["name", "balance"]\n        read_only_fields = ["balance"]\n' in after.files[PATH]


@pytest.mark.parametrize("models", [APP["shop/models.py"], MODELS.replace("ADMIN = 'admin'", "OWNER = 'owner'")])
def test_roles_that_are_not_listed_or_may_be_meant_to_be_chosen_are_left(models: str) -> None:
    assert not repaired(NAME, {**APP, "shop/models.py": models}).patches
