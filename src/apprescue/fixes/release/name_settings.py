"""Every setting that the code needs stands in an example of the settings, without its value.

The names are put at the end of the nearest `.env.example` (or its like), or into a new one beside the manifest; git
is told to keep that file where it leaves out all env files. Values are never written.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import EnvPlace
from apprescue.source.env_example import example_of, named_in_example


@fix("release/env_name_undeclared", title="Name the settings that the code needs", safety=Safety.SAFE)
def name_settings(finding: Finding, app: App) -> Changes:
    """One addition to each example that the code's folders have."""
    return tuple(_edits(finding, app))


def _edits(finding: Finding, app: App) -> Iterator[Edit]:
    homes: dict[str, list[EnvPlace]] = {}
    for place in (finding.place, *finding.related):
        if isinstance(place, EnvPlace) and place.at is not None:
            homes.setdefault(example_of(app, place.at.path), []).append(place)
    shown: set[Edit] = set()
    for places in homes.values():
        path = places[0].at.path if places[0].at else ""
        for edit in named_in_example(app, path, [place.env for place in places]):
            if edit not in shown:
                shown.add(edit)
                yield edit
