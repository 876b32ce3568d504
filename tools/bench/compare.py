#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# gup-micro in gupcheck and in SPIN, side by side in one run, as a table.
#
# Every number is read from a run made here. Both tools search exhaustively, with the return check and the
# checks of progress off (pan: -DSAFETY). States differ: gupcheck counts behaviours, SPIN control points with
# their live locals, which are never fewer. pan's hash table is given a slot for each state, so that it neither
# crowds nor clears memory in vain.
#
#   search s    the tool's own search time on the clock, without SPIN's compilation; pan's has steps of 0.01 s
#   cpu s       processor time of the whole process, which does not depend on what else the machine does
#   MB          its largest resident set; below what a process that does nothing measures, only that bound (<)
#   ratio       cpu s of SPIN without reduction divided by the row's
#
# Exit status: 0; 1 when a run does not end with "everything holds"; 2 for wrong usage or a missing tool.

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "tools" / "bench" / "gup_micro.pml"
DEFAULT_SIZES = ["2x1", "3x1", "4x1", "2x2", "3x2"]
VARIANTS = ["seed", "retry"]
MAX_THREADS, MAX_PAGES = 8, 3
PAN_DEPTH = 200_000


class UsageError(Exception):
    pass


class RunError(Exception):
    pass


@dataclass
class Run:
    states: int
    transitions: int
    search: float
    cpu: float
    memory: int


def measured(command, directory):
    """Runs a command; returns its stdout, status, processor seconds and peak resident bytes."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(command, cwd=directory, stdout=output, stderr=errors)
        except OSError as error:
            raise UsageError(f"cannot run {command[0]}: {error.strerror}") from None
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        text, trouble = output.read().decode(), errors.read().decode().strip()
    if process.returncode != 0 and trouble:
        print(trouble, file=sys.stderr)
    return text, process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def gupcheck_run(binary, threads, pages, variant, directory):
    command = [binary, "check", "gup-micro", "--kernel", variant]
    command += ["--threads", str(threads), "--pages", str(pages), "--json", "-"]
    for check in ["pin-placement", "livelock", "starvation"]:
        command += ["--without", check]
    text, status, seconds, memory = measured(command, directory)
    try:
        result = json.loads(text)
        if isinstance(result, list):
            (result,) = result
        counts = int(result["states"]), int(result["transitions"])
        run = Run(*counts, float(result["seconds"]), seconds, memory)
        verdict = result["verdict"]
    except (ValueError, KeyError, TypeError):
        raise RunError(f"{binary}: exit status {status} and no result to read") from None
    if status != 0 or verdict != "holds":
        raise RunError(f"{binary}: {threads}x{pages} {variant}: verdict {verdict}, exit status {status}")
    return run


def build_pan(threads, pages, variant, reduce, directory):
    macros = [f"-DTHREADS={threads}", f"-DPAGES={pages}"] + (["-DRETRY"] if variant == "retry" else [])
    options = ["-O2", "-w", "-DSAFETY", "-DNOFAIR", "-DMEMLIM=16384"] + ([] if reduce else ["-DNOREDUCE"])
    for command in [["spin", "-a", *macros, str(MODEL)], ["gcc", *options, "-o", "pan", "pan.c"]]:
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True)
        if done.returncode != 0:
            raise RunError(f"{' '.join(command)}: {(done.stdout + done.stderr).strip()}")


def spin_run(states, directory):
    slots = max(states, 2**12).bit_length()
    text, status, seconds, memory = measured(["./pan", f"-m{PAN_DEPTH}", f"-w{slots}"], directory)

    def number(pattern):
        found = re.search(pattern, text, re.MULTILINE)
        if not found:
            raise RunError(f"pan: exit status {status} and no result to read")
        return float(found.group(1))

    unfinished = "Search not completed" in text or "max search depth too small" in text
    if number(r"errors: (\d+)") != 0 or unfinished:
        raise RunError(f"pan: did not end with everything holding (exit status {status})")
    return Run(int(number(r"^ *([\d.e+]+) states, stored")), int(number(r"^ *([\d.e+]+) transitions")),
               number(r"elapsed time ([\d.]+) seconds"), seconds, memory)


def best(count, make):
    """The fastest of `count` runs of the same thing, which must all count the same."""
    runs = [make() for _ in range(count)]
    if len({(run.states, run.transitions) for run in runs}) != 1:
        raise RunError("two runs of the same model counted differently")
    return min(runs, key=lambda run: run.cpu)


def print_row(size, variant, tool, run, base, floor):
    bound = "<" if run.memory <= floor * 1.05 else ""
    print(f"{size:<5} {variant:<6} {tool:<18} {run.states:>10,} {run.transitions:>12,} {run.search:>8.3f}"
          f" {run.cpu:>8.3f} {bound + format(run.memory / 2**20, '.0f'):>6} {base.cpu / run.cpu:>6.1f}", flush=True)


def compare(binary, sizes, repeat):
    print(f"{'size':<5} {'kernel':<6} {'tool':<18} {'states':>10} {'transitions':>12} {'search s':>8}"
          f" {'cpu s':>8} {'MB':>6} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as directory:
        floor = measured(["true"], directory)[3]
        for threads, pages in sizes:
            for variant in VARIANTS:
                ours = best(repeat, lambda: gupcheck_run(binary, threads, pages, variant, directory))
                build_pan(threads, pages, variant, False, directory)
                full = best(repeat, lambda: spin_run(ours.states, directory))
                build_pan(threads, pages, variant, True, directory)
                reduced = best(repeat, lambda: spin_run(ours.states, directory))
                size = f"{threads}x{pages}"
                if ours.states > full.states:
                    raise RunError(f"{size} {variant}: {ours.states} states in gupcheck, {full.states} in SPIN")
                print_row(size, variant, "gupcheck", ours, full, floor)
                print_row(size, variant, "SPIN", full, full, floor)
                print_row(size, variant, "SPIN, reduction on", reduced, full, floor)


def parse_size(text):
    found = re.fullmatch(r"(\d+)x(\d+)", text)
    threads, pages = (int(found.group(1)), int(found.group(2))) if found else (0, 0)
    if not (1 <= threads <= MAX_THREADS and 1 <= pages <= MAX_PAGES):
        bounds = f"1 to {MAX_THREADS} threads and 1 to {MAX_PAGES} pages"
        raise UsageError(f"size '{text}': expected THREADSxPAGES, {bounds}")
    return threads, pages


def find_gupcheck(given):
    path = Path(given) if given else ROOT / "build" / "release" / "bin" / "gupcheck"
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise UsageError(f"{path}: no such program; build gupcheck first or name it with --gupcheck")
    return str(path.resolve())


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise UsageError(message)


def main():
    parser = Parser(prog="compare.py", description="gup-micro in gupcheck and in SPIN, side by side.")
    parser.add_argument("--gupcheck", metavar="FILE", help="the program (default: that of the release build)")
    parser.add_argument("--repeat", metavar="N", type=int, default=3, help="runs of each, the fastest counts")
    parser.add_argument("sizes", metavar="SIZE", nargs="*", help=f"THREADSxPAGES ({' '.join(DEFAULT_SIZES)})")
    arguments = parser.parse_args()
    if arguments.repeat < 1:
        raise UsageError(f"--repeat {arguments.repeat}: expected at least 1")
    sizes = [parse_size(size) for size in arguments.sizes or DEFAULT_SIZES]
    for tool, package in [("spin", "spin"), ("gcc", "gcc")]:
        if not shutil.which(tool):
            raise UsageError(f"{tool} is not installed (Debian package {package})")
    compare(find_gupcheck(arguments.gupcheck), sizes, arguments.repeat)


if __name__ == "__main__":
    try:
        main()
    except UsageError as error:
        print(f"compare.py: {error}", file=sys.stderr)
        sys.exit(2)
    except RunError as error:
        print(f"compare.py: {error}", file=sys.stderr)
        sys.exit(1)
