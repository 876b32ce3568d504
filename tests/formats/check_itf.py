#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks an ITF trace: check_itf.py TRACE.json TRACE.itf.json

The form is that of Apalache's ADR 15, with one type for each variable; the states are what the trace's values
and pictures add up to.
"""
import json
import re
import sys


def require(condition, message):
    if not condition:
        sys.exit(f"{sys.argv[2]}: {message}")


def type_of(value):
    """The type of an expression, as text; ends the check if it is none."""
    if isinstance(value, bool):
        return "Bool"
    if isinstance(value, str):
        return "Str"
    require(isinstance(value, dict), f"{value!r} is no expression that we write")
    if "#bigint" in value:
        require(list(value) == ["#bigint"] and re.fullmatch("-?[0-9]+", value["#bigint"]), f"{value} is no number")
        return "Int"
    if "#map" in value:
        require(list(value) == ["#map"], f"{value} is no map")
        keys = [json.dumps(key) for key, _ in value["#map"]]
        require(len(keys) == len(set(keys)), f"a key is twice in {value}")
        types = {(type_of(key), type_of(of)) for key, of in value["#map"]}
        require(len(types) <= 1, f"{value} has several types")
        return "Map"
    require(not any(key.startswith("#") for key in value), f"{value} has an unknown form")
    return str({key: type_of(of) for key, of in value.items()})


def main():
    trace = json.load(open(sys.argv[1], encoding="utf-8"))
    document = json.load(open(sys.argv[2], encoding="utf-8"))
    steps = trace["stem"] + trace["cycle"]
    require(set(document) <= {"#meta", "params", "vars", "states", "loop"}, "there is an unknown member")
    names, states = document["vars"], document["states"]
    require(len(names) == len(set(names)) and not any(n.startswith("#") for n in names), "bad names of variables")
    require(len(states) == len(steps) + 1, "there must be one state more than steps")
    require(document.get("loop") == (len(trace["stem"]) + 1 if trace["cycle"] else None), "loop is wrong")

    touched = {s["operation"]["location"] for s in steps if s["before"]}
    require(len(names) == len(touched) + 3, "there must be one variable for each location")
    types = {}
    picture = {line["name"]: line["state"] for line in trace["initial"]}
    for index, state in enumerate(states):
        require(state.pop("#meta") == {"index": index}, f"state {index} has another index")
        require(set(state) == set(names), f"state {index} has not the variables of vars")
        for name, value in state.items():
            require(types.setdefault(name, type_of(value)) == type_of(value), f"{name} changes its type")
        if index:
            step = steps[index - 1]
            require(state["action"]["step"] == {"#bigint": str(index)}, f"state {index} is of another step")
            for line in step["changed"]:
                picture[line["name"]] = line["state"]
            location = step["operation"]["location"]
            variable = "location " + location if location.startswith("#") else location
            if location in ("action", "pc", "picture"):
                variable = location + " (2)"
            if step["before"]:
                for side, value in (("before", states[index - 1][variable]), ("after", state[variable])):
                    shown = value["#bigint"] if isinstance(value, dict) else value
                    require(shown == step[side]["words"], f"state {index}: {variable} is {shown!r} {side}")
            changed = {n for n in names[3:] if state[n] != states[index - 1][n]}
            require(changed <= {variable}, f"state {index}: {changed} change")
        require(dict(state["picture"]["#map"]) == {n: s for n, s in picture.items() if s}, f"state {index}: picture")
        require(len(state["pc"]["#map"]) == len(trace["threads"]), f"state {index}: pc")


main()
