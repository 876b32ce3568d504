# SPDX-License-Identifier: GPL-2.0-only
#
# Instructions that gupcheck executes for a transition, by callgrind: they repeat where seconds do not.
#
# Two sizes are run and their difference divided by that of their transitions, so that starting the program and
# learning the threads hardly count.

import json
import re
import shutil

from program import HOLDS, RunError, UsageError, measured


def require_valgrind():
    if not shutil.which("valgrind"):
        raise UsageError("valgrind is not installed (Debian package valgrind)")


def counted(binary, case, options):
    """Instructions and transitions of one run."""
    command = [binary, "check", *case.arguments(), *options, "--json", "-"]
    run = measured(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command])
    found = re.search(r"Collected *: *(\d+)", run.errors)
    if run.status != HOLDS or not found:
        raise RunError(f"{case} under callgrind: exit status {run.status}: {run.errors.splitlines()[-1:]}")
    return int(found.group(1)), json.loads(run.text)["transitions"]


def per_transition(binary, small, large, options):
    (less, few), (more, many) = (counted(binary, case, options) for case in (small, large))
    return (more - less) / (many - few), more, many
