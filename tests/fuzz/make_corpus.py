#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes the seeds of the fuzz target trace_reader anew: make_corpus.py GUPCHECK

To be run when the trace format changes, with a gupcheck that writes the new one; tests/cli/trace_reader.sh says
when. It replaces tests/fuzz/corpus/trace_reader/: valid-* are accepted by the reader, bad-* are refused. All of
them come from traces that GUPCHECK finds here, changed in ways that are written down below.
"""
import copy
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus" / "trace_reader"

# What is explored: between them they have a failed assertion, a cycle, a choice and a queue for a lock.
RUNS = {
    "fifo": ["gup-micro", "--kernel", "seed", "--locks", "fifo"],
    "cycle": ["gup-micro", "--kernel", "retry", "--fairness", "weak"],
    "choose": ["pin-alloc-failure", "--kernel", "seed-v1"],
    "three-threads": ["gup-micro", "--kernel", "seed", "--threads", "3", "--without", "deadlock,livelock"],
}


def explore(gupcheck, arguments):
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([gupcheck, "check", *arguments, "--traces", directory], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
        (file,) = pathlib.Path(directory).glob("*.json")
        return json.loads(file.read_text(encoding="utf-8"))


def packed(document):
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def changed(document, edit):
    document = copy.deepcopy(document)
    edit(document)
    return document


def shortened(document, steps):
    """With the last `steps` steps of the stem only: small seeds are changed more often."""
    return changed(document, lambda d: d.update(stem=d["stem"][-steps:]))


def with_kinds(document):
    """A step of each kind of operation, with everything that a step can show."""
    kinds = ["load", "store", "exchange", "fetch_add", "fetch_or", "fetch_and", "compare_exchange", "add_unless",
             "lock", "enqueue", "unlock", "lock_bits", "wait_equal", "wait_not_equal", "choose"]
    shows = ["nothing", "old_value", "old_bits", "new_is_zero", "success"]
    first = document["stem"][0]
    value = {"words": "3", "hex": "0x3"}
    steps = []
    for number, kind in enumerate(kinds):
        step = copy.deepcopy(first)
        step["operation"].update(kind=kind, shows=shows[number % len(shows)], bits="" if number % 2 else "PG_lru",
                                 operand=value, operand2=value)
        step.update(before=value, after=value, result=value)
        steps.append(step)
    document["stem"] = steps


def with_threads(document, count):
    document["threads"] = [f"task-{number}" for number in range(count)]
    document["end"] = [document["end"][number % len(document["end"])] for number in range(count)]
    for number, step in enumerate(document["stem"]):
        step["thread"] = number % count


def ends_with(document, kind):
    for thread in document["end"]:
        if thread["operation"] is not None:
            thread["operation"]["kind"] = kind


def without_values(document):
    """Each step lacks one more of its values."""
    for number, step in enumerate(document["stem"]):
        for name in ["before", "after", "result"][:number % 4]:
            step[name] = None


def break_nothing(document):
    document.update(check="", message="", explanation="", looked_at=[])


def finish_all(document):
    document["end"] = [{**thread, "finished": True, "enabled": False, "operation": None, "last": None}
                       for thread in document["end"]]


def valid_seeds(found):
    small = shortened(found["fifo"], 2)
    seeds = {name: packed(document) for name, document in found.items()}
    seeds["as-written"] = json.dumps(found["fifo"], indent=1).encode() + b"\n"
    seeds["small"] = packed(small)
    seeds["small-cycle"] = packed(changed(found["cycle"], lambda d: d.update(stem=[], cycle=d["cycle"][:2])))
    seeds["kinds"] = packed(changed(small, with_kinds))
    seeds["kinds-without-values"] = packed(changed(small, lambda d: (with_kinds(d), without_values(d))))
    seeds["breaks-nothing"] = packed(changed(small, break_nothing))
    seeds["fault"] = packed(changed(small, lambda d: ends_with(d, "fault")))
    seeds["failed"] = packed(changed(small, lambda d: ends_with(d, "failed")))
    seeds["waits"] = packed(changed(small, lambda d: ends_with(d, "wait_equal")))
    seeds["finished"] = packed(changed(small, finish_all))
    seeds["before-the-first-step"] = packed(changed(small, lambda d: d.update(stem=[], initial=[], end=[])))
    seeds["no-threads"] = packed(changed(small, lambda d: d.update(stem=[], threads=[], end=[])))
    seeds["eight-threads"] = packed(changed(found["fifo"], lambda d: with_threads(d, 8)))
    seeds["mutant"] = packed(changed(small, lambda d: d["parameters"].update(mutant="isolate-in-two-steps")))
    seeds["without"] = packed(changed(small, lambda d: d["options"].update(without=["deadlock", "a", "b", "c"])))
    seeds["long-words"] = packed(changed(small, lambda d: d.update(message="word " * 300 + "w" * 300)))
    seeds["long-name"] = packed(changed(small, lambda d: d.update(threads=["a thread " * 40, "x" * 200])))
    seeds["not-ascii"] = packed(changed(small, lambda d: d.update(message="\u00e9\u4e16\U0001f600 \u200b")))
    seeds["escapes"] = packed(small).replace(b"gup-micro", b"\\u0067up\\/micro\\\\\\\"")
    seeds["byte-order-mark"] = b"\xef\xbb\xbf" + packed(small)
    seeds["blanks"] = b" \t\r\n" + packed(small) + b"\n\n "
    return {f"valid-{name}.json": seed for name, seed in seeds.items()}


def bad_seeds(found):
    small = shortened(found["fifo"], 1)
    text = packed(small)

    def broken(edit):
        return packed(changed(small, edit))

    def message(value):
        return text.replace(packed(small["message"]), b'"' + value + b'"')

    def first_choice(value):
        return text.replace(b'"choice":0', b'"choice":' + value, 1)

    seeds = {
        "cut-early": text[:100],
        "cut-in-a-step": text[:len(text) // 2],
        "cut-at-the-end": text[:-1],
        "more-behind": text + text,
        "empty": b"",
        "only-nul": b"\0" * 16,
        "no-object": b"[]",
        "foreign": b'{"traceEvents": []}',
        "version-0": broken(lambda d: d.update(version=0)),
        "version-next": broken(lambda d: d.update(version=d["version"] + 1)),
        "version-text": broken(lambda d: d.update(version="1")),
        "nested": b'{"format":' + b"[" * 2000,
        "escape-sequence": message(b"\\u001b[2J"),
        "raw-escape": message(b"\x1b[2J"),
        "nul": message(b"a\\u0000b"),
        "csi-in-one": message(b"\\u009b2J"),
        "backwards": message(b"\\u202etxet"),
        "line-separator": message(b"one\\u2028two"),
        "invalid-utf-8": message(b"\xff\xfe"),
        "cut-utf-8": message(b"\xe4\xb8"),
        "overlong": message(b"\xc0\xaf"),
        "raw-surrogate": message(b"\xed\xa0\x80"),
        "lone-surrogate": message(b"\\ud800"),
        "swapped-surrogates": message(b"\\udc00\\ud800"),
        "beyond-unicode": message(b"\xf4\x90\x80\x80"),
        "too-long": message(b"x" * 20000),
        "twice": text.replace(b'"check":', b'"check":"deadlock","check":', 1),
        "twice-escaped": text.replace(b'"check":', b'"\\u0063heck":"deadlock","check":', 1),
        "twice-in-a-step": first_choice(b'0,"choice":0'),
        "unknown": broken(lambda d: d.update(colour=1)),
        "parameter-name": broken(lambda d: d["parameters"].update({"\x1b[2J": "1"})),
        "nan": first_choice(b"NaN"),
        "infinity": first_choice(b"Infinity"),
        "below-0": first_choice(b"-1"),
        "minus-0": first_choice(b"-0.0"),
        "fraction": first_choice(b"0.5"),
        "exponent": first_choice(b"1e2"),
        "too-large": first_choice(b"4294967296"),
        "far-too-large": first_choice(b"1" + b"0" * 400),
        "no-number": first_choice(b"1e999999999"),
        "leading-0": first_choice(b"00"),
        "hex": first_choice(b"0x0"),
        "thread": broken(lambda d: d["stem"][0].update(thread=2)),
        "nine-threads": broken(lambda d: with_threads(d, 9)),
        "fewer-ends": broken(lambda d: d["end"].pop()),
        "no-check": broken(lambda d: d.update(check="")),
        "step-is-null": broken(lambda d: d.update(stem=[None])),
        "step-is-list": broken(lambda d: d.update(stem=[[]])),
        "stem-is-object": broken(lambda d: d.update(stem={})),
        "finished-with-operation": broken(lambda d: d["end"][0].update(finished=True)),
        "comment": text + b" // no JSON",
        "trailing-comma": text[:-1] + b",}",
    }
    return {f"bad-{name}.json": seed for name, seed in seeds.items()}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = {name: explore(sys.argv[1], arguments) for name, arguments in RUNS.items()}
    found["choose"] = changed(found["choose"], lambda d: d.update(
        stem=[step for step in d["stem"] if step["operation"]["kind"] == "choose"][:2] + d["stem"][-2:]))
    shutil.rmtree(CORPUS, ignore_errors=True)
    CORPUS.mkdir(parents=True)
    for name, seed in {**valid_seeds(found), **bad_seeds(found)}.items():
        (CORPUS / name).write_bytes(seed)


if __name__ == "__main__":
    main()
