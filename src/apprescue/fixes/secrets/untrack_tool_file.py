"""A file that a tool wrote for itself, with a secret in it, is no longer kept in the repository.

For logs, and for what editors, agents and hosts keep in folders of their own: nothing of the app reads them. Git is
told to leave the file out from now on. Each secret has to be replaced where it was issued: it stays in git's history.
"""

from __future__ import annotations

import posixpath

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.leak import Leak
from apprescue.model.patch import Gone, Safety, Todo
from apprescue.source.quiet import is_tools_own
from apprescue.source.rotation import rotation
from apprescue.source.secret_places import named
from apprescue.source.untracked import left_out
from apprescue.source.written_secrets import told_by


@fix("secrets/key_in_repository", title="Keep a tool's own file out of the repository", safety=Safety.REVIEW)
def untrack_tool_file(finding: Finding, app: App, leaks: tuple[Leak, ...]) -> Changes:
    """The files that go, and what to do for every secret in them."""
    found = [one for one in told_by(finding, leaks) if is_tools_own(one.place.path)]
    for path in dict.fromkeys(one.place.path for one in found):
        name = posixpath.basename(path)
        if not any(name in text for other, text in app.files.items() if other != path and not is_tools_own(other)):
            yield Gone(path)
            yield from left_out(app, path)
            own = [one for one in found if one.place.path == path]
            for told in dict.fromkeys(f"Replace {named(one).rstrip(',')}. {rotation(one.provider)}" for one in own):
                yield Todo(told)
