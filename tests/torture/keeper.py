"""Keeps the processes of the run: started again whenever they end, as the supervisor of an installation does; killed, frozen and armed."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess

from tests.faults.waiting import until
from tests.torture.life import live
from tests.torture.points import arm_file, noted
from tests.torture.world import World

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.torture.life"])


@dataclass
class Kept:
    """One process. lives: how often it was started; codes: how its lives ended."""

    name: str
    role: str
    wanted: bool = True
    process: ForkServerProcess | None = None
    lives: int = 0
    codes: list[int] = field(default_factory=list)
    more: tuple[str, ...] = ()

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.exitcode is None else None


class Keeper:
    """All processes of one run by name."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.kept: dict[str, Kept] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def start(self, role: str, *names: str, more: tuple[str, ...] = ()) -> None:
        """They are up. more: further arguments of theirs."""
        for name in names:
            self.kept[name] = Kept(name, role, more=more)
            self._tasks[name] = asyncio.create_task(self._keep(self.kept[name]))
        for name in names:
            await self.is_up(name, 1)

    async def _keep(self, one: Kept) -> None:
        world_file, output = str(self.world.inside("world.json")), str(self.world.inside("output", one.name))
        while one.wanted:
            one.process = _forks.Process(target=live, args=(os.getpid(), one.role, one.name, world_file, output, *one.more))
            one.process.start()
            one.lives += 1
            one.codes.append(await _end_of(one.process))
            await asyncio.sleep(0.05)

    async def is_up(self, name: str, life: int, seconds: float = 60) -> None:
        """That life of the process has said that it is up."""

        async def said() -> bool:
            return noted(self.world, name).count("up") >= life

        await until(said, f"{name} is up for the {life}th time", seconds)

    def send(self, name: str, number: signal.Signals) -> bool:
        """False when it does not run at the moment."""
        one = self.kept[name]
        pid = one.pid
        if pid is None:
            return False
        os.kill(pid, number)
        return True

    async def dies_at(self, name: str, point: str, seconds: float = 60) -> None:
        """Armed with the point it reached it, killed itself and is up again. Raises TimeoutError when it never got there."""
        before = len(noted(self.world, name))
        life = await self.arm(name, point)

        async def dead() -> bool:
            return point in noted(self.world, name)[before:] and len(self.kept[name].codes) >= life

        await until(dead, f"{name} dies at {point}", seconds)
        assert self.kept[name].codes[life - 1] == -signal.SIGKILL, f"{name} did not die at {point}"
        await self.is_up(name, life + 1)

    async def cuts_at(self, name: str, point: str, seconds: float = 60) -> None:
        """Armed with the point it lost its connections there."""
        before = len(noted(self.world, name))
        await self.arm(name, point)

        async def done() -> bool:
            return point in noted(self.world, name)[before:]

        await until(done, f"{name} loses its connections at {point}", seconds)

    async def arm(self, name: str, point: str) -> int:
        """The running process knows its point. Returns which of its lives that is."""
        one = self.kept[name]

        async def runs() -> bool:
            return one.pid is not None and noted(self.world, name).count("up") >= one.lives

        await until(runs, f"{name} runs", 60)
        arm_file(self.world, name).write_text(point)
        self.send(name, signal.SIGUSR1)
        return one.lives

    async def stop(self, *names: str, seconds: float = 120) -> None:
        """They ended in order."""
        for name in names:
            self.kept[name].wanted = False
            self.send(name, signal.SIGCONT)
            self.send(name, signal.SIGTERM)
        waited = [self._tasks[name] for name in names]
        done, late = await asyncio.wait(waited, timeout=seconds) if waited else (set(), set())
        for name in names:
            if self._tasks[name] in late:
                self.send(name, signal.SIGKILL)
        for task in done:
            task.result()
        if late:
            raise TimeoutError(f"{len(late)} of {names} did not end within {seconds:.0f} s")

    async def kill_all(self) -> None:
        """Nothing is left running."""
        for name, one in self.kept.items():
            one.wanted = False
            self.send(name, signal.SIGKILL)
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def restarts(self) -> dict[str, int]:
        """How often each was started again."""
        return {name: one.lives - 1 for name, one in self.kept.items() if one.lives > 1}


async def _end_of(process: ForkServerProcess) -> int:
    """Its exit code, once it has ended (the number of the signal that killed it, negative)."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(process.sentinel, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(process.sentinel)
    process.join()
    assert process.exitcode is not None
    return process.exitcode
