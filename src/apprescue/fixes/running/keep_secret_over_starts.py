"""A secret that signs logins is read from the environment alone, and is not made up anew at each start.

What a random generator stood in for is asked for by name when the app starts. A secret of another form is left.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Safety, Todo
from apprescue.model.place import Code
from apprescue.source import tree as t
from apprescue.source.env_example import asked_for
from apprescue.source.held_settings import setting
from apprescue.source.javascript import parse
from apprescue.source.missing_setting import refused_without
from apprescue.source.syntax import SCRIPTS


@fix("running/secret_made_at_start", title="Stop without the secret instead of making one up", safety=Safety.REVIEW)
def keep_secret_over_starts(finding: Finding, app: App) -> Changes:
    """The stand-ins of the finding's places, in JavaScript and TypeScript."""
    names: list[str] = []
    places = [p for p in (finding.place, *finding.related) if isinstance(p, Code) and p.path.endswith(SCRIPTS)]
    for path in dict.fromkeys(p.path for p in places):
        tops = parse(app.files.get(path, ""), jsx=not path.endswith(".ts"))
        lines = {p.line for p in places if p.path == path}
        spots = [
            (node.right, setting(node.left))
            for top in tops
            for node in top.walk()
            if isinstance(node, t.Binary) and node.op in ("||", "??") and node.line in lines
            if setting(node.left) and not isinstance(node.right, t.Literal)
        ]
        names += [name for _, name in spots if name not in names]
        yield from refused_without(app, path, spots)
    if names:
        yield from asked_for(app, places[0].path, names, "Secrets of your own: openssl rand -hex 32")
        yield Todo(
            f"Set {', '.join(names)} on every host before you release this (a random text of 32 bytes:"
            " `openssl rand -hex 32`): without it the server refuses to work."
        )
