"""``python -m estate_sms.modem.emulator N --dir D``: a bank of modems in a process of its own."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .bank import run_bank
from .errors import EmulatorError
from .settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Run a bank as the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m estate_sms.modem.emulator")
    parser.add_argument("count", type=int, help="number of modems")
    parser.add_argument("--dir", type=Path, required=True, help="ports, control, air log go here")
    parser.add_argument("--settings", default="{}", help="settings as JSON; default: a calm bank")
    parser.add_argument("--die-with-stdin", action="store_true", help="end when stdin does")
    chosen = parser.parse_args(arguments)
    try:
        settings = Settings.from_json(chosen.settings)
        return run_bank(chosen.count, chosen.dir, settings, die_with_stdin=chosen.die_with_stdin)
    except (EmulatorError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
