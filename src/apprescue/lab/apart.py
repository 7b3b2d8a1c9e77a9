"""Runs a program of the app under audit apart: it sees the machine's programs, the app and what is installed for it,
and nothing else; it has no network and no rights, and what it writes is gone with it.

Linux lends the walls (user, mount, network and process namespaces), and the tools of util-linux build them. Where there
are none, nothing is run.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path

from apprescue.lab.command import ENVIRONMENT, CommandError, Ran, run

WALLS = ("unshare", "--user", "--map-root-user", "--net", "--mount", "--ipc", "--pid", "--fork", "--kill-child")
TOOLS = f"{ENVIRONMENT['PATH']}:/usr/sbin:/sbin"
MOST_WRITTEN = "2g"
BUILD = """
set -e
root=$1 tree=$2 inside=$3 size=$4
shift 4
shown() { mkdir -p "$root$1"; mount --rbind "$1" "$root$1"; mount -o remount,bind,ro "$root$1"; }
over() { mkdir -p "$2" "$root/over/$3/up" "$root/over/$3/work"
  mount -t overlay -o "lowerdir=$1,upperdir=$root/over/$3/up,workdir=$root/over/$3/work" none "$2"; }
mount -t tmpfs -o "size=$size,mode=755" none "$root"
mkdir "$root/tmp" "$root/proc" "$root/dev" "$root/etc" "$root/old"
for one in /usr /bin /sbin /lib /lib64 /lib32; do
  if [ -L "$one" ]; then cp -P "$one" "$root$one"; elif [ -d "$one" ]; then shown "$one"; fi
done
for one in null zero urandom random; do : > "$root/dev/$one"; mount --bind "/dev/$one" "$root/dev/$one"; done
mount -t proc none "$root/proc"
echo 'root:x:0:0::/tmp:/bin/sh' > "$root/etc/passwd"
echo '127.0.0.1 localhost' > "$root/etc/hosts"
ip link set lo up 2>/dev/null || true
while [ "$1" != -- ]; do shown "$1"; shift; done
shift
over "$tree" "$root/app" 0
number=0
while [ "$1" != -- ]; do number=$((number + 1)); over "$2" "$root/app/$1" $number; shift 2; done
shift
cd "$root"
pivot_root . old
umount -l /old
cd "/app/$inside"
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
"""


def run_apart(
    command: Sequence[str],
    tree: Path,
    inside: str,
    *,
    installed: Mapping[str, Path],
    shown: Collection[Path] = (),
    environment: Mapping[str, str],
    seconds: float,
) -> Ran:
    """Run a program in the folder `inside` of the app that stands in `tree`. `installed` are folders that stand in the
    app for it, by their path there; `shown` are folders of the machine that it may read at their own place. Raises
    CommandError where it took too long or said too much, or the walls could not be built.
    """
    kept = [part for path, folder in installed.items() for part in (path, str(folder))]
    with tempfile.TemporaryDirectory(prefix="apprescue-apart-") as root:
        given = [root, str(tree), inside or ".", MOST_WRITTEN, *map(str, shown), "--", *kept, "--", *command]
        told = {"PATH": TOOLS, "HOME": "/tmp", "TMPDIR": "/tmp", **environment}
        return run([*WALLS, "sh", "-c", BUILD, "apart", *given], environment=told, seconds=seconds)


@cache
def can_run_apart() -> bool:
    """Whether this machine can build the walls."""
    with tempfile.TemporaryDirectory(prefix="apprescue-apart-") as tree:
        try:
            ran = run_apart(["true"], Path(tree), "", installed={"in": Path(tree)}, environment={}, seconds=20)
        except CommandError:
            return False
    return ran.code == 0
