#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks a timeline: check_perfetto.py TRACE.json TIMELINE.json

What Perfetto and chrome://tracing need: times never go back, slices nest, each arrow begins and ends in a slice
of its thread. What the trace says: each step once (those of a cycle twice), in order.
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
    waiting = Counter(event["tid"] for event in timed if event["cat"] == "wait")
    for number, end in enumerate(trace["end"], 1):
        if not end["finished"] and not end["enabled"] and end["operation"]["kind"] not in ("failed", "fault"):
            require(waiting[number] > 0, f"thread {number} waits, but no slice says so")
    counts = {event["name"] for event in timed if event["ph"] == "C"}
    require(counts == {s["operation"]["location"] for s in steps if s["operation"]["location"].endswith("_refcount")},
            "the counters are not the reference counts")


main()
