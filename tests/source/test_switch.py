"""A switch is a chain of tests; the `break` that ends a case is not a way out of the function."""

from apprescue.source.flow import Flow
from apprescue.source.project import Project

CODE = """
export async function list(kind) {
  let q = db.from("a");
  switch (kind) {
    case "x": { q = first(q); break; }
    case "y": q = second(q); break;
    default: break;
  }
  third(q);
}
"""


def test_what_stands_behind_a_switch_is_reached():
    project = Project({"a.js": CODE})
    module = project.module("a.js")
    assert module is not None
    names = [s.name for s in Flow(project).run_module(module, "server").steps]
    assert names == ["db.from", "first", "second", "third"]
