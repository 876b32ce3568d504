# SPDX-License-Identifier: GPL-2.0-only
#
# What the test of the pages and its subjects share: gupcheck, where files go, and how a failure is told.
import pathlib
import re
import subprocess
import sys

gupcheck, output, case = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3]
invisible = re.compile("[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def check(condition, *what):
    if not condition:
        raise SystemExit(f"FAILED: {case}: " + " ".join(text if len(text := str(part)) < 2000 else text[:2000] + "..." for part in what))


def same(found, expected, *what):
    check(found == expected, *what, "\n  found   ", found, "\n  expected", expected)


# As the page shows it (traces/html/dom.js).
def visible(text):
    return invisible.sub(lambda c: f"<U+{ord(c[0]):04X}>", text)


def run(*arguments, status=0, commands=""):
    done = subprocess.run([gupcheck, *map(str, arguments)], cwd=output, input=commands, capture_output=True, text=True,
                          check=False)
    check(done.returncode == status, arguments, "exits with", done.returncode, done.stderr)
    return done.stdout
