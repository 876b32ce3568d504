# SPDX-License-Identifier: GPL-2.0-only
#
# The traces that the pages are tested with, by the name of their case: each makes its JSON file.
import copy
import json

from tool import case, output, run, same

# Characters that no file may bring in are put into the page itself in place of this.
stand_in, separators = "@separators@", "\u2028\u2029\u202e\u2066"


# A trace that a run finds; gives its JSON file.
def found_by(scenario, kernel, broken, *options, size="2x1"):
    run("check", scenario, "--kernel", kernel, "--traces", case, *options, status=1)
    return output / case / f"{scenario}-{kernel}-{size}-{broken}.json"


# Two threads take two locks in opposite orders; what each step is comes from a trace that a run found.
def deadlock():
    trace = json.loads(found_by("gup-micro", "seed", "pin-placement").read_text())
    taken = next(step for step in trace["stem"] if step["operation"]["kind"] == "lock")

    def lock(thread, name):
        step = copy.deepcopy(taken)
        step.update(thread=thread, changed=[], matters=True)
        step["operation"]["location"] = name
        step["before"] = {"words": "free", "hex": "0x0"}
        step["after"] = {"words": f"T{thread}", "hex": hex(1 << 63 | thread + 1)}
        return step

    def wait(thread, name, holder):
        return {"finished": False, "enabled": False, "operation": lock(thread, name)["operation"],
                "last": {"words": f"T{holder}", "hex": hex(1 << 63 | holder + 1)}}

    trace.update(check="deadlock", message="every thread waits", explanation="", cycle=[],
                 stem=[lock(0, "first"), lock(1, "second")], end=[wait(0, "second", 1), wait(1, "first", 0)])
    return stored(trace)


# What a stranger may send: markup, quotes, words without an end, text that runs from right to left. The reader of traces
# refuses what turns the direction of text or ends a line, so that is put into the page itself (separators below).
def hostile():
    trace = json.loads(found_by("gup-micro", "seed", "pin-placement").read_text())
    evil = ("</script><script>document.title='owned'</script><!-- <script> <img src=x onerror=\"document.title='owned'\">"
            f" {{{{data}}}} & &amp; ' \" ` \\u003c {stand_in} a\u200bb\ufeff \u05d0\u05d1\u05d2 " + "w" * 3000)
    for name in ("scenario", "kernel", "check", "message", "explanation"):
        trace[name] = evil
    trace["threads"] = [f"{i} {evil}" for i in range(len(trace["threads"]))]
    for line in trace["initial"]:
        line["state"] = evil
    for step in trace["stem"]:
        step["changed"] = [{"name": evil, "state": evil}]
        step["before"] = step["after"] = step["result"] = {"words": evil, "hex": "0x1"}
        step["operation"].update(location=evil, bits=evil, stack=[evil] * 3)
        step["operation"]["source"] = {"file": "../../../../etc/passwd", "line": 1, "function": evil}
    return stored(trace)


# Steps that somebody took by hand; no promise breaks.
def saved():
    file = output / f"{case}-input.json"
    run("explore", "concurrent-pins", "--kernel", "1aaf8c",
        commands="".join(f"step {thread}\n" for thread in (0, 1, 0, 0, 0)) + f"save {file}\n")
    trace = json.loads(file.read_text())
    same((trace["check"], trace["explanation"], len(trace["stem"])), ("", "", 5), "what is saved")
    return file


def stored(trace):
    file = output / f"{case}-input.json"
    file.write_text(json.dumps(trace))
    return file


traces = {
    "stem": lambda: found_by("concurrent-pins", "seed-v1", "pin-placement"),
    "livelock": lambda: found_by("pin-off-lru", "6.1.13", "livelock", size="1x1"),
    "starvation": lambda: found_by("concurrent-pins", "5.13", "starvation", "--fairness", "none"),
    "deadlock": deadlock,
    "three": lambda: found_by("concurrent-pins", "seed-v1", "pin-placement", "--threads", "3", size="3x1"),
    "eight": lambda: found_by("gup-micro", "seed", "pin-placement", "--threads", "8", size="8x1"),
    "hostile": hostile,
    "saved": saved,
}
