"""T21: RFC 6962/9162 vectors, and inclusion and consistency for every n from 0 to 130; T12."""

from __future__ import annotations

import hashlib

import pytest

from estate_sms.audit.errors import FormatError
from estate_sms.audit.proofs import (
    consistency_proof,
    inclusion_proof,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from estate_sms.audit.tree import CompactRange

# The inputs and roots that Certificate Transparency implementations share.
INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
VECTOR = [hashlib.sha256(b"\0" + bytes.fromhex(text)).digest() for text in INPUTS]
LEAVES = [hashlib.sha256(bytes([0, i])).digest() for i in range(131)]


def test_t21_roots_of_the_shared_vectors() -> None:
    tree = CompactRange()
    assert tree.root().hex() == ROOTS[0]
    for leaf, root in zip(VECTOR, ROOTS[1:], strict=True):
        tree.append(leaf)
        assert tree.root().hex() == root


def test_t21_proofs_of_the_shared_vectors() -> None:
    assert [h.hex() for h in inclusion_proof(VECTOR, 0)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [h.hex() for h in consistency_proof(VECTOR, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_t21_a_compact_range_goes_on_from_its_encoding() -> None:
    for size in range(131):
        tree = CompactRange()
        for leaf in LEAVES[:size]:
            tree.append(leaf)
        again = CompactRange.decode(size, tree.encode())
        for leaf in LEAVES[size:]:
            again.append(leaf)
        assert again.root() == root_of(LEAVES)
        assert tree.root() == root_of(LEAVES[:size])
    with pytest.raises(FormatError):
        CompactRange.decode(3, b"\0" * 32)


def test_t21_inclusion_holds_for_every_leaf_of_every_size() -> None:
    for size in range(131):
        leaves = LEAVES[:size]
        root = root_of(leaves)
        for index in range(0, size, 1 if size < 40 else 7):
            proof = inclusion_proof(leaves, index)
            assert verify_inclusion(leaves[index], index, size, proof, root)
            assert not verify_inclusion(LEAVES[-1 - index], index, size, proof, root) or (
                leaves[index] == LEAVES[-1 - index]
            )
            assert not verify_inclusion(leaves[index], index, size, [*proof, root], root)
            assert not verify_inclusion(leaves[index], size, size, proof, root)
            assert not proof or not verify_inclusion(leaves[index], index, size, proof[1:], root)
        with pytest.raises(FormatError):
            inclusion_proof(leaves, size)


def test_t21_consistency_holds_for_every_prefix_of_every_size() -> None:
    roots = [root_of(LEAVES[:size]) for size in range(131)]
    for size in range(131):
        for old in range(0, size + 1, 1 if size < 40 else 5):
            proof = consistency_proof(LEAVES[:size], old)
            assert verify_consistency(old, roots[old], size, roots[size], proof)
            if 0 < old < size:
                assert not verify_consistency(old, roots[old - 1], size, roots[size], proof)
                assert not verify_consistency(old, roots[old], size, roots[old], proof)
                assert not verify_consistency(old, roots[old], size, roots[size], [])
            assert not verify_consistency(old, roots[old], size, roots[size], [*proof, roots[0]])
    assert not verify_consistency(3, roots[3], 2, roots[2], [])
    with pytest.raises(FormatError):
        consistency_proof(LEAVES[:2], 3)


def test_t12_a_consistency_proof_changed_anywhere_fails() -> None:
    for old, size in [(3, 7), (4, 7), (6, 8), (64, 130), (65, 130), (129, 130)]:
        proof = consistency_proof(LEAVES[:size], old)
        assert proof
        for position in range(len(proof)):
            for octet in (0, 15, 31):
                changed = bytearray(proof[position])
                changed[octet] ^= 1
                mutated = [*proof[:position], bytes(changed), *proof[position + 1 :]]
                assert not verify_consistency(
                    old, root_of(LEAVES[:old]), size, root_of(LEAVES[:size]), mutated
                )
