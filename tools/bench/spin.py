# SPDX-License-Identifier: GPL-2.0-only
#
# gup-micro in SPIN: builds pan for one size and runs it, within limits of time and memory.
#
# pan's hash table is given a slot for each state, so that it neither crowds nor clears memory in vain, and its
# stack what the search needs; both are known from the run before.

import re
import shutil
import subprocess
from dataclasses import dataclass

from program import ROOT, RunError, UsageError, measured

MODEL = ROOT / "tools" / "bench" / "gup_micro.pml"
MAX_PAGES = 3  # what the model is written for
FIRST_GUESS = 2**16  # states
FIRST_DEPTH, LAST_DEPTH = 200_000, 200_000_000


@dataclass
class SpinRun:
    states: int
    transitions: int
    search: float
    cpu: float
    memory: int


def require_spin():
    for tool in ("spin", "gcc"):
        if not shutil.which(tool):
            raise UsageError(f"{tool} is not installed (Debian package {tool})")


class Pan:
    """The checker that SPIN generates for one size."""

    def __init__(self, case, reduce, directory, seconds, megabytes):
        self.directory, self.seconds, self.depth = directory, seconds, FIRST_DEPTH
        macros = [f"-DTHREADS={case.threads}", f"-DPAGES={case.pages}"]
        macros += ["-DRETRY"] if case.kernel == "retry" else []
        options = ["-O2", "-w", "-DSAFETY", "-DNOFAIR", f"-DMEMLIM={megabytes}"]
        options += [] if reduce else ["-DNOREDUCE"]
        for command in (["spin", "-a", *macros, str(MODEL)], ["gcc", *options, "-o", "pan", "pan.c"]):
            done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise RunError(f"{' '.join(command)}: {(done.stdout + done.stderr).strip()}")

    def run(self, states=FIRST_GUESS):
        """None when it does not fit."""
        slots = max(states, 2**12).bit_length()
        run = measured(["./pan", f"-m{self.depth}", f"-w{slots}"], self.directory, self.seconds)
        if "max search depth too small" in run.text and self.depth < LAST_DEPTH:
            self.depth *= 10
            return self.run(states)
        if run.status < 0 or "memory limit" in run.text or "out of memory" in run.text.lower():
            return None

        def number(pattern):
            found = re.search(pattern, run.text, re.MULTILINE)
            if not found:
                raise RunError(f"pan: exit status {run.status} and no result to read")
            return float(found.group(1))

        if number(r"errors: (\d+)") != 0 or "Search not completed" in run.text:
            raise RunError(f"pan: did not end with everything holding (exit status {run.status})")
        return SpinRun(int(number(r"^ *([\d.e+]+) states, stored")), int(number(r"^ *([\d.e+]+) transitions")),
                       number(r"elapsed time ([\d.]+) seconds"), run.cpu, run.memory)
