#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# The table of figures: gup-micro in gupcheck and in SPIN, side by side in one run; what two workers bring; the
# real scenarios; instructions for a transition.
#
# Every number is read from a run made here; `-` stands for what does not fit into the limits, or was not asked
# for. Both tools search gup-micro exhaustively, with the return check and the checks of progress off (pan:
# -DSAFETY). States differ: gupcheck counts behaviours, SPIN control points with their live locals.
#
#   search s    the tool's own search time on the clock, without SPIN's compilation; pan's has steps of 0.01 s
#   cpu s       processor time of the whole process, which does not depend on what else the machine does
#   MB          its largest resident set; below what a process that does nothing measures, only that bound (<)
#   ratio       cpu s of SPIN without reduction divided by the row's
#   growth      states for each thread more, since the size before with as many pages
#
# Exit status: 0; 1 when a run does not end as it must; 2 for wrong usage or a missing tool.

import re
import tempfile
from dataclasses import dataclass

from instructions import per_transition, require_valgrind
from program import HOLDS, INCOMPLETE, Case, Parser, RunError, UsageError
from program import check, find_gupcheck, listed_scenarios, measured, require_options, run_main
from spin import MAX_PAGES, Pan, require_spin
from table import Table, number

SIZES = ["3x1", "4x1", "5x1", "6x1", "8x1", "2x2", "3x2", "4x2", "5x2", "6x2", "3x3"]
LARGE_SIZES = ["8x2", "6x3"]
VARIANTS = ["seed", "retry"]
SAFETY = ["--without", "livelock", "--without", "starvation"]
EXHAUSTIVE = [part for name in ("pin-placement", "livelock", "starvation") for part in ("--without", name)]
# What is left out less and less: name and options.
WAYS = [("gupcheck", []), ("no symmetry", ["--no-symmetry"]),
        ("nothing left out", ["--no-reduction", "--no-quotient"])]
ENOUGH_SECONDS = 10  # what takes that long is not repeated


@dataclass
class Run:
    states: int
    transitions: int
    search: float
    cpu: float
    memory: int
    symmetry: str = "-"  # which renamings of threads make no difference


def gupcheck_run(binary, case, options, arguments):
    """None when it does not fit."""
    limits = ["--timeout", f"{arguments.limit}s", "--max-memory", f"{arguments.memory}M"]
    result, run = check(binary, case, [*options, *limits])
    if run.status == INCOMPLETE and result["stopped_by"] in ("timeout", "max-memory", "max-states"):
        return None
    return Run(result["states"], result["transitions"], result["seconds"], run.cpu, run.memory,
               result["renamings"]), run.status


def holding_run(binary, case, options, arguments):
    found = gupcheck_run(binary, case, [*EXHAUSTIVE, *options], arguments)
    if found is None:
        return None
    run, status = found
    if status != HOLDS:
        raise RunError(f"{case}: not everything holds (exit status {status})")
    return run


def best(count, make):
    """The fastest of `count` runs of the same thing, which must all count the same."""
    runs = []
    while len(runs) < count and sum(run.cpu for run in runs) < ENOUGH_SECONDS:
        run = make()
        if run is None:
            return None
        runs.append(run)
    if len({(run.states, run.transitions) for run in runs}) != 1:
        raise RunError("two runs of the same model counted differently")
    return min(runs, key=lambda run: run.cpu)


def spin_run(case, reduce, arguments):
    with tempfile.TemporaryDirectory() as directory:
        pan = Pan(case, reduce, directory, arguments.spin_limit, arguments.memory)
        first = pan.run()
        # Once more with a hash table of the right size.
        return first and best(arguments.repeat, lambda: pan.run(first.states))


class GupMicro:
    """The first table. Keeps what did not fit: with more threads it does not fit either."""

    def __init__(self, binary, arguments):
        self.binary, self.arguments = binary, arguments
        self.before = {}  # by way, variant and pages: threads and states of the size before
        self.too_large = {}  # by way, variant and pages: threads
        self.fastest = {}  # case: the run with everything on
        self.floor = measured(["true"]).memory
        self.table = Table([("size", -5), ("kernel", -6), ("tool", -18), ("states", 12), ("transitions", 13),
                            ("search s", 9), ("cpu s", 9), ("MB", 7), ("ratio", 7), ("growth", 6)],
                           arguments.markdown)

    def show(self, case):
        runs = {}
        for name, options in WAYS:
            runs[name] = self.attempt(case, name, lambda options=options: best(
                self.arguments.repeat, lambda: holding_run(self.binary, case, options, self.arguments)))
        if not self.arguments.no_spin and case.pages <= MAX_PAGES:
            for name, reduce in (("SPIN", False), ("SPIN, reduction on", True)):
                runs[name] = self.attempt(case, name, lambda reduce=reduce: spin_run(case, reduce, self.arguments))
        if runs["gupcheck"]:
            self.fastest[case] = runs["gupcheck"]
        for name, run in runs.items():
            self.row(case, name, run, runs.get("SPIN"))

    def attempt(self, case, name, make):
        key = (name, case.kernel, case.pages)
        run = None if case.threads >= self.too_large.get(key, case.threads + 1) else make()
        if run is None:
            self.too_large.setdefault(key, case.threads)
        return run

    def row(self, case, name, run, spin):
        if run is None:
            self.table.row(case.size, case.kernel, name, *["-"] * 7)
            return
        key = (name, case.kernel, case.pages)
        threads, states = self.before.get(key, (case.threads, None))
        growth = (run.states / states) ** (1 / (case.threads - threads)) if case.threads > threads else None
        self.before[key] = (case.threads, run.states)
        bound = "<" if run.memory <= self.floor * 1.05 else ""
        ratio = spin.cpu / run.cpu if spin and run.cpu > 0 else None
        self.table.row(case.size, case.kernel, name, number(run.states), number(run.transitions),
                       number(run.search, 3), number(run.cpu, 3), bound + number(run.memory / 2**20),
                       number(ratio, 1), number(growth, 1))


def show_workers(binary, runs, arguments):
    """For each variant the size that took longest, with each number of workers."""
    heading("Workers", arguments)
    table = Table([("size", -5), ("kernel", -6), ("jobs", 4), ("states", 12), ("search s", 9), ("cpu s", 9), ("MB", 7),
                   ("speed-up", 8)], arguments.markdown)
    for variant in VARIANTS:
        cases = [case for case in runs if case.kernel == variant]
        if not cases:
            continue
        case = max(cases, key=lambda one: runs[one].search)
        alone = None
        for jobs in arguments.jobs:
            run = best(arguments.repeat,
                       lambda: holding_run(binary, case, ["--jobs", str(jobs)], arguments))
            if run is None:
                table.row(case.size, variant, jobs, *["-"] * 5)
                continue
            if (run.states, run.transitions) != (runs[case].states, runs[case].transitions):
                raise RunError(f"{case} with --jobs {jobs} counts differently")
            alone = alone or run
            table.row(case.size, variant, jobs, number(run.states), number(run.search, 3), number(run.cpu, 3),
                      number(run.memory / 2**20), number(alone.search / run.search, 2))


def show_scenarios(binary, arguments):
    """The real scenarios at their default size and with one thread more: the safety checks in three ways, then all."""
    heading("Scenarios", arguments)
    table = Table([("scenario", -22), ("kernel", -7), ("size", -4), ("symmetry", -9), ("states", 11),
                   ("transitions", 12), ("search s", 8), ("MB", 5), ("none: states", 12), ("search s", 8),
                   ("nothing left out", 16), ("search s", 8), ("all checks: s", 13), ("MB", 5)], arguments.markdown)
    for scenario in listed_scenarios(binary):
        if scenario["name"] == "gup-micro":
            continue
        threads, pages = scenario["threads"], scenario["pages"]
        for count in sorted({threads["default"], min(threads["default"] + 1, threads["max"])}):
            case = Case(scenario["name"], scenario["default_kernel"], count, pages["default"])
            runs = [scenario_run(binary, case, [*SAFETY, *options], arguments) for _, options in WAYS]
            everything = scenario_run(binary, case, ["--all"], arguments)
            cells = [case.scenario, case.kernel, case.size, runs[0].symmetry if runs[0] else "-"]
            cells += [number(runs[0] and runs[0].states), number(runs[0] and runs[0].transitions)]
            cells += [number(runs[0] and runs[0].search, 2), number(runs[0] and runs[0].memory / 2**20)]
            for run in runs[1:]:
                cells += [number(run and run.states), number(run and run.search, 2)]
            cells += [number(everything and everything.search, 2), number(everything and everything.memory / 2**20)]
            table.row(*cells)


def scenario_run(binary, case, options, arguments):
    found = gupcheck_run(binary, case, options, arguments)
    return found and found[0]


def show_instructions(binary, arguments):
    heading("Instructions", arguments)
    table = Table([("kernel", -6), ("tool", -18), ("sizes", -10), ("transitions", 12), ("instructions", 15),
                   ("for each transition", 19)], arguments.markdown)
    for variant in VARIANTS:
        for (name, options), *sizes in ((WAYS[0], (6, 1), (8, 1)), (WAYS[1], (3, 1), (4, 1))):
            cases = [Case("gup-micro", variant, *size) for size in sizes]
            each, instructions, transitions = per_transition(binary, *cases, [*EXHAUSTIVE, *options])
            table.row(variant, name, " ".join(case.size for case in cases), number(transitions), number(instructions),
                      number(each))


def heading(text, arguments):
    print(f"\n### {text}\n" if arguments.markdown else f"\n{text}", flush=True)


def parse_size(text, scenario):
    found = re.fullmatch(r"(\d+)x(\d+)", text)
    threads, pages = (int(found.group(1)), int(found.group(2))) if found else (0, 0)
    most_threads, most_pages = scenario["threads"]["max"], scenario["pages"]["max"]
    if not (1 <= threads <= most_threads and 1 <= pages <= most_pages):
        bounds = f"1 to {most_threads} threads and 1 to {most_pages} pages"
        raise UsageError(f"size '{text}': expected THREADSxPAGES, {bounds}")
    return threads, pages


def parse_jobs(text):
    if not re.fullmatch(r"[1-9]\d*(,[1-9]\d*)*", text):
        raise UsageError(f"--jobs '{text}': expected numbers of workers, such as 1,2")
    return [int(part) for part in text.split(",")]


def parse_arguments():
    parser = Parser(prog="compare.py", description="gup-micro in gupcheck and in SPIN, and the real scenarios.")
    parser.add_argument("--gupcheck", metavar="FILE", help="the program (default: that of the release build)")
    parser.add_argument("--repeat", metavar="N", type=int, default=3, help="runs of each, the fastest counts")
    parser.add_argument("--large", action="store_true", help=f"also {' '.join(LARGE_SIZES)}")
    parser.add_argument("--limit", metavar="SECONDS", type=int, default=120, help="for each run of gupcheck")
    parser.add_argument("--spin-limit", metavar="SECONDS", type=int, default=60, help="for each run of pan")
    parser.add_argument("--memory", metavar="MB", type=int, default=8192, help="for each run of either")
    parser.add_argument("--no-spin", action="store_true", help="gupcheck only")
    parser.add_argument("--jobs", metavar="N,M", default="1,2", help="workers that are compared")
    parser.add_argument("--no-scenarios", action="store_true", help="gup-micro only")
    parser.add_argument("--callgrind", action="store_true", help="count instructions, too")
    parser.add_argument("--markdown", action="store_true", help="tables in Markdown")
    parser.add_argument("sizes", metavar="SIZE", nargs="*", help=f"THREADSxPAGES ({' '.join(SIZES)})")
    arguments = parser.parse_args()
    for name in ("repeat", "limit", "spin_limit", "memory"):
        if getattr(arguments, name) < 1:
            raise UsageError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: expected at least 1")
    arguments.jobs = parse_jobs(arguments.jobs)
    return arguments


def main():
    arguments = parse_arguments()
    binary = find_gupcheck(arguments.gupcheck)
    require_options(binary, ["--no-symmetry", "--no-reduction"])
    (gup_micro,) = [one for one in listed_scenarios(binary) if one["name"] == "gup-micro"]
    names = arguments.sizes or SIZES + (LARGE_SIZES if arguments.large else [])
    sizes = [parse_size(name, gup_micro) for name in names]
    if not arguments.no_spin:
        require_spin()
    if arguments.callgrind:
        require_valgrind()

    first = GupMicro(binary, arguments)
    for threads, pages in sizes:
        for variant in VARIANTS:
            first.show(Case("gup-micro", variant, threads, pages))
    show_workers(binary, first.fastest, arguments)
    if not arguments.no_scenarios:
        show_scenarios(binary, arguments)
    if arguments.callgrind:
        show_instructions(binary, arguments)


if __name__ == "__main__":
    run_main(main)
