"""Names that a file imports, brought into another file."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apprescue.model.patch import Edit
from apprescue.source import tree as t


@dataclass(frozen=True)
class Needed:
    """A name that a file needs from a module, as that file writes the module."""

    name: str
    module: str
    default: bool = False


def imported(name: str, path: str, top: Sequence[t.Node], into: str) -> Needed | None:
    """How a name that one file imports is imported into another; None where it does not import it plainly."""
    for node in top:
        if isinstance(node, t.Import):
            for outer, local in node.names:
                if local == name and outer in (name, "default"):
                    return Needed(name, _seen_from(node.module, path, into), outer == "default")
    return None


def _seen_from(module: str, path: str, into: str) -> str:
    """A module's name as another file writes it."""
    if not module.startswith("."):
        return module
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), module))
    seen = posixpath.relpath(target, posixpath.dirname(into) or ".")
    return seen if seen.startswith(".") else f"./{seen}"


def with_imports(path: str, text: str, top: Sequence[t.Node], needed: Sequence[Needed]) -> Iterator[Edit]:
    """The edits that import what a script does not import yet: into the braces of the same module, or below its last
    import."""
    known = {local for node in top if isinstance(node, t.Import) for _, local in node.names}
    missing = [one for one in dict.fromkeys(needed) if one.name not in known]
    code = text.encode("utf-8", "surrogatepass")
    imports = [node for node in top if isinstance(node, t.Import) and code[node.start :].startswith(b"import")]
    new: dict[str, list[str]] = {}
    for one in missing:
        if one.default:
            new.setdefault(one.module, []).insert(0, f"default as {one.name}")
        else:
            new.setdefault(one.module, []).append(one.name)
    quote = '"' if imports and b'"' in code[imports[-1].start : imports[-1].end] else "'"
    end = ";" if not imports or code[imports[-1].start : imports[-1].end].endswith(b";") else ""
    for module, names in new.items():
        same = next((n for n in imports if n.module == module and _braces(code, n) is not None), None)
        if same is not None:
            at = _braces(code, same) or 0
            yield Edit(path, at, at, "".join(f", {name}" for name in names))
            continue
        at = imports[-1].end if imports else 0
        line = f"import {{ {', '.join(names)} }} from {quote}{module}{quote}{end}"
        yield Edit(path, at, at, f"\n{line}" if imports else f"{line}\n")


def _braces(code: bytes, node: t.Import) -> int | None:
    """The byte behind the last name in an import's braces; None where it has none, or imports types alone."""
    text = code[node.start : node.end]
    closing = text.rfind(b"}")
    if closing < 0 or text.startswith(b"import type"):
        return None
    return node.start + len(text[:closing].rstrip().rstrip(b","))
