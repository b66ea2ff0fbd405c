"""The verifier stands on its own: it loads nothing of the store, nor anything but ``cryptography``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = """
import sys
from pathlib import Path
from estate_sms.audit.verify import verify_file
verdict = verify_file(Path(sys.argv[1]))
print(verdict.outcome)
ours = {name for name in sys.modules if name.startswith("estate_sms.")}
print(*sorted(name for name in ours if not name.startswith("estate_sms.audit")))
print(*sorted({"sqlite3", "msgspec", "aiosqlite", "asyncio"} & sys.modules.keys()))
"""


def test_the_verifier_imports_nothing_of_the_store(box: Any, tmp_path: Path) -> None:
    path = box.start().record(1).sign().export()
    alone = tmp_path / "copy"
    alone.write_bytes(path.read_bytes())
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(alone)], capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == ["VALID-UNANCHORED", "", ""]
