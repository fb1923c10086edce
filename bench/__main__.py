"""make bench: each step of the chain against its bare counterpart; a table, and JSON with --json FILE."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from bench.compare import Compared
from bench.steps import all_steps


def table(rows: list[Compared]) -> str:
    lines = [f"{'CPU ms per call':<34}{'framebus':>10}{'bare':>10}{'ratio':>8}{'limit':>8}"]
    lines += [f"{r.name:<34}{r.ours_ms:>10.4f}{r.bare_ms:>10.4f}{r.ratio:>8.2f}{r.limit:>8.2f}" for r in rows]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows there")
    arguments = parser.parse_args()
    rows = all_steps()
    sys.stdout.write(table(rows))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")


if __name__ == "__main__":
    main()
