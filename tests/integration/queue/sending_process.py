"""A gateway's sending half as a process of its own, to be killed: store, log, dispatcher, real bank.

``python sending_process.py DATA_DIR MESSAGES PORT…``. Accepts MESSAGES notices on its first start,
sends until nothing waits, then stops and ends with 0.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from estate_sms.audit.keys import Keys
from estate_sms.audit.log import AuditLog
from estate_sms.audit.vault import SubjectVault
from estate_sms.modem.bank import Bank
from estate_sms.modem.config import ModemConfig
from estate_sms.modem.listener import ModemReady, SeenInbound, SeenReport
from estate_sms.modem.state import ModemStatus
from estate_sms.queue.dispatch import Dispatcher
from estate_sms.queue.drafts import NewBatch, NewMessage
from estate_sms.queue.intake import accept
from estate_sms.queue.priorities import Priority
from estate_sms.queue.transmitter import PartResult
from estate_sms.store.clock import system_clock
from estate_sms.store.store import Store

ZONE = ZoneInfo("Asia/Shanghai")
TEXT = "停水通知：" + "今晚八点至明早六点停水。" * 6
WAITING = "SELECT count(*) FROM message WHERE state IN ('scheduled', 'queued', 'submitting')"


class Listener:
    """Passes modems on; reports are none of this test's business."""

    dispatcher: Dispatcher

    def modem_ready(self, ready: ModemReady) -> None:
        self.dispatcher.modem_ready(ready.label, ready.imsi, ready.can_command)

    def modem_lost(self, label: str, reason: str) -> None:
        self.dispatcher.modem_lost(label)

    def modem_changed(self, status: ModemStatus) -> None: ...
    def late_reference(self, attempt: int, tp_mr: int) -> None: ...
    async def status_report(self, report: SeenReport) -> None: ...
    async def inbound(self, inbound: SeenInbound) -> None: ...


async def main(data_dir: Path, messages: int, ports: list[str]) -> None:
    keys = Keys.load(data_dir)
    vault = SubjectVault(keys)
    store = await Store.open(
        data_dir, lambda c: AuditLog.load(c, keys, system_clock, vault=vault, timezone=ZONE)
    )
    listener = Listener()
    modems = [ModemConfig(port=port, label=f"A{i}") for i, port in enumerate(ports)]
    bank = Bank(modems, listener, PartResult)
    dispatcher = listener.dispatcher = Dispatcher(store, vault, bank, data_dir)
    recovered = await dispatcher.start()
    print(recovered, flush=True)
    new = NewBatch(
        messages=[NewMessage(number=f"+861380013{8000 + n:04d}") for n in range(messages)],
        text=TEXT,
        segments=bank.segments(TEXT),
        purpose="service",
        priority=Priority.NORMAL,
        submitter="cli",
    )
    if not await _first(store, "SELECT count(*) FROM batch"):
        await store.write(lambda uow: accept(uow, vault, new))
    await bank.start()
    while await _first(store, WAITING):
        await store.wait_fed(0.1)
    await dispatcher.stop()
    await bank.stop()
    await store.close()


async def _first(store: Store, sql: str) -> int:
    return await store.read(lambda c: int(c.execute(sql).fetchone()[0]))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
