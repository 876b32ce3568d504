#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# The pages in a real browser: what they show is what the trace's JSON says, forwards and backwards; keys, folds,
# themes and widths work; nothing goes to the network and nothing that a trace says becomes markup.
#
#   page_test.py GUPCHECK OUTPUT_DIRECTORY CASE
#
# leaves its pages and screenshots in the output directory, for a person to look at.
import json
import pathlib
import re

from subjects import separators, stand_in, traces
from tool import case, check, output, run, same, visible
from webdriver import Browser

widths = ((1280, 900), (400, 800))


def script(name):
    return (pathlib.Path(__file__).parent / name).read_text()


look, faults = script("look.js"), script("faults.js")


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

    def compare(self, shown, place, folded=True):
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
        derived = self.derived["steps"][place]
        announced = {visible(derived["entered"]) or None} | ({visible(derived["entered_folded"])} - {""} if folded else set())
        check(shown["entered"] in announced, "what is entered:", shown["entered"], announced)
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
def walk(browser, expected, shown, folded):
    steps = expected.steps
    cycle = len(expected.trace["stem"])
    browser.press("Home")
    for place in shown:
        browser.press("j")
        expected.compare(browser.run(look), place, folded)
    if expected.trace["cycle"]:
        first = next(place for place in shown if place >= cycle)
        browser.press("j")
        expected.compare(browser.run(look), first, folded)
        check("round 2" in browser.run(look)["title"], "the second round is not counted")
        browser.press("k")
        check("round 1" in browser.run(look)["title"], "the first round is not come back to")
    for place in reversed(shown[:-1]):
        browser.press("k")
        expected.compare(browser.run(look), place, folded)
    browser.press("k")
    same(browser.run("return location.hash"), "#start", "before the first step")
    check(len(steps) >= len(shown), "more rows than steps")


# The head and what is said of the whole, against the text form and the JSON.
def compare_head(browser, source, trace):
    shown = browser.run("""
        const view = document.querySelector('.view');
        const text = (selector) => view.querySelector(selector)?.textContent ?? null;
        return { check: text('h1 .check'), message: text('h1 .message'), how: text('.explanation'), in: text('[data-fact=in]'),
          by: text('[data-fact=by]'), verdict: text('.row.verdict > div'), names: [...view.querySelectorAll('.names .name bdi')].map((n) => n.textContent) };""")
    broken = trace["check"] != ""
    same(shown["check"], visible(f"broken {trace['check']}") if broken else "nothing broken", "what broke")
    if broken:
        same(shown["message"], visible(trace["message"]), "the message")
        check(visible(f"BROKEN {trace['check']}: {trace['message']}") in shown["verdict"], shown["verdict"])
    else:
        check("nothing is broken" in shown["verdict"] and "BROKEN" not in shown["verdict"], shown["verdict"])
    same(shown["how"], visible(trace["explanation"]) or None, "how it came about")
    same(shown["names"], [visible(name) for name in trace["threads"]], "the names")
    if stand_in in trace["message"] or separators in trace["message"]:
        return
    text = run("trace", "show", source)
    for label, words in (("in", shown["in"]), ("how", shown["how"]), ("by", shown["by"])):
        if words:
            found = re.search(rf"^{label} +(.*(?:\n {{10}}(?!\().*)*)", text, re.M)
            same(found and " ".join(found[1].split()), " ".join(words.split()), "the text's", label)


# The page with characters in its data that no file may bring in.
def put_separators(file, trace):
    text = file.read_text()
    if stand_in not in text:
        return trace
    file.write_text(text.replace(stand_in, separators))
    return json.loads(json.dumps(trace).replace(stand_in, json.dumps(separators)[1:-1]))


# Were markup to get in after all, the page's policy would let it load nothing and run nothing.
def policy_holds(browser):
    for directive, attempt in (
            ("img-src", "new Image().src = 'http://127.0.0.1:9/x.png'"),
            ("connect-src", "fetch('http://127.0.0.1:9/').catch(() => {})"),
            ("script-src-elem", "document.body.append(Object.assign(document.createElement('script'), "
                                "{ textContent: \"document.title = 'owned'\" }))"),
            ("script-src-attr", "document.body.setAttribute('onclick', \"document.title = 'owned'\"); document.body.click()"),
            ("style-src-attr", "document.body.setAttribute('style', 'background: url(http://127.0.0.1:9/x.png)')")):
        refused = browser.run_until_done(
            "const done = arguments[0];"
            "document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective), { once: true });"
            + attempt)
        same(refused, directive, "what the policy refuses")
    check(browser.run("return document.title") != "owned", "a script runs that is not the page's")


def test_trace(browser):
    source = traces[case]()
    file = output / f"{case}.html"
    run("trace", "export", source, "--format", "html", "--output", file)
    trace = put_separators(file, json.loads(source.read_text()))
    expected = Expected(read_page(file), trace)
    check("root:" not in file.read_text(), "a file outside the source tree is shown")
    same(source.name.endswith("-input.json") or source.with_suffix(".html").is_file(), True, "check --traces writes a page")
    every = list(range(len(expected.steps)))
    matter = [i for i in every if expected.steps[i]["matters"]]
    browser.prefer("light")
    browser.resize(*widths[0])
    open_page(browser, file)
    compare_head(browser, source, trace)
    walk(browser, expected, matter, folded=True)
    rows = "return [...document.querySelectorAll('.row.step')].map((n) => Number(n.dataset.place))"
    same(browser.run(rows), matter, "the folded rows")
    browser.press("f")
    same(browser.run(rows), every, "the unfolded rows")
    walk(browser, expected, every, folded=False)
    browser.press("f")
    same(browser.run(rows), matter, "the rows folded again")
    if len(matter) != len(every):
        check(browser.run("return document.querySelector('.row.fold button').textContent").endswith(
            expected.derived["folds"][0]["line"]), "the fold does not say how many steps it has")
        browser.click(".row.fold button")
        check(len(browser.run(rows)) > len(matter), "a click does not open a fold")
        browser.press("f", "f")
    own_keys(browser, expected, matter)
    explanation_leads(browser, expected)
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
    policy_holds(browser)


# The steps that the explanation names are marked, and a click on one leads there.
def explanation_leads(browser, expected):
    named = [int(number) - 1 for number in re.findall(r"\bsteps? ([1-9][0-9]*)", expected.trace["explanation"])]
    links = browser.run("return [...document.querySelectorAll('.explanation a')].map((n) => Number(n.dataset.place))")
    same(links, named, "the links of the explanation")
    marked = browser.run("return [...document.querySelectorAll('.row.told')].map((n) => Number(n.dataset.place))")
    same(marked, sorted({int(number) - 1 for number in re.findall(r"\bstep ([1-9][0-9]*)", expected.trace["explanation"])}),
         "the rows that the explanation names")
    for i, place in enumerate(links):
        browser.press("Home")
        browser.click(f".explanation a:nth-of-type({i + 1})")
        expected.compare(browser.run(look), place)


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
