# SPDX-License-Identifier: GPL-2.0-only
#
# Runs gupcheck for the scripts of tools/: finds the program, asks it what there is, and reads its results.
#
# Whatever a run cannot be read from is a RunError that names the command; nothing is guessed.

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# gupcheck's exit statuses that come with a result.
HOLDS, BROKEN, INCOMPLETE = 0, 1, 3


class UsageError(Exception):
    """Wrong usage or a missing tool: exit status 2."""


class RunError(Exception):
    """A run that did not end as it must: exit status 1."""


def run_main(main):
    """Ends the program as main() says, or with one line about what went wrong."""
    name = os.path.basename(sys.argv[0])
    try:
        sys.exit(main())
    except UsageError as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(2)
    except RunError as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(1)


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise UsageError(message)


@dataclass
class Measured:
    text: str  # its stdout
    errors: str  # its stderr
    status: int
    cpu: float  # seconds of processor time
    memory: int  # largest resident set, in bytes


@dataclass(frozen=True)
class Case:
    """What is explored."""

    scenario: str
    kernel: str
    threads: int
    pages: int

    @property
    def size(self):
        return f"{self.threads}x{self.pages}"

    def __str__(self):
        return f"{self.scenario} {self.kernel} {self.size}"

    def arguments(self):
        return [self.scenario, "--kernel", self.kernel, "--threads", str(self.threads), "--pages", str(self.pages)]


def measured(command, directory=None, seconds=None):
    """Runs a command to its end, or kills it after so many seconds: then its status is negative."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(command, cwd=directory, stdout=output, stderr=errors)
        except OSError as error:
            raise UsageError(f"cannot run {command[0]}: {error.strerror}") from None
        clock = threading.Timer(seconds, process.kill) if seconds else None
        if clock:
            clock.start()
        _, status, usage = os.wait4(process.pid, 0)
        if clock:
            clock.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        text, trouble = output.read().decode(errors="replace"), errors.read().decode(errors="replace").strip()
    return Measured(text, trouble, process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def check(binary, case, options=()):
    """One `gupcheck check`: its result as written by --json, and what the process took."""
    command = [binary, "check", *case.arguments(), *options, "--json", "-"]
    run = measured(command)
    try:
        result = json.loads(run.text)
        if isinstance(result, list):
            (result,) = result
        verdict, states, transitions = result["verdict"], result["states"], result["transitions"]
    except (ValueError, KeyError, TypeError):
        verdict = states = transitions = None
    good = run.status in (HOLDS, BROKEN, INCOMPLETE) and isinstance(states, int) and isinstance(transitions, int)
    if not good or verdict != {HOLDS: "holds", BROKEN: "broken", INCOMPLETE: "incomplete"}[run.status]:
        reason = run.errors.splitlines()[-1] if run.errors else "no result to read"
        raise RunError(f"{' '.join(command)}: exit status {run.status}: {reason}")
    return result, run


def find_gupcheck(given):
    path = Path(given) if given else ROOT / "build" / "release" / "bin" / "gupcheck"
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise UsageError(f"{path}: no such program; build gupcheck first or name it with --gupcheck")
    return str(path.resolve())


def listed_scenarios(binary):
    """What `gupcheck list --json` says of each scenario."""
    run = measured([binary, "list", "--json"])
    try:
        scenarios = json.loads(run.text)["scenarios"]
        if not all({"name", "kernels", "default_kernel", "threads", "pages"} <= set(one) for one in scenarios):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{binary} list --json: exit status {run.status} and no list to read") from None
    return scenarios


def require_options(binary, names):
    """Stops before the first run if this build does not know an option."""
    run = measured([binary, "check", "--help"])
    for name in names:
        if name not in run.text.replace(",", " ").split():
            raise UsageError(f"{binary} has no option {name}; build gupcheck anew")
