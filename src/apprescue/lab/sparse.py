"""Files of relations made as long as they would be full, without anything in them: holes take no room on disk.

To the server a page of zeros is a new one. The planner only asks how many there are.
"""

from __future__ import annotations

import os
import re
from itertools import count
from pathlib import Path

from apprescue.lab.binaries import PostgresError

PAGE = 8192
SEGMENT = 131_072
"""The pages of one file; what is more stands in further ones."""
PLACE = re.compile(r"base/\d+/\d+")


def resize(data: Path, place: str, pages: int) -> None:
    """Make the relation whose file is `place` (as `pg_relation_filepath` tells it) so many pages long.

    Raises PostgresError where there is no such file.
    """
    if not PLACE.fullmatch(place) or not 0 <= pages < 2**32:
        raise PostgresError("This is no file of a relation.")
    try:
        _cut(data / place, pages)
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
