"""Asks a witness for its signature over the newest tree head (C2SP ``add-checkpoint``)."""

from __future__ import annotations

from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..store.store import Store
from . import notes
from .anchoring import (
    AnchorConflictError,
    AnchorError,
    Head,
    consistency,
    last_anchor,
    newest_head,
    note_anchor,
)
from .anchors import WITNESS
from .cosignature import Cosignature, WitnessKey, parse_cosignature
from .errors import FormatError
from .notes import LogKey, encode64
from .signers import LOG_SIGNER, load_signer
from .witness import SIZE_TYPE

_TIMEOUT = 10.0


def log_key(data_dir: Path, origin: str) -> tuple[Ed25519PrivateKey, LogKey]:
    """The key by which witnesses know this log; made the first time. Raises ``KeysError``."""
    signer = load_signer(data_dir / LOG_SIGNER)
    return signer, LogKey(origin, signer.public_key().public_bytes_raw())


async def ask_witness(
    store: Store, data_dir: Path, url: str, key: WitnessKey | None, actor: str = "system"
) -> notes.Checkpoint:
    """Have the newest signed tree head cosigned; its receipt is kept.

    With ``key`` only that witness's signature counts. Raises :class:`AnchorError`, also
    when the witness has seen another log under this name.
    """
    head = await store.read(newest_head)
    signer, _ = log_key(data_dir, head.checkpoint.origin)
    old, _ = await store.read(lambda c: last_anchor(c, WITNESS))
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as http:
            answer = await _ask(http, store, url, head, signer, old)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise AnchorError(f"the witness does not answer: {type(error).__name__}") from error
    line = _signature(answer, head, key)
    await store.write(
        lambda uow: note_anchor(uow, WITNESS, head.checkpoint, line.name, line.line(), actor)
    )
    return head.checkpoint


async def _ask(
    http: httpx.AsyncClient,
    store: Store,
    url: str,
    head: Head,
    signer: Ed25519PrivateKey,
    old: int,
) -> str:
    """The witness's answer; tried again from the size that it says it has seen."""
    answer = await _post(http, store, url, head, signer, old)
    seen = answer.text.strip()
    sized = answer.headers.get("content-type", "").startswith(SIZE_TYPE)
    if answer.status_code == 409 and sized and seen.isdecimal() and int(seen) != old:
        answer = await _post(http, store, url, head, signer, int(seen))
    if answer.status_code in {409, 422}:
        raise AnchorConflictError("the witness has seen another log under this one's name")
    if answer.status_code != 200:
        raise AnchorError(
            f"the witness refused: HTTP {answer.status_code} {answer.text.strip()[:200]}"
        )
    return answer.text


async def _post(
    http: httpx.AsyncClient,
    store: Store,
    url: str,
    head: Head,
    signer: Ed25519PrivateKey,
    old: int,
) -> httpx.Response:
    proof = await store.read(lambda c: consistency(c, old, head.checkpoint.size))
    lines = "".join(f"{encode64(node)}\n" for node in proof)
    body = f"old {old}\n{lines}\n{_countersigned(head, signer)}"
    return await http.post(f"{url.rstrip('/')}/add-checkpoint", content=body.encode())


def _countersigned(head: Head, signer: Ed25519PrivateKey) -> str:
    """The note with the log's lasting signature below that of the epoch."""
    own = notes.sign(head.note.text, head.checkpoint.origin, signer).decode()
    return head.text + own.rpartition("\n\n")[2]


def _signature(answer: str, head: Head, key: WitnessKey | None) -> Cosignature:
    """The signature line that counts. Raises :class:`AnchorError`."""
    for text in answer.splitlines(keepends=True):
        try:
            line = parse_cosignature(text)
        except FormatError:
            continue
        if key is None or line.holds(key, head.note.text):
            return line
    raise AnchorError("the witness's answer carries no signature of its known key")
