#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# What gupcheck leaves out changes no answer: every scenario and kernel version, explored in each combination of
# {transactions, symmetry, quotient} on and off, and the safety checks by themselves, with sleep sets and without; with
# one worker and with two.
#
# Compared for each case: the verdict of every check and the length of each shortest counterexample over all
# combinations; states, transitions and schedules between one worker and two; and nothing may count more states
# than without it. gup-micro is also held against counts that two other checkers agree on.
#
#   combination   R transactions, S symmetry, Q quotient; --- leaves nothing out. A +: safety checks only, for which
#                 the search keeps less in mind and has sleep sets; ++: that without sleep sets
#   -             did not fit into --max-states or --timeout, nor would what leaves less out: not compared
#   *             more states than without symmetry, or than without the quotient: while they are learnt, locations
#                 can be taken for shared that are not, so transactions end up shorter; nothing wrong, but lost time
#
# Exit status: 0; 1 when something differs, with the rows that do; 2 for wrong usage.

import itertools
import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from bench.program import Case, Parser, RunError, UsageError
from bench.program import check, find_gupcheck, listed_scenarios, require_options, run_main

SWITCHES = {"R": ["--no-transactions"], "S": ["--no-symmetry"], "Q": ["--no-quotient"]}
# Those that leave most out first, so that what does not fit is known from what fits even less.
COMBINATIONS = sorted(("".join(letters) for letters in itertools.product("R-", "S-", "Q-")),
                      key=lambda name: name.count("-"))
SAFETY_ONLY = ["RSQ+", "RSQ++", "---+", "---++"]
PROGRESS_CHECKS = {"livelock", "starvation"}  # their stems are short, not shortest

# States and transitions of gup-micro without the return check: SPIN and TLC agree on them. They tell control
# points with their live locals apart; the quotient may count fewer (behaviours), its absence more (dead locals).
PUBLISHED = {
    (2, 1, "seed"): (749, 1273),
    (2, 1, "retry"): (513, 867),
    (3, 1, "seed"): (11595, 27184),
    (3, 1, "retry"): (4912, 11647),
    (2, 2, "seed"): (8898, 16043),
    (2, 2, "retry"): (5798, 10535),
}


@dataclass
class Answer:
    states: int
    transitions: int
    complete: bool  # the last exploration came to its end
    verdicts: dict  # by check
    lengths: dict  # of the shortest counterexample, by check
    schedules: dict  # the moves themselves, by check


@dataclass
class Row:
    case: Case
    answers: dict = field(default_factory=dict)  # by combination and jobs; None: did not fit
    differences: list = field(default_factory=list)


def switches_off(combination):
    off = [option for letter, options in SWITCHES.items() if letter not in combination for option in options]
    if combination in SAFETY_ONLY:
        off += [part for name in sorted(PROGRESS_CHECKS) for part in ("--without", name)]
    return off + (["--no-sleep-sets"] if combination.endswith("++") or combination == "---" else [])


def leaves_less_out(one, other):
    return one in COMBINATIONS and all(letter == "-" or letter in other for letter in one)


def never_larger(combination):
    """What the combination without one letter must not fall below."""
    for letter in "RSQ":
        if letter in combination and (letter == "R" or "R" not in combination):
            yield combination.replace(letter, "-")


def read_traces(directory):
    lengths, schedules = {}, {}
    for file in sorted(Path(directory).glob("*.json")):
        trace = json.loads(file.read_text())
        moves = [[(step["thread"], step.get("choice", 0)) for step in trace[part]] for part in ("stem", "cycle")]
        schedules[trace["check"]] = moves
        if trace["check"] not in PROGRESS_CHECKS:
            lengths[trace["check"]] = len(moves[0])
    return lengths, schedules


def explore(binary, case, combination, jobs, limits):
    with tempfile.TemporaryDirectory() as directory:
        options = ["--all", *limits, "--jobs", str(jobs), "--traces", directory, *switches_off(combination)]
        result, _ = check(binary, case, options)
        verdicts = {one["name"]: one["verdict"] for one in result["checks"]}
        if "incomplete" in verdicts.values() and result["stopped_by"] in ("max-states", "max-memory", "timeout"):
            return None
        complete = result["stopped_by"] is None
        return Answer(result["states"], result["transitions"], complete, verdicts, *read_traces(directory))


def compare_answers(row):
    """Notes what differs; the first combination that fits is what the others are held against."""
    known = {key: answer for key, answer in row.answers.items() if answer is not None}
    if not known:
        return
    (first, answer), *_ = known.items()
    for key, other in known.items():
        for what in ("verdicts", "lengths"):
            ours, theirs = getattr(answer, what), getattr(other, what)
            for name in sorted(set(ours) | set(theirs)):
                if name in PROGRESS_CHECKS and key[0] in SAFETY_ONLY:
                    continue
                if ours.get(name) != theirs.get(name):
                    row.differences.append(
                        f"{name}: {ours.get(name)} with {show(first)}, {theirs.get(name)} with {show(key)}"
                    )
    for jobs in (1, 2):
        for combination in ("RSQ+", "---+"):
            some, every = known.get((combination, jobs)), known.get((combination + "+", jobs))
            if some and every and (some.states, some.transitions) != (every.states, every.transitions):
                row.differences.append(f"counts with sleep sets and without: {combination}, {jobs} jobs")
    for combination in COMBINATIONS + SAFETY_ONLY:
        one, two = known.get((combination, 1)), known.get((combination, 2))
        for what in ("states", "transitions", "schedules") if one and two else ():
            if getattr(one, what) != getattr(two, what):
                numbers = "" if what == "schedules" else f": {getattr(one, what)} and {getattr(two, what)}"
                row.differences.append(f"{what} with one worker and with two, {combination}{numbers}")
        for less in never_larger(combination) if combination in COMBINATIONS else ():
            full = known.get((less, 1))
            if one and full and one.complete and full.complete and full.states < one.states:
                row.differences.append(f"{combination} counts {one.states} states, {less} only {full.states}")


def show(key):
    return f"{key[0]} and {key[1]} job{'s' if key[1] > 1 else ''}"


def published_differences(binary, limits):
    """gup-micro without symmetry and reduction, against what other checkers count."""
    without = [part for name in ("pin-placement", "livelock", "starvation") for part in ("--without", name)]
    for (threads, pages, kernel), published in PUBLISHED.items():
        case = Case("gup-micro", kernel, threads, pages)
        for jobs in (1, 2):
            counts = []
            for combination in ("--Q", "---"):
                result, _ = check(
                    binary, case, [*limits, *without, "--jobs", str(jobs), *switches_off(combination)]
                )
                if result["verdict"] != "holds":
                    yield f"{case}: {result['verdict']}"
                counts.append((result["states"], result["transitions"]))
            merged, full = counts
            exact = kernel == "retry"  # behaviours and control points are the same there
            if any(count > bound for count, bound in zip(merged, published)) or (exact and merged != published):
                yield f"{case}: the quotient counts {merged}, published are {published}"
            if any(count < bound for count, bound in zip(full, published)):
                yield f"{case}: with nothing left out {full}, published are {published}"


def sizes_of(scenario, small):
    threads, pages = scenario["threads"], scenario["pages"]
    least = (max(2, threads["min"]), pages["min"])
    if small:
        return [least]
    usual = (threads["default"], pages["default"])
    wanted = [least, usual, (least[0] + 1, least[1]), (least[0], least[1] + 1)]
    return [
        size
        for size in dict.fromkeys(wanted)
        if threads["min"] <= size[0] <= threads["max"] and pages["min"] <= size[1] <= pages["max"]
    ]


def cases_of(scenarios, small):
    for scenario in scenarios:
        for threads, pages in sizes_of(scenario, small):
            for kernel in scenario["kernels"]:
                yield Case(scenario["name"], kernel, threads, pages)


def examine(binary, case, small, limits):
    """All combinations of one case. With `small`, two workers for RSQ, RSQ+, RSQ++ and --- only."""
    row = Row(case)
    too_large = []
    for combination in COMBINATIONS + SAFETY_ONLY:
        for jobs in (1, 2):
            if jobs == 2 and small and combination not in ("RSQ", "---", "RSQ+", "RSQ++"):
                continue
            answer = None
            if not any(leaves_less_out(combination, other) for other in too_large):
                try:
                    answer = explore(binary, case, combination, jobs, limits)
                except RunError as error:
                    row.differences.append(str(error))
                    continue
                if answer is None:
                    too_large.append(combination)
            row.answers[combination, jobs] = answer
    compare_answers(row)
    return row


def print_row(row):
    counts = []
    for combination in COMBINATIONS:
        answer = row.answers.get((combination, 1))
        others = [row.answers.get((combination.replace(letter, "-"), 1)) for letter in "SQ"]
        more = answer and answer.complete and any(other and answer.states > other.states for other in others)
        counts.append("-" if answer is None else format(answer.states, ",") + ("*" if more else ""))
    broken = sorted(
        {name for one in row.answers.values() if one for name, verdict in one.verdicts.items() if verdict == "broken"}
    )
    fits = any(row.answers.values())
    verdict = "DIFFERS" if row.differences else " ".join(broken) if broken else "holds" if fits else "-"
    print(f"{row.case.scenario:<22} {row.case.kernel:<9} {row.case.size:<4}", *(f"{count:>11}" for count in counts),
          f" {verdict}", flush=True)


def examine_all(binary, cases, arguments, limits):
    print(f"{'scenario':<22} {'kernel':<9} {'size':<4}", *(f"{name:>11}" for name in COMBINATIONS), " broken checks")
    failed, not_fitting = [], 0
    with ThreadPoolExecutor(max_workers=arguments.parallel) as pool:
        rows = pool.map(lambda case: examine(binary, case, arguments.small, limits), cases)
        for number, row in enumerate(rows, 1):
            print_row(row)
            not_fitting += any(answer is None for answer in row.answers.values())
            if row.differences:
                failed.append(row)
            if sys.stderr.isatty():
                print(f"\r{number} of {len(cases)}\r", end="", file=sys.stderr)
    return failed, not_fitting


def main():
    parser = Parser(prog="nothing_lost.py", description="What gupcheck leaves out changes no answer.")
    parser.add_argument("--gupcheck", metavar="FILE", help="the program (default: that of the release build)")
    parser.add_argument("--small", action="store_true", help="the least sizes only: what CI runs, in under a minute")
    parser.add_argument("--parallel", metavar="N", type=int, default=os.cpu_count(), help="runs at the same time")
    parser.add_argument("--max-states", metavar="N", type=int, default=3_000_000, help="for each exploration")
    parser.add_argument("--timeout", metavar="T", default="60s", help="for each run")
    parser.add_argument("scenarios", metavar="SCENARIO", nargs="*", help="default: all of gupcheck list")
    arguments = parser.parse_args()
    for name in ("parallel", "max_states"):
        if getattr(arguments, name) < 1:
            raise UsageError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: expected at least 1")
    binary = find_gupcheck(arguments.gupcheck)
    require_options(binary, [option for options in SWITCHES.values() for option in options])
    scenarios = {scenario["name"]: scenario for scenario in listed_scenarios(binary)}
    for name in arguments.scenarios:
        if name not in scenarios:
            raise UsageError(f"no scenario '{name}'; gupcheck list names them")
    chosen = [scenarios[name] for name in arguments.scenarios or scenarios]
    cases = list(cases_of(chosen, arguments.small))
    limits = ["--max-states", str(arguments.max_states), "--timeout", arguments.timeout]

    failed, not_fitting = examine_all(binary, cases, arguments, limits)
    lines = [f"{row.case}: {difference}" for row in failed for difference in row.differences]
    if any(case.scenario == "gup-micro" for case in cases):
        lines += published_differences(binary, limits)
    for line in lines:
        print(f"DIFFERS {line}")
    print(f"{len(cases)} cases, {not_fitting} of them not in every combination; {len(lines)} differences")
    return 1 if lines else 0


if __name__ == "__main__":
    run_main(main)
