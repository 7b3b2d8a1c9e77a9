"""Files of relations made as long as they would be full, without anything in them: holes take no room on disk.

To the server a page of zeros is a new one. The planner only asks how many there are; of a b-tree also how deep it is,
and at times what its first and last entries are. Therefore such a one gets one page of each level, to an empty leaf.
No page has a checksum: the server must be without them, as ours are.
"""

from __future__ import annotations

import os
import re
import struct
from itertools import count
from pathlib import Path

from apprescue.lab.binaries import PostgresError

PAGE = 8192
SEGMENT = 131_072
"""The pages of one file; what is more stands in further ones."""
PLACE = re.compile(r"base/\d+/\d+")

BTREE = struct.pack("<I", 0x053162)
DEEPEST = 8
_HEADER, _OPAQUE, _ITEM = 24, 16, 8
_LEAF, _ROOT = 1, 2


def resize(data: Path, place: str, pages: int, levels: int = 0) -> None:
    """Make the relation whose file is `place` (as `pg_relation_filepath` tells it) so many pages long. Where it is a
    b-tree, let there be so many levels above its leaves.

    Raises PostgresError where there is no such file.
    """
    if not PLACE.fullmatch(place) or not 0 <= pages < 2**32:
        raise PostgresError("This is no file of a relation.")
    try:
        _cut(data / place, pages)
        if 0 < levels <= DEEPEST and pages >= levels + 2:
            _deepen(data / place, levels)
    except OSError as error:
        raise PostgresError(f"The file of a relation could not be resized: {error}") from error


def _cut(first: Path, pages: int) -> None:
    owner = first.lstat()
    for number in count():
        file = first if number == 0 else first.with_name(f"{first.name}.{number}")
        wanted = min(max(pages - number * SEGMENT, 0), SEGMENT)
        if number and not wanted:
            if not file.exists():
                return
            file.unlink()
            continue
        opened = os.open(file, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | (os.O_CREAT if number else 0), 0o600)
        try:
            if os.geteuid() == 0:
                os.fchown(opened, owner.st_uid, owner.st_gid)
            os.ftruncate(opened, wanted * PAGE)
        finally:
            os.close(opened)


def _deepen(file: Path, levels: int) -> None:
    opened = os.open(file, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if os.pread(opened, 4, _HEADER) == BTREE:
            for number in range(levels + 1):
                os.pwrite(opened, _page(number + 1, levels - number, is_root=number == 0), (number + 1) * PAGE)
            os.pwrite(opened, struct.pack("<4I", 1, levels, 1, levels), _HEADER + 8)
    finally:
        os.close(opened)


def _page(number: int, level: int, *, is_root: bool) -> bytes:
    """The only page of a level: where it is no leaf, it leads to the page behind it."""
    flags = (0 if level else _LEAF) | (_ROOT if is_root else 0)
    end = PAGE - _OPAQUE
    items = end - _ITEM if level else end
    pointer = struct.pack("<I", items | 1 << 15 | _ITEM << 17) if level else b""
    item = struct.pack("<4H", (number + 1) >> 16, (number + 1) & 0xFFFF, 0, _ITEM | 0x2000) if level else b""
    head = struct.pack("<Q2H4HI", 0, 0, 0, _HEADER + len(pointer), items, end, PAGE | 4, 0)
    return (head + pointer).ljust(items, b"\0") + item + struct.pack("<3I2H", 0, 0, level, flags, 0)
