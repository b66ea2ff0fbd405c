"""A real server on a free port, over a real store and the real desk."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx
import pytest
from msgspec.structs import replace

from estate_sms.api.answers import LogHead, ModemAnswer
from estate_sms.api.app import create_app
from estate_sms.api.deps import Deps, HttpSettings, Readiness
from estate_sms.api.edge import App
from estate_sms.api.server import Server
from estate_sms.api.shapes.anchors import AnchorList
from estate_sms.audit.errors import AuditError
from estate_sms.audit.vault import SubjectVault
from estate_sms.estate.blocks import Block
from estate_sms.modem.pdu import segment_count
from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.desk import Desk
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.filter import WordFilter
from estate_sms.policy.keys import Keys
from estate_sms.policy.operations import Operations
from estate_sms.policy.optouts import OptOuts
from estate_sms.policy.people import People
from estate_sms.policy.promises import Promises
from estate_sms.policy.settings import Settings
from estate_sms.policy.word_lists import WordLists
from estate_sms.queue.estimate import Capacity
from estate_sms.queue.recall import Ladder
from estate_sms.store.clock import Clock, system_clock
from estate_sms.store.events import Event, Recorder
from estate_sms.store.store import Store

NUMBER = "+8613800138000"


class Diary:
    """A recorder that keeps events, so that a test can look at them."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._open: list[Event] = []

    def seal(self, connection: sqlite3.Connection, events: Sequence[Event], now: int) -> None:
        self._open = list(events)

    def committed(self) -> None:
        self.events += self._open

    def discarded(self) -> None:
        self._open = []

    def access(self) -> list[Event]:
        return [event for event in self.events if event.kind == "access"]


class OpenStore(Protocol):
    """The fixture of that name."""

    async def __call__(
        self,
        data_dir: Path | None = None,
        make_recorder: Callable[[sqlite3.Connection], Recorder] | None = None,
        clock: Clock = system_clock,
    ) -> Store: ...


class NoHours:
    """Sending is allowed at any hour."""

    def next(self, purpose: str, at: int) -> int:
        return at


@dataclass
class Bank:
    """Two modems of which one can send."""

    modems: list[ModemAnswer] = field(
        default_factory=lambda: [
            ModemAnswer(id="A1", label="A1", state="ready", imei="350000000000017"),
            ModemAnswer(id="A2", label="A2", state="no_sim", iccid="89860012345678901234"),
        ]
    )

    async def statuses(self) -> Sequence[ModemAnswer]:
        return self.modems

    async def status(self, label: str) -> ModemAnswer | None:
        return next((modem for modem in self.modems if modem.label == label), None)

    def labels(self) -> frozenset[str]:
        return frozenset(modem.label for modem in self.modems)

    def pause(self, label: str) -> bool:
        return self._is(label, "paused")

    def resume(self, label: str) -> bool:
        return self._is(label, "ready")

    def _is(self, label: str, state: str) -> bool:
        self.modems = [replace(m, state=state) if m.label == label else m for m in self.modems]
        return label in self.labels()


@dataclass
class Log:
    """Exports a small file of its own."""

    folder: Path
    made: list[tuple[int | None, int | None, str | None]] = field(
        default_factory=list[tuple[int | None, int | None, str | None]]
    )

    async def head(self) -> LogHead:
        return LogHead(size=7, root="00" * 32, checkpoint="note")

    async def anchor(self, caller: Caller, kind: str, by: str = "") -> LogHead:
        if kind != "paper":
            raise AuditError("no witness to ask")
        return LogHead(size=8, root="00" * 32, checkpoint=by)

    async def blocks(self, limit: int) -> Sequence[Block]:
        return []

    async def block_report(self, sequence: int) -> str:
        raise PolicyError("not_found", what="stopped text")

    async def anchors(self, limit: int) -> AnchorList:
        return AnchorList(items=[], records=7, unanchored=7)

    async def export(
        self,
        caller: Caller,
        *,
        since: int | None,
        until: int | None,
        recipient: str | None,
        sealed: bool = False,
    ) -> Path:
        self.made.append((since, until, recipient))
        path = self.folder / f"export{len(self.made)}.bin"
        path.write_bytes(b"sealed" * 100)
        return path


@dataclass
class Site:
    """The running service, and clients of it."""

    server: Server
    app: App
    store: Store
    desk: Desk
    keys: Keys
    people: People
    diary: Diary
    bank: Bank
    log: Log
    vault: SubjectVault
    tokens: dict[str, str] = field(default_factory=dict[str, str])
    ready: list[str] = field(default_factory=list[str])
    sims: list[Capacity] = field(default_factory=list[Capacity])
    """The SIMs that take work."""

    @contextlib.asynccontextmanager
    async def client(self, token: str | None = None) -> AsyncGenerator[httpx.AsyncClient]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            base_url=self.server.url, headers=headers, trust_env=False, timeout=20
        ) as client:
            yield client

    async def token(self, *scopes: str, person: str | None = None) -> str:
        """A fresh key's token."""
        made = await self.keys.create(CLI, f"test {len(self.tokens)}", list(scopes), person=person)
        self.tokens[made.info.id] = made.token
        return made.token


@dataclass
class Options:
    """What a test may want different."""

    http: HttpSettings = field(default_factory=HttpSettings)
    policy: Settings = field(default_factory=Settings)


async def _metrics() -> tuple[bytes, str]:
    return b"estate_sms_in_doubt 0\n", "text/plain; version=0.0.4"


@pytest.fixture
def options() -> Options:
    return Options()


@pytest.fixture
async def site(
    open_store: OpenStore, vault: SubjectVault, tmp_path: Path, options: Options
) -> AsyncIterator[Site]:
    diary = Diary()

    def make_recorder(_: sqlite3.Connection) -> Diary:
        return diary

    store = await open_store(make_recorder=make_recorder)
    keys = Keys(store)
    people = People(store, keys)
    words = WordFilter.from_files()
    ladder = Ladder(vault, lambda imsi: True, segment_count)
    bank, log, ready = Bank(), Log(tmp_path), list[str]()
    sims = list[Capacity]()
    desk = Desk(
        store, vault, segment_count, words, NoHours(), options.policy, ladder,
        promises=Promises(store, NoHours(), lambda: sims, warm_up=0.0),
    )  # fmt: skip
    app = create_app(
        Deps(
            store=store,
            vault=vault,
            desk=desk,
            operations=Operations(store, bank, bank.labels),
            verifier=keys,
            keys=keys,
            people=people,
            opt_outs=OptOuts(store, vault, "CN"),
            modems=bank,
            capacity=lambda: sims,
            audit=log,
            render_metrics=_metrics,
            readiness=lambda: Readiness(not ready, tuple(ready)),
            settings=options.http,
            word_lists=WordLists(store, words),
        )
    )
    server = Server(app)
    await server.start()
    site = Site(
        server, app, store, desk, keys, people, diary, bank, log, vault, ready=ready, sims=sims
    )
    yield site
    await server.stop()


@pytest.fixture
async def sender(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """A client that may send and read."""
    async with site.client(await site.token("messages:send", "messages:read")) as client:
        yield client
