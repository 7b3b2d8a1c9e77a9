"""The bill of materials, against the schema that CycloneDX's own library holds."""

from __future__ import annotations

import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from apprescue.model.app import Package
from apprescue.model.place import Code
from apprescue.model.sprint import Standing
from apprescue.reports.sbom import cyclonedx
from apprescue.sprint.days import RESCUE
from tests.reports.chapters import done

PACKAGES = (
    Package("hono", "^4.1.0", "npm", Code("package.json", 3)),
    Package("hono", "^4.1.0", "npm", Code("server/package.json", 9)),
    Package("@supabase/supabase-js", "2.49.1", "npm", Code("package.json", 4)),
    Package("vitest", "~2.1.0", "npm", Code("package.json", 9), development=True),
    Package("Flask_Login", "==0.6.3", "pypi", Code("requirements.txt", 1)),
    Package("django", ">=5,<6", "pypi", Code("requirements.txt", 2)),
    Package("odd", "git+https://example.com/a.git", "npm", Code("package.json", 12)),
    Package('evil\x1b[2J/../"</script>\udc80', "1.0.0 && x", "npm", Code("a\u202e.json", 1)),
    Package("", "1.0.0", "npm", Code("package.json", 1)),
)
STANDING = Standing("tea\x07house", RESCUE, "0f1e2d", began="2026-01-31T09:00:00.000+00:00", packages=PACKAGES)


@pytest.mark.parametrize("standing", [STANDING, Standing("", RESCUE), done.standing()], ids=["odd", "empty", "full"])
def test_it_keeps_to_the_schema(standing: Standing) -> None:
    text = cyclonedx.render(standing)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    text.encode("utf-8")
    assert "\x1b" not in text


def test_the_validator_would_notice() -> None:
    broken = cyclonedx.bill(STANDING) | {"bomFormat": "Other"}
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(broken)) is not None


def test_a_version_stands_only_where_one_is_named() -> None:
    told = {one["name"]: one for one in cyclonedx.bill(STANDING)["components"]}
    assert told["@supabase/supabase-js"]["version"] == "2.49.1"
    assert told["@supabase/supabase-js"]["purl"] == "pkg:npm/%40supabase/supabase-js@2.49.1"
    assert told["Flask_Login"]["purl"] == "pkg:pypi/flask-login@0.6.3"
    for name in ("hono", "django", "odd", "vitest"):
        assert "version" not in told[name]
        assert "@" not in told[name]["purl"]
    assert told["hono"]["properties"] == [{"name": "apprescue:declared", "value": "^4.1.0"}]
    assert [one["location"] for one in told["hono"]["evidence"]["occurrences"]] == [
        "package.json",
        "server/package.json",
    ]
    assert (told["vitest"]["scope"], told["hono"]["scope"]) == ("excluded", "required")


def test_every_package_address_can_be_read() -> None:
    for one in cyclonedx.bill(STANDING)["components"]:
        assert PackageURL.from_string(one["purl"]).type in ("npm", "pypi")


def test_it_says_that_it_is_incomplete_and_who_needs_what() -> None:
    bill = cyclonedx.bill(STANDING)
    refs = [one["bom-ref"] for one in bill["components"]]
    assert len(set(refs)) == len(refs) == 7
    assert bill["dependencies"] == [{"ref": "app", "dependsOn": refs}]
    assert bill["compositions"] == [{"aggregate": "incomplete", "assemblies": ["app"]}]


def test_the_same_packages_give_the_same_text() -> None:
    turned = Standing("tea\x07house", RESCUE, "0f1e2d", began=STANDING.began, packages=PACKAGES[::-1])
    assert cyclonedx.render(turned) == cyclonedx.render(STANDING)
