# SPDX-License-Identifier: GPL-2.0-only
#
# A headless Chromium, driven over WebDriver with the standard library alone: just what page_test.py needs.
# Start it with `with Browser() as browser:`; what goes wrong in the browser is a WebDriverError.
import base64
import json
import os
import re
import subprocess
import urllib.error
import urllib.request

slow = 240  # seconds
KEYS = {"Home": "\ue011", "End": "\ue010", "Left": "\ue012", "Up": "\ue013", "Right": "\ue014", "Down": "\ue015",
        "Escape": "\ue00c", "Enter": "\ue007", "Tab": "\ue004"}


class WebDriverError(Exception):
    pass


class Browser:
    def __init__(self):
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                       text=True)
        self.session = None
        try:
            self.base = f"http://127.0.0.1:{self._port()}"
            arguments = ["--headless=new", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1",
                         "--disable-background-networking", "--no-first-run", "--disable-dev-shm-usage"]
            if os.geteuid() == 0:
                arguments.append("--no-sandbox")
            options = {"browserName": "chrome", "goog:chromeOptions": {"args": arguments},
                       "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
                       # Far more than any call takes: a slow machine is no failure.
                       "timeouts": {"script": slow * 1000, "pageLoad": slow * 1000}}
            answer = self._call("POST", "/session", {"capabilities": {"alwaysMatch": options}})
            self.session = f"/session/{answer['sessionId']}"
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()

    def close(self):
        try:
            if self.session:
                self._call("DELETE", self.session)
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.driver.stdout.close()

    def _port(self):
        for line in self.driver.stdout:
            if found := re.search(r"started successfully on port (\d+)", line):
                return int(found[1])
        raise WebDriverError("chromedriver does not start")

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=slow) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise WebDriverError(f"{value['error']}: {value['message']}") from None

    def _post(self, path, body):
        return self._call("POST", self.session + path, body)

    def open(self, url):
        self._post("/url", {"url": url})

    def run(self, script, *arguments):
        return self._post("/execute/sync", {"script": script, "args": list(arguments)})

    # The script calls its last argument when it is done.
    def run_until_done(self, script, *arguments):
        return self._post("/execute/async", {"script": script, "args": list(arguments)})

    def press(self, *keys):
        actions = []
        for key in keys:
            value = KEYS.get(key, key)
            actions += [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        self._post("/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    # What `click` is on decides where a user's click goes.
    def click(self, selector):
        found = self._post("/element", {"using": "css selector", "value": selector})
        self._post(f"/element/{next(iter(found.values()))}/click", {})

    # The width of what the page sees, whatever the window's frame takes.
    def resize(self, width, height):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.settle()

    def settle(self):
        self.run_until_done("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))")

    def prefer(self, scheme):
        self.devtools("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"}])  # no transitions: what is seen is what is there

    def devtools(self, command, **parameters):
        return self._post("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def screenshot(self, path):
        self.settle()
        with open(path, "wb") as file:
            file.write(base64.b64decode(self._call("GET", self.session + "/screenshot")))

    # Messages of the console, and the addresses of all requests, since the last call.
    def console(self):
        return [entry["message"] for entry in self._post("/se/log", {"type": "browser"})]

    def requests(self):
        addresses = []
        for entry in self._post("/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                addresses.append(message["params"]["request"]["url"])
        return addresses
