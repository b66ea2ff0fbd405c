"""What the README tells people to type works, word for word (but for the port)."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_links_point_at_files_that_exist() -> None:
    for page in [
        *ROOT.glob("README*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "CONTRIBUTING.md",
    ]:
        for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_chinese_readme_says_to_type_the_same() -> None:
    def typed(text: str) -> list[str]:
        blocks = re.findall(r"^ *```(?:sh|toml)\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
        return [re.sub(r" +# .*", "", block) for block in blocks]

    chinese = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
    assert typed(chinese) == typed(README) != []


def test_the_first_send_with_curl(tmp_path: Path) -> None:
    """Both blocks of the first send, in one folder, as a stranger would type them."""
    serve = next(block for block in BLOCKS if "serve --emulate" in block)
    send = next(block for block in BLOCKS if "curl" in block and "TOKEN=" in block)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    environment = {
        **os.environ,
        "ESTATE_SMS_HTTP__PORT": port,
        "ESTATE_SMS_POLICY__QUIET_HOURS": "",
    }
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(
        ["sh", "-c", "exec " + serve.strip()],
        cwd=tmp_path,
        env=environment,
        stdout=log,
        stderr=log,
    )
    try:
        deadline = time.monotonic() + 60
        while not (tmp_path / "estate-sms-data" / "run.json").exists():
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            time.sleep(0.1)
        script = send.replace("8080", port)
        outputs = [
            subprocess.run(
                ["sh", "-ec", script],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            for _ in range(2)
        ]
        for done in outputs:
            assert done.returncode == 0, done.stderr
            answer = json.loads(done.stdout)
            assert answer["batch"]["state"] == "sending"
            assert len(answer["messages"]) == 2
    finally:
        process.terminate()
        assert process.wait(20) == 0
        log.close()


@pytest.mark.timeout(400)
def test_the_demo_leaves_nothing_and_accounts_for_everything(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    done = subprocess.run(
        [
            str(ROOT / "demo"),
            "--once",
            "--fast",
            "--households",
            "200",
            "--modems",
            "8",
            "--dir",
            str(folder),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("停水通知", "It overtook", "Recall done", "VALID-UNANCHORED", "delivered"):
        assert words in done.stdout
    running = subprocess.run(["pgrep", "-f", str(folder)], capture_output=True, check=False)
    assert running.stdout == b""
    assert not (folder / "data" / "run.json").exists()
