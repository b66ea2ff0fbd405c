"""Keys and people over HTTP."""

from __future__ import annotations

from .conftest import Site


async def test_a_key_is_made_shown_once_used_and_revoked(site: Site) -> None:
    async with site.client(await site.token("admin")) as admin:
        made = await admin.post(
            "/api/v1/keys",
            json={
                "name": "billing",
                "scopes": ["messages:read"],
                "expires_at": "2099-01-01T00:00:00Z",
            },
        )
        assert made.status_code == 201
        key, token = made.json()["key"], made.json()["token"]
        assert key["expires_at"] == "2099-01-01T00:00:00Z"
        assert key["person"] is None
        listed = await admin.get("/api/v1/keys")
        assert token not in listed.text
        assert key["id"] in [item["id"] for item in listed.json()["items"]]
        async with site.client(token) as other:
            assert (await other.get("/api/v1/modems")).status_code == 200
            gone = await admin.delete(f"/api/v1/keys/{key['id']}")
            assert gone.status_code == 200
            assert gone.json()["revoked_at"] is not None
            assert (await other.get("/api/v1/modems")).status_code == 401


async def test_a_person_is_added_and_disabled(site: Site) -> None:
    async with site.client(await site.token("admin")) as admin:
        added = await admin.post("/api/v1/people", json={"name": "王主任"})
        assert added.status_code == 201
        person = added.json()
        again = await admin.post("/api/v1/people", json={"name": "王主任"})
        assert (again.status_code, again.json()["code"]) == (409, "name_taken")
        key = await admin.post(
            "/api/v1/keys", json={"name": "wang", "scopes": ["approve"], "person": person["id"]}
        )
        assert key.json()["key"]["person"] == person["id"]
        disabled = await admin.post(f"/api/v1/people/{person['id']}/disable")
        assert disabled.json()["disabled_at"] is not None
        async with site.client(key.json()["token"]) as wang:
            answer = await wang.post("/api/v1/batches/b1/approve", json={})
            assert answer.status_code in {401, 403}
        assert [p["name"] for p in (await admin.get("/api/v1/people")).json()["items"]] == [
            "王主任"
        ]


async def test_refusals_of_administration(site: Site) -> None:
    async with site.client(await site.token("admin")) as admin:
        for body, code in (
            ({"name": "x", "scopes": ["fly"]}, "scope_unknown"),
            ({"name": "x", "scopes": ["approve"]}, "not_a_person"),
            ({"name": "", "scopes": ["filter"]}, "name_invalid"),
            ({"name": "x", "scopes": "filter"}, "wrong_type"),
            (
                {"name": "x", "scopes": ["filter"], "expires_at": "2099-01-01T00:00:00"},
                "wrong_type",
            ),
        ):
            answer = await admin.post("/api/v1/keys", json=body)
            assert answer.json()["code"] == code, body
        assert (await admin.delete("/api/v1/keys/knothing")).json()["code"] == "not_found"
        assert (await admin.post("/api/v1/people/pnothing/disable")).json()["code"] == "not_found"
