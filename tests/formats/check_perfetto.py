#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks a timeline: check_perfetto.py TRACE.json TIMELINE.json

What Perfetto and chrome://tracing need: times never go back, slices nest, each arrow begins and ends in a slice
of its thread. What the trace says: each step once (those of a cycle twice), in order; what a thread waits for at
the end is because of the last time that a step was made, and a thread that waits in a cycle does so in each round.
"""
import json
import sys
from collections import Counter, defaultdict


def require(condition, message):
    if not condition:
        sys.exit(f"{sys.argv[2]}: {message}")


def check_nesting(tid, events):
    """Returns the slices (begin, end) of the thread."""
    slices, stack = [], []
    for event in events:
        while stack and stack[-1][1] is not None and stack[-1][1] <= event["ts"]:
            stack.pop()
        if event["ph"] == "B":
            require(all(end is None for _, end, _ in stack), f"thread {tid}: {event} begins within a step")
            stack.append((event["ts"], None, event["name"]))
        elif event["ph"] == "E":
            require(stack and stack[-1][1] is None, f"thread {tid}: {event} ends nothing")
            begin, _, name = stack.pop()
            require(name == event["name"], f"thread {tid}: {event} ends {name}")
            slices.append((begin, event["ts"]))
        elif event["ph"] == "X":
            end = event["ts"] + event["dur"]
            require(event["dur"] > 0, f"{event} takes no time")
            require(not stack or stack[-1][1] is None or end <= stack[-1][1], f"{event} overlaps {stack[-1:]}")
            stack.append((event["ts"], end, event["name"]))
            slices.append((event["ts"], end))
    require(all(end is not None for _, end, _ in stack), f"thread {tid}: {stack} never ends")
    return slices


def check_arrows(events, slices):
    starts, ends = {}, {}
    for event in events:
        if event["ph"] in "sf":
            side = starts if event["ph"] == "s" else ends
            require(event["id"] not in side, f"arrow {event['id']} is there twice")
            side[event["id"]] = event
            require(any(begin <= event["ts"] < end for begin, end in slices[event["tid"]]), f"{event} is in no slice")
    require(starts.keys() == ends.keys(), "an arrow has one end only")
    for number, start in starts.items():
        end = ends[number]
        require(start["ts"] < end["ts"] and end["bp"] == "e", f"arrow {number} goes back")
        require((start["name"], start["cat"]) == (end["name"], end["cat"]), f"arrow {number} has two names")
    return len(starts)


def check_last_times(timed, shown):
    """An arrow to a thread's end begins at a step that is not made again."""
    last = {event["args"]["step"]: event for event in shown}
    ends = {(event["tid"], event["ts"]): event for event in timed if event["cat"] == "end"}
    starts = {event["id"]: event for event in timed if event["ph"] == "s"}
    for event in timed:
        if event["ph"] != "f" or not any(tid == event["tid"] and ts <= event["ts"] < ts + end["dur"]
                                         for (tid, ts), end in ends.items()):
            continue
        start = starts[event["id"]]
        step = next(s for s in shown if s["tid"] == start["tid"] and s["ts"] <= start["ts"] < s["ts"] + s["dur"])
        require(step is last[step["args"]["step"]], f"{start} is not at the last time that the step was made")


def check_rounds_of_waits(timed, shown):
    """A thread that had to wait for its step of round 1, until another of the round, has to in round 2."""
    waits = {(event["tid"], event["ts"] + event["dur"]) for event in timed if event["cat"] == "wait"}
    end_of = {(s["args"]["step"], s["args"].get("round")): s["ts"] + s["dur"] for s in shown}
    for (number, round), end in end_of.items():
        for tid in {tid for tid, until in waits if until == end and round == 1}:
            own = next((s for s in shown if s["tid"] == tid and s["ts"] >= end), None)
            if own is not None and own["args"].get("round") == 1:
                require((tid, end_of[number, 2]) in waits, f"thread {tid} does not wait for step {number} in round 2")


def main():
    trace = json.load(open(sys.argv[1], encoding="utf-8"))
    document = json.load(open(sys.argv[2], encoding="utf-8"))
    events = document["traceEvents"]
    names = [event for event in events if event["ph"] == "M"]
    require(events[: len(names)] == names, "names come first")
    named = {event["tid"]: event["args"]["name"] for event in names if event["name"] == "thread_name"}
    require([named[t + 1] for t in range(len(trace["threads"]))] == trace["threads"], "the threads' names differ")

    timed = events[len(names):]
    require(all(a["ts"] <= b["ts"] for a, b in zip(timed, timed[1:])), "time goes back")
    threads = defaultdict(list)
    for event in timed:
        require(set(event) >= {"ph", "ts", "pid", "tid", "cat", "name"}, f"{event} lacks something")
        require(event["ph"] in "BEXsfCi", f"{event} is of no kind that we write")
        threads[event["tid"]].append(event)
    slices = {tid: check_nesting(tid, events) for tid, events in threads.items()}
    check_arrows(timed, slices)

    steps = trace["stem"] + trace["cycle"]
    numbers = list(range(1, len(steps) + 1)) + list(range(len(trace["stem"]) + 1, len(steps) + 1))
    shown = [event for event in timed if event["cat"] == "step"]
    require([event["args"]["step"] for event in shown] == numbers, "the steps are not those of the trace")
    for event in shown:
        step = steps[event["args"]["step"] - 1]
        require(event["tid"] == step["thread"] + 1, f"{event} is on another thread's track")
        open_functions = sum(1 if e["ph"] == "B" else -1 for e in threads[event["tid"]]
                             if e["ph"] in "BE" and (e["ts"] <= event["ts"]))
        require(open_functions == len(step["operation"]["stack"]), f"{event}: {open_functions} functions are open")
        for side in ("before", "after"):
            require((step[side] or {}).get("words") == event["args"].get(side), f"{event}: {side} differs")
    check_last_times(timed, shown)
    check_rounds_of_waits(timed, shown)
    waiting = Counter(event["tid"] for event in timed if event["cat"] == "wait")
    for number, end in enumerate(trace["end"], 1):
        if not end["finished"] and not end["enabled"] and end["operation"]["kind"] not in ("failed", "fault"):
            require(waiting[number] > 0, f"thread {number} waits, but no slice says so")
    counts = {event["name"] for event in timed if event["ph"] == "C"}
    require(counts == {s["operation"]["location"] for s in steps if s["operation"]["location"].endswith("_refcount")},
            "the counters are not the reference counts")


main()
