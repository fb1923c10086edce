"""make bench: each part of the chain against its bare counterpart; a table, and JSON with --json FILE."""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from bench.bus import bus_rows
from bench.chain import chain_figures
from bench.compare import Compared, Measured
from bench.packets import packets_figure
from bench.steps import step_figures, step_rows
from libs.ops.kafka_broker import Broker
from libs.ops.ports import free_port


def table(rows: list[Compared]) -> str:
    lines = [f"{'CPU ms per call':<50}{'framebus':>10}{'bare':>10}{'ratio':>8}{'limit':>8}"]
    lines += [f"{r.name:<50}{r.ours_ms:>10.4f}{r.bare_ms:>10.4f}{r.ratio:>8.2f}{r.limit:>8.2f}" for r in rows]
    return "\n".join(lines) + "\n"


def figures_table(figures: list[Measured]) -> str:
    lines = [f"{f.name:<50}{f.value:>10.3g} {f.unit:<12}" + (f"limit {f.limit:g}" if f.limit else "") for f in figures]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows there")
    arguments = parser.parse_args()
    rows, figures = step_rows(), step_figures()
    with tempfile.TemporaryDirectory() as folder, Broker(Path(folder) / "data", port=free_port()) as broker:
        rows += bus_rows(broker.bootstrap)
        figures += [packets_figure(broker.bootstrap), *chain_figures(broker.bootstrap)]
    sys.stdout.write(table(rows) + "\n" + figures_table(figures))
    if arguments.json:
        found = {"ratios": [asdict(row) for row in rows], "figures": [asdict(figure) for figure in figures]}
        arguments.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
