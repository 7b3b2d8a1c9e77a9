"""What the tests of queries share: the queries of an app from texts in memory."""

from textwrap import dedent

from apprescue.model.app import Query
from apprescue.readers import queries
from apprescue.readers.interface import on_shelf
from apprescue.source.flow import Flow
from apprescue.source.project import Project


def queries_in(text: str, path: str = "src/a.ts", **others: str) -> list[Query]:
    """The queries of one file, in the order of their lines. `others` are more files, by name without ending."""
    ending = path.rpartition(".")[2]
    folder = path.rpartition("/")[0] + "/" if "/" in path else ""
    files = {path: dedent(text), **{f"{folder}{name}.{ending}": dedent(t) for name, t in others.items()}}
    project = Project(files)
    module = project.module(path)
    assert module is not None
    found: dict[int, Query] = {}
    for step in Flow(project).run_module(module, "server").steps:
        if not step.continued:
            for reader in on_shelf(queries):
                query = reader.read(step)
                if query is not None:
                    found.setdefault(id(query.step), query)
                    break
    return sorted(found.values(), key=lambda q: (q.place.path, q.place.line))


def told(query: Query) -> str:
    """A query in one line: operation, table, filters."""
    return " ".join([query.operation, query.table, *(f"{f.column}.{f.operator}" for f in query.filters)])
