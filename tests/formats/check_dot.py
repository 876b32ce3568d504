#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks a drawing: check_dot.py TRACE.json DRAWING.svg [--unfold]

The SVG is well-formed, has each step that it should have, and each label says its step's number and location.
"""
import json
import sys
import xml.etree.ElementTree as ElementTree

SVG = "{http://www.w3.org/2000/svg}"


def require(condition, message):
    if not condition:
        sys.exit(f"{sys.argv[2]}: {message}")


def main():
    trace = json.load(open(sys.argv[1], encoding="utf-8"))
    unfold = "--unfold" in sys.argv[3:]
    groups = {}
    clusters = 0
    for group in ElementTree.parse(sys.argv[2]).getroot().iter(SVG + "g"):
        kind = group.get("class")
        if kind == "node":
            groups[group.findtext(SVG + "title")] = "".join(
                text.text or "" for text in group.iter(SVG + "text"))
        clusters += kind == "cluster"

    steps = trace["stem"] + trace["cycle"]
    expected = {f"step_{n}" for n, step in enumerate(steps, 1) if unfold or step["matters"]}
    drawn = {name for name in groups if name.startswith("step_")}
    require(drawn == expected, f"steps {sorted(drawn ^ expected)} are missing or too many")
    ends = {f"end_{n}" for n in range(1, len(trace["end"]) + 1)}
    require(ends <= groups.keys(), "a thread's end is missing")
    require(clusters == len(trace["threads"]), "there must be a cluster for each thread")
    for n, name in enumerate(trace["threads"], 1):
        require(groups.get(f"thread_{n}") == name, f"thread {n} is not called {name!r}")
    require(("broken" in groups) == (not trace["cycle"]), "the break is a node exactly when there is no cycle")
    for name in expected:
        number = int(name.removeprefix("step_"))
        label = groups[name].replace(" ", "").replace("\u00a0", "")
        require(label.startswith(str(number)), f"{name} does not say its number")
        location = steps[number - 1]["operation"]["location"].replace(" ", "")
        require(location in label, f"{name} does not say {location!r} but {label!r}")


main()
