"""The packages that an app declares as CycloneDX 1.6, for whoever looks into the company.

They are declared, not resolved: what they need in turn is only known where they are installed, and the paper says that
it is incomplete. A version stands there only where the manifest names one; a range (`^4.1.0`) is told as it is written.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from apprescue import __version__
from apprescue.model.app import Package
from apprescue.model.sprint import Standing
from apprescue.reports.interface import line

EXACT = {
    "npm": re.compile(r"v?(\d+\.\d+\.\d+(?:[-+][\w.+-]+)?)"),
    "pypi": re.compile(r"={2,3}\s*(\d[\w.!+-]*)"),
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
OURS = uuid.UUID("5b0b9c7e-6d3f-5c0a-9e55-0d7c2f5a1e90")


def render(standing: Standing) -> str:
    """The whole bill of materials; the same packages of the same commit give the same text."""
    return json.dumps(bill(standing), indent=2, ensure_ascii=False) + "\n"


def bill(standing: Standing) -> dict[str, Any]:
    """The bill as plain values."""
    name = line(standing.name) or "app"
    components = list(_components(standing.packages))
    app = {"type": "application", "bom-ref": "app", "name": name}
    version = {"version": line(standing.commit)} if standing.commit else {}
    moment = {"timestamp": standing.began} if MOMENT.fullmatch(standing.began) else {}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(OURS, json.dumps([name, standing.commit, components]))}",
        "version": 1,
        "metadata": {
            **moment,
            "lifecycles": [{"phase": "pre-build"}],
            "tools": {"components": [{"type": "application", "name": "App Rescue", "version": __version__}]},
            "component": app | version,
        },
        "components": components,
        "dependencies": [{"ref": "app", "dependsOn": [one["bom-ref"] for one in components]}],
        "compositions": [{"aggregate": "incomplete", "assemblies": ["app"]}],
    }


def _components(packages: Iterable[Package]) -> Iterator[dict[str, Any]]:
    """Each package once for each version that a manifest asks for, with every manifest that does."""
    groups: dict[tuple[str, str, str], list[Package]] = {}
    for one in packages:
        groups.setdefault((line(one.ecosystem), line(one.name), line(one.version)), []).append(one)
    for (ecosystem, name, version), group in sorted(groups.items()):
        if not name:
            continue
        found = EXACT[ecosystem].fullmatch(version) if ecosystem in EXACT else None
        exact = found[1] if found else ""
        declared = {"properties": [{"name": "apprescue:declared", "value": version}]} if version else {}
        places = sorted({line(one.place.path) for one in group} - {""})
        seen = {"evidence": {"occurrences": [{"location": place} for place in places]}} if places else {}
        yield {
            "type": "library",
            "bom-ref": f"{ecosystem}:{name}@{version}",
            "name": name,
            **({"version": exact} if exact else {}),
            "scope": "excluded" if all(one.development for one in group) else "required",
            "purl": _purl(ecosystem, name, exact),
            **declared,
            **seen,
        }


def _purl(ecosystem: str, name: str, version: str) -> str:
    """The package's address among all (https://github.com/package-url/purl-spec)."""
    if ecosystem == "pypi":
        name = re.sub(r"[-_.]+", "-", name).lower()
    parts = "/".join(quote(part, safe="") for part in name.split("/") if part) or quote(name, safe="")
    return f"pkg:{quote(ecosystem, safe='') or 'generic'}/{parts}" + (f"@{quote(version, safe='')}" if version else "")
