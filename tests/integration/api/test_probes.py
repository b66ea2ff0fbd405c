"""Health, metrics, the description of the API and its page; headers and the access log."""

from __future__ import annotations

import hashlib
import re
from importlib import resources

import structlog

from estate_sms.api import static

from .conftest import NUMBER, Site


async def test_probes_need_no_token_on_loopback(site: Site) -> None:
    async with site.client() as client:
        assert (await client.get("/livez")).json() == {"status": "pass", "reasons": []}
        assert (await client.get("/readyz")).status_code == 200
        metrics = await client.get("/metrics")
        assert metrics.text == "estate_sms_in_doubt 0\n"
        assert metrics.headers["content-type"] == "text/plain; version=0.0.4"
        site.ready.append("no_modem")
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"status": "fail", "reasons": ["no_modem"]}


async def test_docs_page_is_all_ours(site: Site) -> None:
    outside = re.compile(r"""(?:src|href)=["'](?:https?:)?//""")
    async with site.client() as client:
        page = await client.get("/docs")
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert "http://" not in page.text
        assert "https://" not in page.text
        assert not outside.search(page.text)
        assert 'load-fonts="false"' in page.text
        policy = page.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe-eval" not in policy
        assert "http" not in policy
        scripts = re.findall(r'src="([^"]+)"', page.text)
        assert scripts
        for script in scripts:
            answer = await client.get(script)
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/javascript")
        assert (await client.get("/docs/nothing.js")).status_code == 404
        assert (await client.get("/docs/..%2Fvendor%2FVERSIONS")).status_code == 404


def test_vendored_files_are_what_versions_says() -> None:
    vendor = resources.files(static).joinpath("vendor")
    lines = vendor.joinpath("VERSIONS").read_text(encoding="utf-8").splitlines()
    named = {line.split()[0]: line.rsplit("sha256:", 1)[1] for line in lines if "sha256:" in line}
    scripts = {
        f"{folder.name}/{file.name}"
        for folder in vendor.iterdir()
        if folder.is_dir()
        for file in folder.iterdir()
        if file.name.endswith((".js", ".css"))
    }
    assert scripts == set(named)
    for name, digest in named.items():
        assert hashlib.sha256(vendor.joinpath(name).read_bytes()).hexdigest() == digest
        assert vendor.joinpath(name.split("/")[0], "LICENSE.txt").is_file()


async def test_every_answer_has_the_headers(site: Site) -> None:
    async with site.client() as client:
        seen = set[str]()
        for path in ("/livez", "/nowhere", "/api/v1/messages", "/docs"):
            headers = (await client.get(path)).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "server" not in headers
            seen.add(headers["x-request-id"])
        assert len(seen) == 4
        assert (await client.get("/api/v1/messages")).headers["cache-control"] == "no-store"


async def test_the_access_log_names_templates_only(site: Site) -> None:
    token = await site.token("messages:read")
    with structlog.testing.capture_logs() as logs:
        async with site.client(token) as client:
            await client.get(f"/api/v1/numbers/{NUMBER}")
            await client.get(f"/api/v1/nothing/{NUMBER}?to={NUMBER}")
            await client.get("/api/v1/messages", params={"batch": NUMBER})
    lines = [line for line in logs if line["event"] == "http.request"]
    assert [line["path"] for line in lines] == [
        "/api/v1/numbers/{number}", "-", "/api/v1/messages",
    ]  # fmt: skip
    assert lines[0]["actor"].startswith("key:")
    assert "138001380" not in repr(logs)
