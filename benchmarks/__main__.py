"""`make bench`: measure the bars. python -m benchmarks [CASE ...]; a case may be named by its beginning.

Prints a table and writes bench.json: case, value, unit, bar, met. The cases of published data need the folder
that BENCH_DATA names (default ../shared/bench); without it they are named as not measured, and the exit status
is 1, as for a bar that is missed.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.cases import CASES
from benchmarks.data import DataMissing
from benchmarks.figures import Figure


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the bars.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"any of: {', '.join(CASES)}")
    parser.add_argument("--out", type=Path, default=Path("bench.json"), help="where the figures go")
    options = parser.parse_args()
    chosen = [name for name in CASES if not options.cases or any(name.startswith(case) for case in options.cases)]
    if not chosen:
        parser.error(f"No case is called {' or '.join(options.cases)}. There are: {', '.join(CASES)}.")
    print(f"{'case':44} {'value':>10} {'unit':10} {'bar':16} met")
    figures: list[Figure] = []
    for name in chosen:
        try:
            for figure in CASES[name]():
                figures.append(figure)
                print(line(figure), flush=True)
        except DataMissing as error:
            figures.append(Figure(name, 0, "", "", met=False, note=str(error)))
            print(f"{name:44} not measured: {error}", flush=True)
        options.out.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n")
    return 1 if any(figure.met is False for figure in figures) else 0


def line(figure: Figure) -> str:
    """One row of the table."""
    met = {True: "yes", False: "NO", None: ""}[figure.met]
    return f"{figure.case:44} {figure.value:>10,.2f} {figure.unit:10} {figure.bar:16} {met:3} {figure.note}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
