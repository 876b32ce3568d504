#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks a drawing: check_dot.py TRACE.json DRAWING.svg DRAWING.json [--unfold]

The drawing as SVG: well-formed, and each label says its step's number and location. As `dot -Tjson` has it: the
steps that it should have, each in its thread's box and below the one before; and the edges, kind by kind. Which
edges of a kind are left out is found anew here, from what the nodes' tooltips name (all that a step depends on)
and from the trace.
"""
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

SVG = "{http://www.w3.org/2000/svg}"
# The label of an edge, the words of a tooltip.
KINDS = {" is read by": "sees what came of", " lock passes to": "takes the lock after", " is waited for by": "waits for"}
AGAIN = " in the next round"


def require(condition, message):
    if not condition:
        sys.exit(f"{sys.argv[2]}: {message}")


def check_labels(trace, expected):
    groups = {}
    for group in ElementTree.parse(sys.argv[2]).getroot().iter(SVG + "g"):
        if group.get("class") == "node":
            groups[group.findtext(SVG + "title")] = "".join(text.text or "" for text in group.iter(SVG + "text"))
    drawn = {name for name in groups if name.startswith("step_")}
    require(drawn == expected.keys(), f"steps {sorted(drawn ^ expected.keys())} are missing or too many")
    for n, name in enumerate(trace["threads"], 1):
        require(groups.get(f"thread_{n}") == name, f"thread {n} is not called {name!r}")
    breaks = trace["check"] and not trace["cycle"]
    require(("broken" in groups) == bool(breaks), "the break is a node exactly when something breaks and there is no cycle")
    for name, step in expected.items():
        label = groups[name].replace(" ", "").replace("\u00a0", "")
        require(label.startswith(name.removeprefix("step_")), f"{name} does not say its number")
        location = step["operation"]["location"].replace(" ", "")
        require(location in label, f"{name} does not say {location!r} but {label!r}")


def box(text):
    return [float(number) for number in text.split(",")]


def centre(node):
    return [float(number) for number in node["pos"].split(",")]


def check_places(trace, drawing, nodes, rows):
    """A box for each thread with its nodes; time runs downwards."""
    clusters = {o["name"]: o for o in drawing["objects"] if o["name"].startswith("cluster_")}
    require(len(clusters) == len(trace["threads"]), "there must be a box for each thread")
    for n in range(1, len(trace["threads"]) + 1):
        cluster = clusters[f"cluster_{n}"]
        left, low, right, high = box(cluster["bb"])
        inside = {drawing["objects"][i]["name"] for i in cluster["nodes"]}
        require(inside == {name for name, thread in rows if thread == n - 1} | {f"thread_{n}"},
                f"box {n} has other steps than its thread")
        for name in inside:
            x, y = centre(nodes[name])
            require(left < x < right and low < y < high, f"{name} is outside its box")
    for (above, _), (below, _) in zip(rows, rows[1:]):
        if below.startswith("step_"):
            require(centre(nodes[above])[1] > centre(nodes[below])[1], f"{below} is not below {above}")


def named_in_tooltips(nodes):
    """For each kind the pairs (from, to) of nodes that are drawn."""
    found = {kind: set() for kind in KINDS}
    for name, node in nodes.items():
        for line in node.get("tooltip", "").split("\\n"):
            for kind, phrase in KINDS.items():
                if match := re.fullmatch(phrase + r" step (\d+)", line):
                    if f"step_{match[1]}" in nodes:
                        found[kind].add((f"step_{match[1]}", name))
    return found


def reduced(order, edges):
    """Those of `edges` that no path of two or more edges of both replaces."""
    after = {}
    for a, b in order | edges:
        after.setdefault(a, set()).add(b)

    def reaches(start, end):
        seen, open_ = set(), [next_ for next_ in after.get(start, ()) if next_ != end]
        while open_:
            node = open_.pop()
            if node == end:
                return True
            if node not in seen:
                seen.add(node)
                open_ += after.get(node, ())
        return False

    return {(a, b) for a, b in edges if not reaches(a, b)}


def check_source(trace, steps, kind, a, b):
    """What the trace itself says of an edge between two steps."""
    source = steps[int(a.removeprefix("step_")) - 1]
    at_end = b.startswith("end_")
    reader = trace["end"][int(b.removeprefix("end_")) - 1] if at_end else steps[int(b.removeprefix("step_")) - 1]
    location = source["operation"]["location"]
    require(location == reader["operation"]["location"], f"{a}, {b}: they are on different locations")
    require(source["before"] != source["after"], f"{a} changes nothing, but leads to {b}")
    if kind == " is read by" and not at_end and reader["operation"]["shows"] == "old_value":
        between = steps[int(a.removeprefix("step_")):int(b.removeprefix("step_")) - 1]
        require(not any(s["operation"]["location"] == location and s["before"] != s["after"] for s in between),
                f"{a} is not the last that changed what {b} sees")
        require(source["after"]["hex"] == reader["before"]["hex"], f"{b} sees something else than {a} left")


def check_edges(trace, drawing, nodes, rows, thread_of):
    by_kind = {kind: set() for kind in (*KINDS, *(kind + AGAIN for kind in KINDS), "order", " for ever")}
    colours = {}
    for edge in drawing["edges"]:
        if edge.get("style") == "invis" or drawing["objects"][edge["head"]]["name"] == "broken":
            continue
        label = edge.get("label", "")
        kind = "order" if label == "" or label.endswith(" left out") else label
        require(kind in by_kind, f"an edge is called {label!r}")
        pair = drawing["objects"][edge["tail"]]["name"], drawing["objects"][edge["head"]]["name"]
        require(pair not in by_kind[kind], f"{kind}: {pair} is there twice")
        by_kind[kind].add(pair)
        colours.setdefault(kind.removesuffix(AGAIN), set()).add(edge["color"])
    require(all(len(c) == 1 for c in colours.values()) and len(set.union(*colours.values(), set())) == len(colours),
            f"kinds of edges need a colour each, not {colours}")

    order = {(a, b) for thread in range(len(trace["threads"]))
             for a, b in zip(*(lambda own: (own, own[1:]))([name for name, of in rows if of == thread]))}
    require(by_kind["order"] == order, f"program order is {by_kind['order'] ^ order} off")
    steps = trace["stem"] + trace["cycle"]
    position = {name: n for n, (name, _) in enumerate(rows)}
    for kind, pairs in named_in_tooltips(nodes).items():
        pairs = {(a, b) for a, b in pairs if thread_of[a] != thread_of[b]}
        back = {(a, b) for a, b in pairs if position[a] >= position[b]}
        require(by_kind[kind + AGAIN] == back, f"{kind}{AGAIN}: {by_kind[kind + AGAIN] ^ back} differ")
        expected = reduced(order, pairs - back)
        require(by_kind[kind] == expected, f"{kind}: {by_kind[kind] ^ expected} differ")
        for a, b in pairs - back:
            check_source(trace, steps, kind, a, b)
    in_cycle = [name for name, _ in rows if name.startswith("step_") and int(name[5:]) > len(trace["stem"])]
    require(by_kind[" for ever"] == ({(in_cycle[-1], in_cycle[0])} if in_cycle else set()), "the way back is wrong")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        trace = json.load(file)
    with open(sys.argv[3], encoding="utf-8") as file:
        drawing = json.load(file)
    unfold = "--unfold" in sys.argv[4:]
    steps = trace["stem"] + trace["cycle"]
    expected = {f"step_{n}": step for n, step in enumerate(steps, 1) if unfold or step["matters"]}
    check_labels(trace, expected)
    rows = [(name, step["thread"]) for name, step in expected.items()]
    rows += [(f"end_{n}", n - 1) for n in range(1, len(trace["end"]) + 1)]
    nodes = {o["name"]: o for o in drawing["objects"] if not o["name"].startswith("cluster_") and "pos" in o}
    require({name for name, _ in rows} <= nodes.keys(), "a thread's end is missing")
    check_places(trace, drawing, nodes, rows)
    check_edges(trace, drawing, nodes, rows, dict(rows))


main()
