"""The unprivileged account PostgreSQL runs as when we are root, and what that account can reach."""

import os
import pwd
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minsheng.local.errors import CannotStart


@dataclass(frozen=True)
class Account:
    """An existing account of the system."""

    name: str
    uid: int
    gid: int

    @property
    def popen(self) -> Mapping[str, Any]:
        """Keywords with which `subprocess` starts a program as this account, without any other group."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> Account | None:
    """The account for PostgreSQL, which refuses to run as root; None when we are not root and may run it ourselves.

    Raises: CannotStart when we are root and no such account exists.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise CannotStart(
        "PostgreSQL does not run as root and this machine has neither an account `postgres` nor `nobody`. "
        "Start as an ordinary user, or create one: useradd --system postgres"
    )


def as_account(account: Account | None) -> Mapping[str, Any]:
    """Keywords for `subprocess`: nothing when the program runs as ourselves."""
    return account.popen if account else {}


def can_enter(folder: Path, account: Account | None) -> bool:
    """Tried, not computed: modes of all parents, access lists and read-only mounts all have a say."""
    if account is None:
        return True
    return (
        subprocess.run(
            ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], check=False, capture_output=True, cwd="/", **account.popen
        ).returncode
        == 0
    )


def hand_over(path: Path, account: Account | None) -> None:
    """The account owns the file or folder."""
    if account:
        os.chown(path, account.uid, account.gid)


def own_folder(path: Path, mode: int) -> None:
    """A folder of ours in a place that everybody can write to.

    Raises: CannotStart when it exists and belongs to someone else (it could be a trap).
    """
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    if path.stat().st_uid != os.geteuid() or path.is_symlink():
        raise CannotStart(f"{path} exists and belongs to another account. Remove it, then start again.")
