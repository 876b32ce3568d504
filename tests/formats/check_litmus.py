#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks a litmus test: check_litmus.py TEST.litmus

Reads it as strictly as herd7 does (each statement is a primitive of linux-kernel.def, each variable a parameter of
one type, nothing has a name that the language has taken), and looks through all interleavings until one
satisfies the exists clause. If there is none, the skeleton is not of the schedule that it was made from.
"""
import re
import sys

ORDER = "(?:_relaxed|_acquire|_release)?"
NAME = "[A-Za-z][A-Za-z0-9_]*"
NUMBER = "-?[0-9]+"
# Statements by type of the variable: (pattern, what it does to the value v; returns (new value, result)).
# None instead of a pair: it cannot be made now.
READS = lambda v: (v, v)
ANY = {
    "int": [
        (rf"(r\d+) = \*({NAME})", READS),
        (rf"(r\d+) = READ_ONCE\(\*({NAME})\)", READS),
        (rf"(r\d+) = smp_load_acquire\(({NAME})\)", READS),
        (rf"()\*({NAME}) = ({NUMBER})", lambda v, a: (a, None)),
        (rf"()WRITE_ONCE\(\*({NAME}), ({NUMBER})\)", lambda v, a: (a, None)),
        (rf"()smp_store_release\(({NAME}), ({NUMBER})\)", lambda v, a: (a, None)),
        (rf"(r\d+) = xchg{ORDER}\(({NAME}), ({NUMBER})\)", lambda v, a: (a, v)),
        (rf"(r\d+) = cmpxchg{ORDER}\(({NAME}), ({NUMBER}), ({NUMBER})\)", lambda v, a, b: (b if v == a else v, v)),
    ],
    "atomic_t": [
        (rf"(r\d+) = atomic_read(?:_acquire)?\(({NAME})\)", READS),
        (rf"()atomic_set(?:_release)?\(({NAME}), ({NUMBER})\)", lambda v, a: (a, None)),
        (rf"(r\d+) = atomic_xchg{ORDER}\(({NAME}), ({NUMBER})\)", lambda v, a: (a, v)),
        (rf"(r\d+) = atomic_cmpxchg{ORDER}\(({NAME}), ({NUMBER}), ({NUMBER})\)",
         lambda v, a, b: (b if v == a else v, v)),
    ],
    "spinlock_t": [
        (rf"()spin_lock\(({NAME})\)", lambda v: None if v else (1, None)),
        (rf"()spin_unlock\(({NAME})\)", lambda v: (0, None) if v else None),
        (rf"(r\d+) = spin_trylock\(({NAME})\)", lambda v: (1, int(not v))),
    ],
}
# Amounts come before the variable.
AMOUNTS = [
    (r"()atomic_add", lambda v, a: (v + a, None)),
    (r"()atomic_sub", lambda v, a: (v - a, None)),
    (rf"(r\d+) = atomic_fetch_add{ORDER}", lambda v, a: (v + a, v)),
    (rf"(r\d+) = atomic_fetch_sub{ORDER}", lambda v, a: (v - a, v)),
    (rf"(r\d+) = atomic_add_return{ORDER}", lambda v, a: (v + a, v + a)),
    (rf"(r\d+) = atomic_sub_return{ORDER}", lambda v, a: (v - a, v - a)),
    (r"(r\d+) = atomic_sub_and_test", lambda v, a: (v - a, int(v == a))),
]
TAKEN = {"int", "lock", "unlock", "exists", "if", "else", "while", "do", "for", "true", "false", "and", "not", "tag"}


def fail(message):
    sys.exit(f"{sys.argv[1]}: {message}")


def statement(text, types, registers):
    """(register, variable, effect, arguments) of a line of code; None for a fence."""
    if text == "smp_mb()":
        return None
    for kind, patterns in ANY.items():
        for pattern, effect in patterns:
            if found := re.fullmatch(pattern, text):
                register, variable, *numbers = found.groups()
                break
        else:
            continue
        break
    else:
        for pattern, effect in AMOUNTS:
            if found := re.fullmatch(pattern + rf"\(([0-9]+), ({NAME})\)", text):
                kind, (register, *numbers, variable) = "atomic_t", found.groups()
                break
        else:
            fail(f"no primitive: {text}")
    if types.get(variable) != kind:
        fail(f"{variable} is no parameter of type {kind}: {text}")
    if register and register not in registers:
        fail(f"{register} is not declared: {text}")
    return register, variable, effect, [int(number) for number in numbers]


def parse(text):
    found = re.fullmatch(r"C [A-Za-z0-9.-]+\n\n\(\*\n(.*?)\n \*\)\n\n\{\n(.*?)\}\n(.*)\nexists \((.*)\)\n", text, re.S)
    if not found:
        fail("is not of the form: name, comment, values, processes, clause")
    comment, values, body, clause = found.groups()
    if "*)" in comment or "(*" in comment:
        fail("the comment ends early")
    memory = {}
    for line in values.splitlines():
        name, number = re.fullmatch(rf"\t({NAME}) = ({NUMBER});", line).groups()
        memory[name] = int(number)

    processes, types_of_all = [], {}
    for number, (head, parameters, code) in enumerate(re.findall(r"\nP(\d+)\((.*?)\)\n\{\n(.*?)\}\n", body, re.S)):
        if int(head) != number:
            fail(f"P{head} is the process number {number}")
        types = {}
        for parameter in filter(None, parameters.split(", ")):
            kind, name = re.fullmatch(rf"(int|atomic_t|spinlock_t) \*({NAME})", parameter).groups()
            if name in TAKEN or re.fullmatch(r"[rP]\d+|(pte|phy)_.*", name):
                fail(f"{name} is taken")
            if types_of_all.setdefault(name, kind) != kind:
                fail(f"{name} has two types")
            types[name] = kind
        registers, statements = set(), []
        for line in code.splitlines():
            line = line.strip()
            if not line or line.startswith("//"):
                continue
            if not line.endswith(";"):
                fail(f"no statement: {line}")
            if declared := re.fullmatch(r"int (r\d+);", line):
                registers.add(declared[1])
            elif (made := statement(line[:-1], types, registers)) is not None:
                statements.append(made)
        used = {made[1] for made in statements}
        if used != set(types):
            fail(f"P{head} has parameters that it does not use")
        processes.append(statements)
    if re.sub(r"\nP\d+\(.*?\)\n\{\n.*?\}\n", "", body, flags=re.S):
        fail("there is something between the processes")
    if unknown := memory.keys() - types_of_all.keys():
        fail(f"{unknown} have values but no process")
    memory = {name: memory.get(name, 0) for name in types_of_all}

    conditions = []
    for condition in clause.split(" /\\\n\t"):
        found = re.fullmatch(rf"(~\()?(?:(\d+):(r\d+)|({NAME}))=({NUMBER})(\))?", condition)
        if not found or bool(found[1]) != bool(found[6]):
            fail(f"no condition: {condition}")
        place = (int(found[2]), found[3]) if found[3] else found[4]
        if not found[3] and place not in memory:
            fail(f"{place} is not there: {condition}")
        conditions.append((place, int(found[5]), bool(found[1])))
    return memory, processes, conditions


def reachable(memory, processes, conditions):
    """Whether some interleaving satisfies the clause."""
    wanted = {}
    for place, value, differs in conditions:
        wanted.setdefault(place, []).append((value, differs))
    holds = lambda place, value: all((value == is_) != differs for is_, differs in wanted.get(place, []))
    names = sorted(memory)
    start = (tuple(0 for _ in processes), tuple(memory[name] for name in names))
    seen, open_ = {start}, [start]
    while open_:
        places, values = open_.pop()
        if all(at == len(code) for at, code in zip(places, processes)):
            if all(holds(name, value) for name, value in zip(names, values)):
                return True
            continue
        for number, code in enumerate(processes):
            if places[number] == len(code):
                continue
            register, variable, effect, numbers = code[places[number]]
            index = names.index(variable)
            made = effect(values[index], *numbers)
            # Each register is written once, so a wrong value cannot become right.
            if made is None or (register and not holds((number, register), made[1])):
                continue
            after = (places[:number] + (places[number] + 1,) + places[number + 1:],
                     values[:index] + (made[0],) + values[index + 1:])
            if after not in seen:
                seen.add(after)
                open_.append(after)
    return False


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        memory, processes, conditions = parse(file.read())
    written = [(number, made[0]) for number, code in enumerate(processes) for made in code if made[0]]
    if len(written) != len(set(written)):
        fail("a register is written twice")
    if missing := [place for place, _, _ in conditions if isinstance(place, tuple) and place not in written]:
        fail(f"the clause asks for {missing}, which nothing writes")
    if not reachable(memory, processes, conditions):
        fail("no interleaving satisfies the clause")


main()
