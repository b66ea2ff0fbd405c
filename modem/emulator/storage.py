"""The memories of an emulated modem and the commands that read them (3GPP TS 27.005 §3.2, §4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..pdu.tpdu import Tpdu
from .replies import CMS_INVALID_INDEX, INCORRECT_PARAMETERS, CommandError, cms
from .syntax import Call

MEMORIES = ("SM", "ME", "SR")
ON_CARD = ("SM", "SR")
UNREAD, READ = 0, 1


@dataclass(slots=True)
class Stored:
    """A PDU in a slot."""

    tpdu: Tpdu
    status: int = UNREAD


@dataclass
class Storage:
    """Numbered slots (from 1) in each memory, and which memory serves which purpose."""

    slots: int
    full: bool = False
    """Scripted: takes nothing more."""
    names: tuple[str, ...] = MEMORIES
    sizes: Mapping[str, int] = field(default_factory=dict[str, int])
    """Slots of the memories that do not have ``slots``."""
    delete_flags: bool = True
    selected: list[str] = field(default_factory=lambda: ["SM", "SM", "SM"])
    """Reading and deleting; writing and sending; receiving."""
    _memories: dict[str, dict[int, Stored]] = field(
        default_factory=lambda: defaultdict[str, dict[int, Stored]](dict)
    )

    def put(self, memory: str, tpdu: Tpdu) -> int | None:
        """Store in the first free slot; its number, or None when there is none."""
        kept = self._memories[memory]
        free = next((n for n in range(1, self.size(memory) + 1) if n not in kept), None)
        if free is None or self.full:
            return None
        kept[free] = Stored(tpdu)
        return free

    def size(self, memory: str) -> int:
        """Slots of a memory."""
        return self.sizes.get(memory, self.slots)

    def new_card(self) -> None:
        """Another SIM: what the old one held went with it."""
        for name in ON_CARD:
            self._memories.pop(name, None)

    @property
    def reading(self) -> dict[int, Stored]:
        """The memory that reading and deleting address."""
        return self._memories[self.selected[0]]

    def used(self, memory: str) -> int:
        """Occupied slots."""
        return self.size(memory) if self.full else len(self._memories[memory])

    @property
    def filled(self) -> bool:
        """Whether the receiving memory takes nothing more."""
        return self.used(self.selected[2]) >= self.size(self.selected[2])


def cpms(storage: Storage, call: Call) -> list[str]:
    """``AT+CPMS``: choose the memories, tell how full they are."""
    if call.operation == "test":
        names = ",".join(f'"{name}"' for name in storage.names)
        return ["+CPMS: " + ",".join(f"({names})" for _ in range(3))]
    if call.operation == "read":
        filled = ((name, storage.used(name)) for name in storage.selected)
        return [
            "+CPMS: " + ",".join(f'"{name}",{used},{storage.size(name)}' for name, used in filled)
        ]
    chosen = [name.strip().strip('"') for name in call.argument.split(",")]
    if call.operation != "set" or len(chosen) > 3 or not set(chosen) <= set(storage.names):
        raise CommandError(INCORRECT_PARAMETERS)
    storage.selected[: len(chosen)] = chosen
    return ["+CPMS: " + ",".join(f"{storage.used(m)},{storage.size(m)}" for m in storage.selected)]


def cmgr(storage: Storage, call: Call) -> list[str]:
    """``AT+CMGR``: read one message and mark it as read."""
    stored = storage.reading.get(_number(call.argument))
    if stored is None:
        raise cms(CMS_INVALID_INDEX)
    line = f"+CMGR: {stored.status},,{stored.tpdu.length}"
    stored.status = READ
    return [line, stored.tpdu.hex]


def cmgl(storage: Storage, call: Call) -> list[str]:
    """``AT+CMGL``: list messages by status (4: all) and mark them as read."""
    if call.operation == "test":
        return ["+CMGL: (0-4)"]
    wanted = _number(call.argument or "0")
    lines: list[str] = []
    for index, stored in sorted(storage.reading.items()):
        if wanted in (stored.status, 4):
            lines += [f"+CMGL: {index},{stored.status},,{stored.tpdu.length}", stored.tpdu.hex]
            stored.status = READ
    return lines


def cmgd(storage: Storage, call: Call) -> list[str]:
    """``AT+CMGD=index[,flag]``: delete one (flag 0), the read ones (1–3) or all (4)."""
    if call.operation == "test":
        indexes = ",".join(str(index) for index in sorted(storage.reading))
        return [f"+CMGD: ({indexes})" + (",(0-4)" if storage.delete_flags else "")]
    index, comma, flag = call.argument.partition(",")
    if comma and not storage.delete_flags:
        raise CommandError(INCORRECT_PARAMETERS)
    match _number(flag or "0"):
        case 0:
            if not 1 <= _number(index) <= storage.size(storage.selected[0]):
                raise cms(CMS_INVALID_INDEX)
            storage.reading.pop(_number(index), None)
        case 1 | 2 | 3:
            read = [key for key, stored in storage.reading.items() if stored.status == READ]
            for key in read:
                del storage.reading[key]
        case 4:
            storage.reading.clear()
        case _:
            raise CommandError(INCORRECT_PARAMETERS)
    return []


def _number(text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise CommandError(INCORRECT_PARAMETERS)
    return int(text)
