"""What Prisma's relations are called in the code."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apprescue.source.owner_path import same_name

_MODEL = re.compile(r"(?ms)^model\s+(\w+)\s*\{(.*?)^\}")
_MAPPED = re.compile(r"@@map\(\s*\"(\w+)\"")


def relation_of(files: Mapping[str, str], table: str, column: str) -> str:
    """The field by which a model names the row that one of its columns points at; empty where there is none."""
    for path, text in files.items():
        if path.endswith(".prisma"):
            for model in _MODEL.finditer(text):
                mapped = _MAPPED.search(model[2])
                if same_name(model[1], table) or (mapped and mapped[1] == table):
                    field = re.search(rf"(?m)^\s*(\w+)\s+\w+\??\s.*@relation\([^)\n]*fields:\s*\[{column}\]", model[2])
                    return field[1] if field else ""
    return ""
