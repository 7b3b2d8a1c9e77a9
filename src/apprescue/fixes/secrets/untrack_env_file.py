"""An env file with secrets is no longer kept in the repository; its names stand in the example.

Git is told to leave it out from now on. Where the file also holds values made for the browser, which builds read from
it, only the secrets' values are taken out of it. Each secret has to be replaced where it was issued: it stays in
git's history, which is not written anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.leak import Leak
from apprescue.model.patch import Edit, Gone, Safety, Todo
from apprescue.model.place import Code
from apprescue.source.env_example import named_in_example
from apprescue.source.quiet import is_env_file
from apprescue.source.rotation import rotation
from apprescue.source.secret_places import named
from apprescue.source.untracked import left_out
from apprescue.source.written_secrets import spots

_PUBLIC = re.compile(r"^(?:VITE|NEXT_PUBLIC|EXPO_PUBLIC|REACT_APP|NUXT_PUBLIC|GATSBY|VUE_APP|PUBLIC)_")


@fix("secrets/env_file_committed", title="Keep an env file out of the repository", safety=Safety.REVIEW)
def untrack_env_file(finding: Finding, app: App, leaks: tuple[Leak, ...]) -> Changes:
    """The files that go, and what to do for every secret in them."""
    for path in dict.fromkeys(p.path for p in (finding.place, *finding.related) if isinstance(p, Code)):
        if not is_env_file(path):
            continue
        own = [leak for leak in leaks if leak.place.path == path and leak.is_secret and not leak.quiet]
        names = [one.name for one in app.env_declared if one.place.path == path]
        if any(_PUBLIC.match(name) for name in names):
            yield from _emptied(app, path, own)
        else:
            yield Gone(path)
            yield from left_out(app, path)
        yield from named_in_example(app, path, names)
        yield Todo(
            f"Put the settings of {path} into your host's before you release this: it is not delivered any more."
        )
        for told in dict.fromkeys(f"Replace {named(one).rstrip(',')}. {rotation(one.provider)}" for one in own):
            yield Todo(told)


def _emptied(app: App, path: str, own: list[Leak]) -> Iterator[Edit]:
    taken: list[tuple[int, int]] = []
    for leak in sorted(own, key=lambda one: -len(one.value)):
        for start, end in spots(app.files.get(path, ""), leak):
            if all(end <= a or b <= start for a, b in taken):
                taken.append((start, end))
                yield Edit(path, start, end, "")
