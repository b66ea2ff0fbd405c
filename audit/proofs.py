"""Inclusion and consistency proofs (RFC 9162 sections 2.1.3 and 2.1.4). Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .errors import FormatError
from .tree import EMPTY_ROOT, CompactRange, node_hash


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over ``leaves`` (leaf hashes)."""
    tree = CompactRange()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def _split(size: int) -> int:
    """The largest power of two below ``size`` (at least 2)."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf ``index``, nearest sibling first. Raises :class:`FormatError`."""
    if not 0 <= index < len(leaves):
        msg = f"no leaf {index} in a tree of {len(leaves)}"
        raise FormatError(msg)
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root_of(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root_of(leaves[:split])]


def consistency_proof(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """That the first ``old`` leaves are a prefix of all. Raises :class:`FormatError`."""
    if not 0 <= old <= len(leaves):
        msg = f"a tree of {len(leaves)} has no prefix of {old}"
        raise FormatError(msg)
    return _subproof(leaves, old, whole=True) if 0 < old < len(leaves) else []


def _subproof(leaves: Sequence[bytes], old: int, *, whole: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [root_of(leaves)]
    split = _split(len(leaves))
    if old <= split:
        return [*_subproof(leaves[:split], old, whole=whole), root_of(leaves[split:])]
    return [*_subproof(leaves[split:], old - split, whole=False), root_of(leaves[:split])]


def consistency_from(
    old: CompactRange, size: int, root: Callable[[int, int], bytes]
) -> list[bytes]:
    """:func:`consistency_proof` from the compact range of the old tree alone.

    ``root(first, last)`` gives the root over the leaves ``first`` to ``last`` - 1, all of them
    after the old tree.
    """
    proof: list[bytes] = []
    first, last, left, whole = 0, size, old.nodes.copy(), True
    while last > old.size:
        split = first + _split(last - first)
        if old.size <= split:
            proof.append(root(split, last))
            last = split
        else:
            proof.append(left.pop(0))
            first, whole = split, False
    if not whole:
        proof.append(CompactRange(0, left).root())
    return proof[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether ``proof`` shows ``leaf`` at ``index`` of the tree (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            value = node_hash(sibling, value)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and value == root


def verify_consistency(
    old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether ``proof`` shows the old tree as a prefix (RFC 9162 section 2.1.4.2)."""
    if not 0 <= old <= size:
        return False
    if old in {0, size}:
        return not proof and old_root == (EMPTY_ROOT if old == 0 else root)
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for value in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(value, first), node_hash(value, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, value)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == root
