from __future__ import annotations

import pytest

from estate_sms.policy.callers import CLI, SCOPES, Caller
from estate_sms.policy.errors import PolicyError


def _caller(*scopes: str, person: int | None = 1) -> Caller:
    return Caller(actor="key:k1", key_id=1, person_id=person, scopes=frozenset(scopes))


def test_admin_is_everything_but_approve() -> None:
    admin = _caller("admin")
    assert [scope for scope in SCOPES if not admin.may(scope)] == ["approve"]


def test_only_persons_approve() -> None:
    assert _caller("approve").may("approve")
    with pytest.raises(PolicyError, match="not_a_person"):
        _caller("approve", person=None).require("approve")
    with pytest.raises(PolicyError, match="missing_scope"):
        CLI.require("approve")


def test_missing_scope_is_named() -> None:
    with pytest.raises(PolicyError) as caught:
        _caller("messages:read").require("recall")
    assert caught.value.extra == {"scope": "recall"}
    assert "recall" in caught.value.message
