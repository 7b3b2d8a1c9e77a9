"""The migration by which the database's clock shows the server's key to an edge function that asks for it."""

from __future__ import annotations

from apprescue.model.app import App
from apprescue.model.patch import Edit, Todo
from apprescue.source.function_callers import planned_without_key
from apprescue.source.new_migration import new_migration
from apprescue.source.schedules import kept_key


def keyed_jobs(app: App, name: str) -> list[Edit | Todo] | None:
    """What makes the jobs that call the function of that name send the key: nothing where they do, None where the app
    keeps no migrations in which they could be planned anew."""
    planned = planned_without_key(name, app.files)
    why = f"{name} answers to the server alone: what the database's clock calls sends the server's key from now on."
    up, down = ("".join(pair[i].sql for pair in planned) for i in (1, 0))
    edits = list(new_migration(app, f"send key to {name}", why, up, down)) if planned else []
    if planned and not edits:
        return None
    said = kept_key([planned[0][1].command]) if planned else ""
    todo = Todo(
        f"Keep the service role key in the database's vault (select vault.create_secret('...', '{said}')): the jobs"
        f" that call {name} are refused without it."
    )
    return [*edits, todo] if planned else []
