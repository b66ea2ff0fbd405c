"""Writes the vectors beside it: sound exports, and one for each defect. Run it when the format changes.

    .venv/bin/python tests/assets/audit/make_vectors.py

Keys and times are made anew, so every file changes; ``expected.json`` says what a verifier must find.
"""

from __future__ import annotations

import importlib.util
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from estate_sms.audit import anchors, archive
from estate_sms.audit.anchoring import newest_head, note_anchor
from estate_sms.audit.canonical import encode
from estate_sms.audit.cosignature import Cosignature, WitnessKey, signed_message
from estate_sms.audit.keys import Keys
from estate_sms.audit.vault import SubjectVault
from estate_sms.store.events import Event, Personal
from estate_sms.store.unit import UnitOfWork

HERE = Path(__file__).parent
Box = Any
Expected = dict[str, dict[str, Any]]


def new_box() -> Box:
    source = HERE.parents[1] / "unit" / "audit" / "conftest.py"
    spec = importlib.util.spec_from_file_location("audit_box", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = Path(tempfile.mkdtemp())
    keys = Keys.load(folder)
    return module.LogBox(folder, keys, SubjectVault(keys))


def keep(name: str, path: Path, expected: Expected, outcome: str, **more: Any) -> Path:
    """Note what a verifier must say; the same file is stored once."""
    data = path.read_bytes()
    for other in HERE.glob("*.esab"):
        if other.read_bytes() == data:
            expected[name] = {"outcome": outcome, "file": other.name, **more}
            return path
    (HERE / f"{name}.esab").write_bytes(data)
    expected[name] = {"outcome": outcome, "file": f"{name}.esab", **more}
    return path


def person(box: Box) -> None:
    """A record with a personal field, and one with every kind of value."""
    uow = UnitOfWork(box.connection, box.now)
    subject = box.vault.subject(uow, "+8613800138000")
    details = {"n": -1, "yes": True, "none": None, "text": '停水,"6月"\n', "formula": "=1+1"}
    box.group(
        Event(kind="send", action="sent", personal={"to": Personal(subject, "+8613800138000")}),
        Event(
            kind="access",
            action="=look",
            actor="@key",
            object="-m1",
            reason="a, b",
            details=details,
        ),
    )


def witness(box: Box) -> tuple[str, str]:
    """Has a witness sign the newest head; its key, and another one of the same name."""
    head = newest_head(box.connection)
    found: list[str] = []
    for signer in (Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()):
        key = WitnessKey("office", signer.public_key().public_bytes_raw())
        found.append(key.text())
        if len(found) == 1:
            signature = signer.sign(signed_message(head.note.text, 1_800_000_000))
            line = Cosignature("office", key.key_id, 1_800_000_000, signature).line()
            note_anchor(
                UnitOfWork(box.connection, box.now), "witness", head.checkpoint, "office", line
            )
    return found[0], found[1]


def sound(expected: Expected) -> None:
    box = new_box()
    box.start().record(2).sign()
    person(box)
    box.sign()
    keep("valid-one-epoch", box.export(), expected, "VALID-UNANCHORED")
    box.stop().pass_time(60)
    box.start().stop().pass_time(3 * 86_400)
    box.start().record(3).sign()
    head = newest_head(box.connection)
    long = anchors.long_text(
        head.checkpoint.size, head.epoch, head.checkpoint.root, head.note.signature
    )
    short = "【翠湖物业】" + anchors.short_text(
        head.checkpoint.size, head.epoch, head.checkpoint.root
    )
    ours, other = witness(box)
    box.record(1).sign()
    path = keep("valid-three-epochs", box.export(), expected, "VALID-UNANCHORED")
    for name, options in {
        "anchored-long-sms": {"anchor": long},
        "anchored-short-sms": {"anchor": short},
        "anchored-note": {"anchor": head.text},
        "anchored-witness": {"witness": ours},
    }.items():
        keep(name, path, expected, "VALID-ANCHORED", **options)
    keep("unknown-witness", path, expected, "VALID-UNANCHORED", witness=other)
    wrong = long[:-90] + ("A" if long[-90] != "A" else "B") + long[-89:]
    keep("anchor-other-root", path, expected, "INVALID", anchor=wrong)
    beyond = anchors.short_text(head.checkpoint.size + 50, head.epoch, head.checkpoint.root)
    keep("anchor-beyond-the-end", path, expected, "INVALID", anchor=beyond)
    keep("valid-period", box.export(from_=box.now - 60_000_000), expected, "VALID-UNANCHORED")
    keep("valid-empty-period", box.export(to_=1), expected, "VALID-UNANCHORED")
    wrapped = box.export(for_=box.keys.auditor)
    keep("valid-wrapped", wrapped, expected, "VALID-UNANCHORED", auditor="auditor.key", opened=13)
    keep("valid-wrapped-unopened", wrapped, expected, "VALID-UNANCHORED", opened=0)
    sealed = box.export(for_=box.keys.auditor, sealed=True)
    keep("valid-sealed", sealed, expected, "VALID-UNANCHORED", auditor="auditor.key")
    keep("sealed-without-key", sealed, expected, "INVALID")
    keep("sealed-for-another", sealed, expected, "INVALID", auditor="other.key")
    cut = box.data_dir / "cut"
    cut.write_bytes(sealed.read_bytes()[:-700])
    keep("sealed-cut", cut, expected, "INVALID", auditor="auditor.key")
    (HERE / "auditor.key").write_bytes((box.data_dir / "auditor.key").read_bytes())
    (HERE / "other.key").write_bytes((new_box().data_dir / "auditor.key").read_bytes())


def members(path: Path) -> dict[str, bytes]:
    with path.open("rb") as file:
        found = archive.read_members(file)
        out: dict[str, bytes] = {}
        for name, member in found.items():
            file.seek(member.offset)
            out[name] = file.read(member.size)
    return out


def defects(expected: Expected) -> None:
    """Each with a manifest that fits, signed by the log's own key: the defect alone is wrong."""
    box = new_box()
    box.start().record(3).sign().stop().pass_time(60)
    box.start().record(3).pass_time(86_400).record(2).sign()
    path = keep("defects-base", box.export(), expected, "VALID-UNANCHORED")
    parts = members(path)
    lines = parts[archive.RECORDS].splitlines(keepends=True)
    signed = parts[archive.CHECKPOINTS].splitlines(keepends=True)
    keys, epochs = json.loads(parts[archive.KEYS]), json.loads(parts[archive.EPOCHS])
    rows = parts[archive.VIEW].splitlines(keepends=True)

    def put(name: str, seq: int | None, **changed: bytes) -> None:
        more = {} if seq is None else {"sequence": seq}
        keep(name, box.repack(path, **changed), expected, "INVALID", **more)

    def records(name: str, seq: int, change: Callable[[list[bytes]], object]) -> None:
        found = list(lines)
        change(found)
        put(name, seq, records=b"".join(found))

    def edit(at: int, old: bytes, new: bytes) -> Callable[[list[bytes]], None]:
        def change(found: list[bytes]) -> None:
            assert old in found[at]
            found[at] = found[at].replace(old, new, 1)

        return change

    def swap(found: list[bytes]) -> None:
        found[2], found[3] = found[3], found[2]

    records("t1-header-bit", 2, edit(2, b'"mono":1', b'"mono":3'))
    records(
        "t1-body-bit",
        2,
        edit(
            2,
            lines[2][6:14],
            lines[2][6:13] + b"A" if lines[2][13:14] != b"A" else lines[2][6:13] + b"B",
        ),
    )
    records("t2-swapped", 2, swap)
    records("t3-first-deleted", 0, lambda found: found.pop(0))
    records("t3-middle-deleted", 3, lambda found: found.pop(3))
    records("t3-last-deleted", len(lines) - 1, lambda found: found.pop())
    records("t5-repeated", 4, lambda found: found.insert(3, found[3]))
    records("t20-white-space", 2, edit(2, b'{"c":', b'{ "c":'))
    records("t20-duplicate-key", 2, edit(2, b'"tq":"none"', b'"tq":"none","tq":"none"'))
    records("t20-byte-order-mark", 2, edit(2, b"{", b"\xef\xbb\xbf{"))
    records("t20-nan", 2, edit(2, b'"v":1', b'"v":NaN'))
    records("t20-float", 2, edit(2, b'"v":1', b'"v":1.0'))
    records("t20-2-to-the-53", 2, edit(2, b'"mono":', b'"mono":9007199254740993'))
    records("t20-escape", 2, edit(2, b'"k":"s', b'"k":"\\u0073'))
    records("t8-epoch-removed", 7, lambda found: found.__delitem__(slice(7, 13)))
    put("t7-cut-at-an-epoch", None, records=b"".join(lines[: epochs[0]["last"] + 1]))
    put("t11-two-of-one-size", None, checkpoints=b"".join([*signed[:2], signed[1], *signed[2:]]))
    put(
        "closing-checkpoint-missing",
        epochs[0]["last"],
        checkpoints=b"".join(signed[:2] + signed[3:]),
    )
    put("t13-swapped-keys", 0, keys=encode([{**keys[0], "key": keys[1]["key"]}, *keys[1:]]))
    put("key-of-no-epoch", None, keys=encode([*keys, {"epoch": 99, "key": keys[0]["key"]}]))
    put("epochs-otherwise", None, epochs=encode(epochs[:-1]))
    put(
        "view-otherwise", None, view=b"".join(rows).replace(b"message.queued", b"message.failed", 1)
    )
    put("view-row-missing", None, view=b"".join(rows[:-1]))
    put("anchor-of-no-form", None, anchors=encode([1]))
    unsigned = parts[archive.RECORDS].replace(b'"k":"send"', b'"k":"sys"', 1)
    keep("manifest-unsigned", box.repack(path, signed=False, records=unsigned), expected, "INVALID")
    raw = path.read_bytes()
    for name, data in {
        "octet-missing": raw[:-1], "octet-extra": raw + b"\0", "octet-inside": raw[:700] + b" " + raw[700:],
        "padding-used": raw[:-1] + b"\1", "empty": b"", "no-export": b"hello",
    }.items():  # fmt: skip
        (box.data_dir / name).write_bytes(data)
        keep(name, box.data_dir / name, expected, "INVALID")


def forged(expected: Expected) -> None:
    """By whoever holds the box and its current keys."""
    base = new_box()
    base.three_epochs(2)
    rows = base.rows()
    rows[2] = (rows[2][0], rows[2][1].replace(b"m3", b"m4"))
    sizes = [
        size for (size,) in base.connection.execute("SELECT size FROM audit_checkpoint") if size > 2
    ]
    base.rewrite(rows).resign(sizes, 3)
    keep("t9-signed-with-a-newer-key", base.export(), expected, "INVALID", sequence=min(sizes) - 1)
    box = new_box()
    box.start().record(6).sign()
    rows = box.rows()
    broken = [*rows[:5], ({**rows[5][0], "prev": rows[4][0]["prev"]}, rows[5][1]), *rows[6:]]
    box.rewrite(broken, chain=False).resign([len(rows)], 1)
    keep("t10-chain-broken-tree-right", box.export(), expected, "INVALID", sequence=5)


def main() -> None:
    for old in HERE.glob("*.esab"):
        old.unlink()
    expected: Expected = {}
    for make in (sound, defects, forged):
        make(expected)
    (HERE / "expected.json").write_text(
        json.dumps(expected, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
