"""Runs the hook that makes databases, topics and keys, in a process of its own: `python -m minsheng.local.prepare HOME module:function`."""

import asyncio
import inspect
import sys
from importlib import import_module
from pathlib import Path

import msgspec

from minsheng.local.state import write_private
from minsheng.local.view import Installation


def run(root: Path, hook: str) -> None:
    """The hook was called with the installation; what it returned (environment for the programs, or None) is kept for the supervisor."""
    module, _, function = hook.partition(":")
    installation = Installation(root)
    result = getattr(import_module(module), function)(installation)
    if inspect.iscoroutine(result):
        result = asyncio.run(result)
    write_private(installation.home.prepared_file, msgspec.json.encode(dict(result or {})))


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2])
