"""What the owner runs and clicks to release it, in order. We run nothing of it: no live service is touched."""

from __future__ import annotations

from apprescue import hosts
from apprescue.hosts.interface import recognised
from apprescue.model.app import App
from apprescue.model.sprint import EnvName, Stage
from apprescue.source.stored import stored
from apprescue.sprint.run import read_folder, safe
from apprescue.sprint.steps.interface import Came, Doing, Told, Work


def step(work: Work) -> Doing:
    """Read the branch once more: its hosts, its names of the environment, its packages."""
    with work.branch() as branch:
        known = read_folder(branch.root)
        found, _ = safe(known, recognised(hosts, known.app), work.tell)
        packages, _ = safe(known, known.app.packages)
    yield Told("hosts", {"hosts": stored(found)})
    yield from (Told("env", {"env": stored(one)}, one.name) for one in _names(known.app))
    yield Told("packages", {"packages": stored(packages)})
    if not found:
        return Came(stage=Stage.LEFT_OUT, reason="No file says where the app is deployed to.")
    return Came(f"The steps for {', '.join(one.name for one in found)}, for you to run")


def _names(app: App) -> list[EnvName]:
    sides: dict[str, set[str]] = {one.name: set() for one in app.env_declared}
    for read in app.env_reads:
        sides.setdefault(read.name, set()).add(read.side)
    listed = {one.name for one in app.env_declared if "example" in one.place.path or "sample" in one.place.path}
    return [EnvName(name, tuple(sorted(sides[name])), name in listed) for name in sorted(sides)]
