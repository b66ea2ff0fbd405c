"""The installed command: verbs, exit codes, what goes to stdout and what to stderr."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from estate_sms.modem.emulator.settings import Settings

from .conftest import COMMAND, Appliance


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )


def test_a_notice_from_the_command_line(
    appliance: Callable[..., Appliance], numbers: Callable[[int], list[str]]
) -> None:
    box = appliance(Settings.fixed(0.02, report=0.05))
    box.start()
    sent = box.cli("send", "--json", "--purpose", "service", "--text", "停水", *numbers(2))
    assert sent.returncode == 0, sent.stderr
    batch = json.loads(sent.stdout)["batch"]["id"]
    box.wait(lambda: box.counts(batch) == {"delivered": 2}, "both to be delivered")
    shown = box.cli("batch", "show", "--json", batch)
    assert json.loads(shown.stdout)["counts"]["delivered"] == 2
    partly = box.cli("send", "--purpose", "service", "--text", "停水", *numbers(1), "123")
    assert partly.returncode == 3
    blocked = box.cli("send", "--purpose", "service", "--text", "网络赌场代开发票", *numbers(1))
    assert blocked.returncode == 7, blocked.stderr
    piped = box.cli("send", "--purpose", "service", *numbers(1), stdin="来自管道的通知\n")
    assert piped.returncode == 0, piped.stderr
    modems = box.cli("modems", "--json")
    assert modems.returncode == 0
    assert len(json.loads(modems.stdout)["items"]) == box.modems
    assert box.cli("status").returncode == 0
    looked = box.cli("send", "--dry-run", "--purpose", "service", "--text", "停水", *numbers(3))
    assert looked.returncode == 0, looked.stderr
    assert "about 1 minute, done by" in looked.stdout
    assert "3 parts (1 a message) through 4 SIMs" in looked.stderr
    told = box.cli("policy", "explain", "--batch", batch)
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines()[0] in {"allowed", "postponed"}
    assert f"batch {batch}" in told.stderr
    clock = box.cli("clock", "--json")
    assert (clock.returncode, json.loads(clock.stdout)["state"]) == (0, "sure")
    stands = box.cli("alarms", "--json")
    found = json.loads(stands.stdout)
    assert (stands.returncode, found["open"]) == (0, [])
    assert {alarm["code"] for alarm in found["recent"]} == {"sim_unregistered"}
    fire = ("--purpose", "emergency", "--text", "火警，请撤离")
    assert box.cli("send", *fire, *numbers(1)).returncode == 0
    waits = box.cli("batch", "emergencies", "--json")
    assert (waits.returncode, [one["overdue"] for one in json.loads(waits.stdout)]) == (0, [False])
    recall = box.cli("recall", "start", "--reason", "错", batch)
    assert recall.returncode == 0, recall.stderr
    record = box.cli("recall", "show", "--json", recall.stdout.strip())
    assert json.loads(record.stdout)["counts"]["too_late"] == 2
    assert box.end() == 0


def test_people_and_keys_with_and_without_a_service(appliance: Callable[..., Appliance]) -> None:
    box = appliance()
    assert box.cli("people", "add", "李经理").returncode == 0
    token = box.cli("keys", "create", "li", "--person", "李经理", "--scope", "messages:send")
    assert token.returncode == 0
    assert len(token.stdout.splitlines()) == 1, "the token stands alone on stdout"
    box.start()
    answer = box.call(
        "POST",
        "/api/v1/messages",
        {"to": ["+8613800138000"], "text": "x", "purpose": "service"},
        token=token.stdout.strip(),
    )
    assert answer.status_code == 202
    assert box.cli("people", "add", "李经理").returncode == 1, "the name is taken"
    people = json.loads(box.cli("people", "list", "--json").stdout)
    assert [person["name"] for person in people] == ["李经理"]
    system = box.cli("keys", "create", "billing", "--scope", "approve")
    assert system.returncode != 0, "a system key never approves"
    assert box.cli("people", "disable", "李经理").returncode == 0
    after = box.call("GET", "/api/v1/messages", token=token.stdout.strip())
    assert after.status_code in {401, 403}
    assert box.end() == 0
    keys = json.loads(box.cli("keys", "list", "--json").stdout)
    assert "li" in {key["name"] for key in keys}


def test_a_second_service_on_one_directory_is_refused(appliance: Callable[..., Appliance]) -> None:
    box = appliance(modems=1)
    box.start()
    second = run("serve", "--config", str(box.config), "--emulate", "1", cwd=box.folder)
    assert second.returncode == 1
    assert "in use" in second.stderr
    assert "Traceback" not in second.stderr
    assert box.end() == 0


CONFIGS = {
    "a typo": ('data_dri = "x"', "did you mean data_dir"),
    "a typo in a section": ("[http]\nprot = 1", "did you mean port"),
    "a wrong type": ('[http]\nport = "x"', "http.port"),
    "no modem": ('data_dir = "d"', "--emulate"),
    "not TOML": ("data_dir", "not TOML"),
    "no such word list": ('data_dir = "d"\n[policy]\nword_lists = ["gone.csv"]', "gone.csv"),
    "the LAN without TLS": ('data_dir = "d"\n[http]\nhost = "0.0.0.0"\nport = 0', "tls_cert"),
}


@pytest.mark.parametrize("case", CONFIGS)
def test_a_configuration_that_cannot_work_is_one_clear_line(case: str, tmp_path: Path) -> None:
    text, says = CONFIGS[case]
    config = tmp_path / "config.toml"
    config.write_text(text)
    modems = [] if case == "no modem" else ["--emulate", "1"]
    done = run("serve", "--config", str(config), *modems, cwd=tmp_path)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("estate-sms: ")
    assert says in last
    assert "Traceback" not in done.stderr


def test_a_missing_configuration_names_the_way_to_try(tmp_path: Path) -> None:
    done = run("serve", "--config", str(tmp_path / "gone.toml"), cwd=tmp_path)
    assert done.returncode == 1
    assert "--emulate" in done.stderr


def test_ports_that_are_no_modem_do_not_keep_the_others_from_working(tmp_path: Path) -> None:
    """A port that does not exist and one that never answers, beside two that work."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        box = Appliance(tmp_path, Settings.fixed(0.02), modems=2)
        box.config.write_text(
            f'data_dir = "{tmp_path}/data"\n[http]\nport = 0\n[policy]\nquiet_hours = ""\n'
            '[[modem]]\nport = "/dev/does-not-exist"\nlabel = "gone"\n'
            f'[[modem]]\nport = "socket://127.0.0.1:{silent.getsockname()[1]}"\nlabel = "dumb"\n'
        )
        box.start()
        try:
            states = {
                m["label"]: m["state"] for m in box.call("GET", "/api/v1/modems").json()["items"]
            }
            assert states["gone"] == "absent"
            assert states["dumb"] in {"starting", "faulty"}
            batch = box.send(["+8613800138000"])["batch"]["id"]
            box.wait(lambda: "delivered" in box.counts(batch), "the message to be delivered")
        finally:
            assert box.end() == 0


def test_usage_errors_and_only_they_are_two(tmp_path: Path) -> None:
    assert run("send", cwd=tmp_path).returncode == 2
    assert run("no-such-verb", cwd=tmp_path).returncode == 2
    assert run("--help", cwd=tmp_path).returncode == 0
    assert run("--version", cwd=tmp_path).returncode == 0
    garbage = tmp_path / "garbage.esab"
    garbage.write_bytes(b"\x00garbage" * 1000)
    assert run("audit", "verify", str(garbage), cwd=tmp_path).returncode == 8
    assert run("audit", "verify", str(tmp_path / "gone"), cwd=tmp_path).returncode == 8


def test_an_unreachable_service_is_five(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'data_dir = "{tmp_path}/data"\n')
    for verb in (["status"], ["modems"], ["send", "--purpose", "service", "--text", "x", "1"]):
        done = run(verb[0], "--config", str(config), *verb[1:], cwd=tmp_path)
        assert done.returncode == 5, done.stderr


def test_emulate_alone_offers_ports(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [COMMAND, "emulate", "2", "--dir", str(tmp_path / "bank")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as pipe:
        assert json.loads(pipe.readline())["ready"] is True
        assert (tmp_path / "bank" / "modem1").exists()
        process.terminate()
        assert process.wait(10) == 0


def test_doctor_names_findings_with_a_fix(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        f'data_dir = "{tmp_path}"\n[[modem]]\nport = "/dev/does-not-exist"\nlabel = "A1"\n'
    )
    done = run("doctor", "--config", str(config), "--json", cwd=tmp_path)
    assert done.returncode == 1
    findings = json.loads(done.stdout)
    missing = [f for f in findings if "A1" in f["what"]]
    assert missing[0]["grade"] == "error"
    assert "by-path" in missing[0]["fix"]
    assert any("kek" in f["what"] for f in findings)


def test_a_read_only_directory_and_a_newer_database_are_said_plainly(tmp_path: Path) -> None:
    import sqlite3

    data = tmp_path / "data"
    data.mkdir()
    with sqlite3.connect(data / "estate-sms.db") as connection:
        connection.execute("PRAGMA user_version = 9999")
    connection.close()
    config = tmp_path / "config.toml"
    config.write_text(f'data_dir = "{data}"\n[http]\nport = 0\n')
    newer = run("serve", "--config", str(config), "--emulate", "1", cwd=tmp_path)
    assert newer.returncode == 1
    assert "newer estate-sms" in newer.stderr
    (data / "estate-sms.db").write_bytes(b"no database" * 1000)
    damaged = run("serve", "--config", str(config), "--emulate", "1", cwd=tmp_path)
    assert damaged.returncode == 1
    assert "damaged" in damaged.stderr
    config.write_text('data_dir = "/proc/nowhere"\n')
    nowhere = run("serve", "--config", str(config), "--emulate", "1", cwd=tmp_path)
    assert nowhere.returncode == 1
    assert "Traceback" not in newer.stderr + damaged.stderr + nowhere.stderr
