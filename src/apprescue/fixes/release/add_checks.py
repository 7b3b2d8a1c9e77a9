"""Every change is checked before customers get it: a workflow for GitHub from the scripts that the app has.

It checks the types, runs the tests and builds the pages, as far as there are scripts for it that touch no database and
publish nothing. Pages that are built but have no test get one that needs no new package: what is built can be opened,
and holds no secret of the server. Where nothing can be run, or nothing would be tested, it is left.
"""

from __future__ import annotations

from posixpath import join

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety, Todo
from apprescue.source.workflow import Checked, checked, workflow
from apprescue.source.written import written

_FILE = ".github/workflows/checks.yml"
_TEST = "tests/build.test.mjs"


@fix("release/no_automatic_checks", title="Check every change before customers get it", safety=Safety.SAFE)
def add_checks(finding: Finding, app: App) -> Changes:
    """The workflow, and a test of what is built where there is no test."""
    parts = list(checked(app))
    if not parts or "no workflow" not in finding.detail or _FILE in app.files:
        return
    untested = [one for one in parts if one.builds_pages] if "no tests" in finding.detail else []
    if "no tests" in finding.detail and not untested:
        return
    yield Edit(_FILE, 0, 0, workflow([(one, _more(one, untested)) for one in parts]))
    for one in untested:
        yield Edit(join(one.folder, _TEST), 0, 0, written("build.test", "js").replace("%OUT%", one.out))
    yield Todo(
        "On GitHub, under Settings, Branches, ask for this check before anything is merged into your main branch."
    )


def _more(part: Checked, untested: list[Checked]) -> tuple[str, ...]:
    return (f"node --test {_TEST}",) if part in untested else ()
