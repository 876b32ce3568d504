#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# The pages in a real browser: what they show is what the trace's JSON says, forwards and backwards; keys, folds,
# themes and widths work; nothing goes to the network and nothing that a trace says becomes markup.
#
#   page_test.py GUPCHECK OUTPUT_DIRECTORY CASE
#
# leaves its pages and screenshots in the output directory, for a person to look at.
import copy
import json
import pathlib
import re
import subprocess
import sys

from webdriver import Browser

gupcheck, output, case = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), sys.argv[3]
widths = ((1280, 900), (400, 800))
invisible = re.compile("[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def check(condition, *what):
    if not condition:
        raise SystemExit(f"FAILED: {case}: " + " ".join(text if len(text := str(part)) < 2000 else text[:2000] + "..." for part in what))


def same(found, expected, *what):
    check(found == expected, *what, "\n  found   ", found, "\n  expected", expected)


# As the page shows it (traces/html/dom.js).
def visible(text):
    return invisible.sub(lambda c: f"<U+{ord(c[0]):04X}>", text)


def run(*arguments, status=0):
    done = subprocess.run([gupcheck, *map(str, arguments)], cwd=output, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False)
    check(done.returncode == status, arguments, "exits with", done.returncode, done.stderr)
    return done.stdout


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


# What a stranger may send: markup, quotes, words without an end, text that runs from right to left.
def hostile():
    trace = json.loads(found_by("gup-micro", "seed", "pin-placement").read_text())
    evil = ("</script><script>document.title='owned'</script><!-- <script> <img src=x onerror=\"document.title='owned'\">"
            " {{data}} & &amp; ' \" ` \\u003c \u202eabc\u2066 \u05d0\u05d1\u05d2 " + "w" * 3000)
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
}

# What the page shows: the rows, and what is beside them.
look = """
const text = (node, selector) => node.querySelector(selector)?.textContent ?? null;
const view = document.querySelector('.view');
const place = Number(view.querySelector('.row.selected')?.dataset.place ?? NaN);
const row = view.querySelector('.row.selected');
const panel = view.querySelector('.panel');
return {
  place, hash: location.hash, title: panel.querySelector('h2').textContent,
  words: row && text(row, '.words'), entered: row && text(row, '.entered'), number: row && text(row, '.number'),
  lane: row && Number(row.dataset.lane), changes: row && [...row.querySelectorAll('.change')].map((n) => n.textContent),
  operation: text(panel, '.operation'), before: text(panel, '.before'), after: text(panel, '.after'),
  saw: text(panel, '.saw'), place_words: text(panel, '.place'),
  functions: [...panel.querySelectorAll('[data-panel=stack] li')].map((n) => n.textContent),
  links: [...panel.querySelectorAll('[data-panel=relations] a')].map((n) => Number(n.dataset.place)),
  arrows: view.querySelectorAll('.arrows > g:last-child .arrow').length,
  picture: [...panel.querySelectorAll('[data-panel=picture] tr')].map((n) =>
    [n.querySelector('th').textContent, n.querySelector('td ins, td bdi').textContent,
     n.classList.contains('changed')]),
};
"""
# Texts with too little contrast, and what is wider than the window or lies on something else.
faults = """
const faults = [];
const luminance = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const colour = (c) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
const known = new Map();
const behind = (node) => { for (let n = node; n; n = n.parentElement) { const c = colour(getComputedStyle(n).backgroundColor); if (c[3] === 255) return c.slice(0, 3); } return [255, 255, 255]; };
if (document.documentElement.scrollWidth > innerWidth) faults.push(`the page is ${document.documentElement.scrollWidth} wide`);
const shown = document.querySelector('dialog[open]') ?? document.body;
const walker = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode.parentElement;
  if (walker.currentNode.textContent.trim() === '' || ['SCRIPT', 'NOSCRIPT', 'STYLE'].includes(node.tagName) || !node.checkVisibility()) continue;
  if (node.closest('.row .owner, .names .name')) continue; // cut off where a name is too long
  const range = document.createRange();
  range.selectNodeContents(walker.currentNode);
  for (const box of range.getClientRects())
    if (box.width > 0 && (box.right > innerWidth + 1 || box.left < -1)) { faults.push(`beside the window: ${node.textContent.slice(0, 40)}`); break; }
  if (node instanceof SVGElement) continue;
  const card = node.closest('.card');
  if (card && range.getBoundingClientRect().right > card.getBoundingClientRect().right + 1) faults.push(`out of its card: ${node.textContent.slice(0, 40)}`);
  const pair = getComputedStyle(node).color + behind(node);
  if (!known.has(pair)) {
    const [a, b] = [luminance(colour(getComputedStyle(node).color).slice(0, 3)), luminance(behind(node))];
    known.set(pair, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
    if (known.get(pair) < 4.5) faults.push(`contrast ${known.get(pair).toFixed(2)}: ${node.className} ${node.textContent.slice(0, 40)}`);
  }
}
const boxes = [...shown.querySelectorAll('.row .line, .row .entered, .row .change')].map((n) => n.getBoundingClientRect());
for (let i = 1; i < boxes.length; ++i)
  if (boxes[i].height > 0 && boxes[i - 1].bottom > boxes[i].top + 1) faults.push(`row text ${i} lies on the one before`);
// No arrow crosses a text: sample its shaft and look what is there.
const rows = [...shown.querySelectorAll('.row .line, .row .entered, .row .change, .row.across > span')].map((n) => {
  const range = document.createRange(); range.selectNodeContents(n); return [...range.getClientRects()]; }).flat();
for (const path of shown.querySelectorAll('.arrows .shaft')) {
  const matrix = path.getScreenCTM();
  const length = path.getTotalLength();
  for (let at = 0; at <= length; at += Math.max(2, length / 400)) {
    const p = path.getPointAtLength(at).matrixTransform(matrix);
    if (rows.some((r) => p.x > r.left + 1 && p.x < r.right - 1 && p.y > r.top + 3 && p.y < r.bottom - 3)) { faults.push('an arrow crosses a text'); break; }
  }
}
return [...new Set(faults)];
"""


class Expected:
    """What the page must show at each place, from the trace's JSON alone."""

    def __init__(self, page, trace):
        self.trace = trace
        self.steps = trace["stem"] + trace["cycle"]
        self.derived = page["view"]["derived"]
        same(page["view"]["trace"], trace, "the page's trace is not the file's")

    def picture(self, place):
        lines = {line["name"]: line["state"] for line in self.trace["initial"]}
        for step in self.steps[:place + 1]:
            lines.update({line["name"]: line["state"] for line in step["changed"]})
        return lines

    def compare(self, shown, place):
        step = self.steps[place]
        operation = step["operation"]
        same(shown["place"], place, "the cursor")
        same(shown["hash"], f"#step-{place + 1}", "the address")
        check(f"Step {place + 1} of {len(self.steps)} " in shown["title"], shown["title"])
        check(visible(self.trace["threads"][step["thread"]]) in shown["title"], shown["title"])
        same(shown["number"], str(place + 1), "the number")
        same(shown["lane"], step["thread"], "the lane")
        line = visible(self.derived["steps"][place]["line"])
        same((shown["words"], shown["operation"]), (line, line), "the words")
        if operation["location"] and operation["kind"] != "choose":
            check(visible(operation["location"]) in line, line, "does not name", operation["location"])
        same(shown["changes"], [visible(f"=> {c['name']}: {c['state'] or 'gone'}") for c in step["changed"]], "changes")
        for when in ("before", "after"):
            if step["before"] and step["after"]:
                same(shown[when], visible(step[when]["words"]), when)
        same(shown["saw"], visible(step["result"]["words"]) if step["result"] else None, "what the thread saw")
        source = operation["source"]
        same(shown["place_words"], visible(f"{source['file']}:{source['line']}"), "the place")
        innermost = operation["stack"][-1:]
        if innermost and len(operation["stack"]) > 1 and " > " not in innermost[0]:
            same(shown["functions"][-1:], [visible(innermost[0])], "the innermost function")
        before, after = self.picture(place - 1), self.picture(place)
        same(shown["picture"], [[visible(name), visible(state) or "gone", before.get(name, "") != state]
                                for name, state in after.items() if state or before.get(name, "")], "the picture")
        linked = [f for f, t, _ in self.derived["dependences"] if t == place]
        linked += [t for f, t, _ in self.derived["dependences"] if f == place and t > place]
        same(shown["links"], linked, "the dependences")


def read_page(file):
    text = file.read_text()
    for tag in ("<script", "</script>"):
        same(text.count(tag), 2, tag, "in the page")
    check("://" not in re.sub(r'<script type="application/json".*?</script>|<noscript>.*?</noscript>', "", text, flags=re.S)
          .replace("http://www.w3.org/2000/svg", ""), "the page names an address")
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)[1])


def open_page(browser, file, hash=""):
    browser.open("about:blank")
    browser.open(file.as_uri() + hash)
    browser.settle()
    check(browser.run("return 'ready' in document.documentElement.dataset"), "the page does not start", browser.console())


def nothing_else(browser, file):
    same(browser.console(), [], "the console")
    same([r for r in browser.requests() if r.split("#")[0] not in ("about:blank", file.as_uri())], [], "requests")
    check(browser.run("return document.title") != "owned", "a trace ran a script")


# Rows of the folded form: steps that matter.
def walk(browser, expected, shown):
    steps = expected.steps
    cycle = len(expected.trace["stem"])
    browser.press("Home")
    for place in shown:
        browser.press("j")
        expected.compare(browser.run(look), place)
    if expected.trace["cycle"]:
        first = next(place for place in shown if place >= cycle)
        browser.press("j")
        expected.compare(browser.run(look), first)
        check("round 2" in browser.run(look)["title"], "the second round is not counted")
        browser.press("k")
        check("round 1" in browser.run(look)["title"], "the first round is not come back to")
    for place in reversed(shown[:-1]):
        browser.press("k")
        expected.compare(browser.run(look), place)
    browser.press("k")
    same(browser.run("return location.hash"), "#start", "before the first step")
    check(len(steps) >= len(shown), "more rows than steps")


def test_trace(browser):
    source = traces[case]()
    file = output / f"{case}.html"
    run("trace", "export", source, "--format", "html", "--output", file)
    trace = json.loads(source.read_text())
    expected = Expected(read_page(file), trace)
    check("root:" not in file.read_text(), "a file outside the source tree is shown")
    same(source.name.endswith("-input.json") or source.with_suffix(".html").is_file(), True, "check --traces writes a page")
    every = list(range(len(expected.steps)))
    matter = [i for i in every if expected.steps[i]["matters"]]
    browser.prefer("light")
    browser.resize(*widths[0])
    open_page(browser, file)
    walk(browser, expected, matter)
    rows = "return [...document.querySelectorAll('.row.step')].map((n) => Number(n.dataset.place))"
    same(browser.run(rows), matter, "the folded rows")
    browser.press("f")
    same(browser.run(rows), every, "the unfolded rows")
    walk(browser, expected, every)
    browser.press("f")
    same(browser.run(rows), matter, "the rows folded again")
    if len(matter) != len(every):
        browser.click(".row.fold button")
        check(len(browser.run(rows)) > len(matter), "a click does not open a fold")
        browser.press("f", "f")
    own_keys(browser, expected, matter)
    ends = browser.run("return [...document.querySelectorAll('.row.end .words')].map((n) => n.textContent)")
    same(ends, [visible(end["line"]) for end in expected.derived["end"]], "the end")

    # A place in the address opens the fold that it is in.
    for place in {0, len(every) // 2, len(every) - 1}:
        open_page(browser, file, f"#step-{place + 1}")
        expected.compare(browser.run(look), place)
    for bad in ("#step-0", "#step-99999", "#end-9", "#<img>", "#trace-1/step-1"):
        open_page(browser, file, bad)
        same(browser.run("return document.querySelectorAll('.row.selected').length"), 1, "after", bad)

    # Both widths, both themes, folded and not, at a step with most arrows.
    busy = max(every, key=lambda i: sum(i in d[:2] for d in expected.derived["dependences"]))
    for width, height in widths:
        browser.resize(width, height)
        for theme in ("light", "dark"):
            browser.prefer(theme)
            open_page(browser, file, f"#step-{busy + 1}")
            for keys in ([], ["f"], ["w"]):
                browser.press(*keys) if keys else None
                browser.settle()
                same(browser.run(faults), [], width, theme, keys)
            open_page(browser, file, f"#step-{busy + 1}")
            browser.screenshot(output / f"{case}-{width}-{theme}.png")
            open_page(browser, file)
            browser.screenshot(output / f"{case}-{width}-{theme}-top.png")
    theme_key(browser)
    if expected.trace["cycle"]:
        check(browser.run("return document.querySelectorAll('.ring .arc').length") == len(trace["cycle"]), "the ring")
        same(browser.run("return document.querySelectorAll('.arrow.for-ever').length"), 1, "the arrow of the cycle")
    nothing_else(browser, file)


# Along one thread, and the ends.
def own_keys(browser, expected, shown):
    thread = expected.steps[shown[0]]["thread"]
    own = [i for i in shown if expected.steps[i]["thread"] == thread]
    browser.press("Home", "Down")
    for place in own[1:4]:
        browser.press("Right")
        same(browser.run(look)["place"], place, "the next step of the same thread")
    for place in reversed(own[:3]) if len(own) > 3 else []:
        browser.press("Left")
        same(browser.run(look)["place"], place, "the step before of the same thread")
    browser.press("End")
    same(browser.run(look)["place"], len(expected.steps) + len(expected.trace["end"]) - 1, "the end")
    browser.press("Home")
    same(browser.run(look)["place"], -1, "the beginning")
    browser.press("?")
    check(browser.run("return document.querySelector('.help-dialog').open"), "? does not open the help")
    browser.press("Escape")
    check(not browser.run("return document.querySelector('.help-dialog').open"), "Escape does not close the help")


def theme_key(browser):
    background = "return getComputedStyle(document.documentElement).backgroundColor"
    first = browser.run(background)
    browser.press("t")
    check(browser.run(background) != first, "t does not turn the theme")
    browser.press("t")
    same(browser.run(background), first, "t twice")


def test_report(browser):
    file = output / "report.html"
    text = run("--traces", "report-traces", "--html", file)
    data = read_page(file)
    rows = [row for table in data["report"]["tables"] for row in table["rows"]]
    for row in data["report"]["tables"][0]["rows"]:
        check(row[2]["words"] in ("CONFIRMED", "REFUTED"), row)
        check(any(line.startswith(row[0]["words"]) and row[2]["words"] in line for line in text.splitlines()), row)
    browser.prefer("light")
    browser.resize(*widths[0])
    open_page(browser, file)
    same(browser.run("return document.querySelectorAll('.results tbody tr').length"), len(rows), "rows")
    buttons = browser.run("return document.querySelectorAll('.open-trace').length")
    check(buttons >= len(data["views"]) > 5, buttons, len(data["views"]))
    # Behind each button its trace, opened and closed by keys.
    for i in range(buttons):
        browser.run("document.querySelectorAll('.open-trace')[arguments[0]].focus()", i)
        browser.press("Enter", "j", "j")
        view = data["views"][browser.run("return Number(document.querySelectorAll('.open-trace')[arguments[0]].dataset.view)", i)]
        shown = browser.run(look)
        matter = [k for k, step in enumerate(view["trace"]["stem"] + view["trace"]["cycle"]) if step["matters"]]
        same(shown["place"], matter[1], "the second row of", view["name"])
        same(shown["operation"], view["derived"]["steps"][matter[1]]["line"], view["name"])
        check(shown["hash"].startswith("#trace-") and shown["hash"].endswith(f"step-{matter[1] + 1}"), shown["hash"])
        if f"/{view['name']}.txt" in text:
            check((output / "report-traces" / (view["name"] + ".html")).is_file(), view["name"], "has no page of its own")
        browser.press("Escape")
        same(browser.run("return document.querySelector('.trace-dialog').open"), False, "Escape closes a trace")
    for width, height in widths:
        browser.resize(width, height)
        for theme in ("light", "dark"):
            browser.prefer(theme)
            for name, hash in (("", ""), ("-trace", "#trace-3/step-10")):
                open_page(browser, file, hash)
                same(browser.run(faults), [], width, theme, hash)
                browser.screenshot(output / f"report-{width}-{theme}{name}.png")
    nothing_else(browser, file)


output.mkdir(parents=True, exist_ok=True)
with Browser() as browser:
    if case == "report":
        test_report(browser)
    else:
        test_trace(browser)
print(f"{case}: the pages and screenshots are in {output}")
