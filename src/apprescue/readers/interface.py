"""What a reader is: one function that reads one aspect of one framework or library and changes nothing.

| folder | function | gives |
|---|---|---|
| `routes/` | `read(flow: Flow) -> Iterable[Endpoint]` | addresses with their middleware and handlers |
| `queries/` | `read(step: Step) -> Query or None` | the database call that a finished chain of calls is |
| `schema/` | `read(files) -> Schema` | tables, policies, functions |
| `env/` | `read(files) -> Iterable[EnvRead or EnvDeclared]` | names of the environment |
| `rest/` | `read(app, project) -> dict of App fields` | everything else |
"""

from __future__ import annotations

from types import ModuleType

from apprescue.shelf import modules


def on_shelf(shelf: ModuleType) -> list[ModuleType]:
    """The readers that stand on a shelf: modules with a function `read`."""
    return [module for module in modules(shelf) if hasattr(module, "read")]
