"""The Merkle tree over the log's leaves (RFC 9162 section 2.1), kept as a compact range.

A tree of *n* leaves is at most 64 hashes: the roots of its perfect subtrees, largest first. Leaf
hashes are made elsewhere (:func:`.sealing.leaf_hash`); this module only joins them.
"""

from __future__ import annotations

import hashlib

from .errors import FormatError

HASH = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
_sha256 = hashlib.sha256


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return _sha256(b"\x01" + left + right).digest()


class CompactRange:
    """The tree's state after ``size`` leaves."""

    __slots__ = ("nodes", "size")

    def __init__(self, size: int = 0, nodes: list[bytes] | None = None) -> None:
        self.size = size
        self.nodes: list[bytes] = [] if nodes is None else nodes

    @classmethod
    def decode(cls, size: int, data: bytes) -> CompactRange:
        """From :meth:`encode`. Raises :class:`FormatError` when the length does not fit."""
        if size < 0 or len(data) != HASH * size.bit_count():
            msg = f"{len(data)} octets are no compact range of {size} leaves"
            raise FormatError(msg)
        return cls(size, [data[i : i + HASH] for i in range(0, len(data), HASH)])

    def encode(self) -> bytes:
        """The subtree roots, largest first."""
        return b"".join(self.nodes)

    def copy(self) -> CompactRange:
        """The same state, independent of later leaves."""
        return CompactRange(self.size, self.nodes.copy())

    def append(self, leaf: bytes) -> None:
        """Add the next leaf's hash."""
        nodes, size = self.nodes, self.size
        while size & 1:
            leaf = _sha256(b"\x01" + nodes.pop() + leaf).digest()
            size >>= 1
        nodes.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root hash; of the empty tree, SHA-256 of nothing."""
        if not self.nodes:
            return EMPTY_ROOT
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node, root)
        return root
