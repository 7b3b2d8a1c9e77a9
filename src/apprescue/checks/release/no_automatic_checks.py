"""Nothing checks a change before your customers get it.

What we look at: tests in the repository, and a workflow that runs them (GitHub Actions, GitLab CI, CircleCI and the
like).

Why it matters: every change, also one by an AI builder, can break signing up or paying, and customers are the first to
notice.

How to repair: add tests for sign-up, login, payment and the main screen, and a workflow that runs them with the type
check and the build on every change.

When it is fine: the host runs the tests before each deployment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code, Setting

_WORKFLOW = re.compile(
    r"^\.github/workflows/|^\.gitlab-ci\.yml$|^\.circleci/|^azure-pipelines|^bitbucket-pipelines|^Jenkinsfile$"
)
_TEST = re.compile(r"\.(?:test|spec)\.\w+$|(?:^|/)(?:test_[^/]*\.py|[^/]*_test\.py|__tests__/|e2e/|cypress/|tests?/)")


@check(
    severity=Severity.LOW,
    impact=Impact.BLINDNESS,
    cwe=("CWE-1053",),
    owasp=("A08:2025",),
)
def no_automatic_checks(app: App) -> Iterator[Seen]:
    """One sighting for the app."""
    missing = []
    if not any(_TEST.search(path) for path in app.files):
        missing.append("no tests")
    if not any(_WORKFLOW.search(path) for path in app.files):
        missing.append("no workflow that runs them")
    if missing:
        manifest = next(
            (name for name in ("package.json", "pyproject.toml", "requirements.txt") if name in app.files), ""
        )
        place = Code(manifest, _line(app.files[manifest])) if manifest else None
        yield Seen(Setting("automatic checks", place), f"The repository holds {' and '.join(missing)}.")


def _line(manifest: str) -> int:
    """Where a manifest lists its scripts."""
    at = manifest.find('"scripts"')
    return manifest.count("\n", 0, at) + 1 if at >= 0 else 1
