"""Headless Chromium, driven through its debugging pipe: what a page does in a real browser."""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--remote-debugging-pipe", "about:blank",
)  # fmt: skip
# Chromium takes its orders on file descriptor 3 and answers on 4.
_START = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); "
_START += "os.execv(sys.argv[3], sys.argv[3:])"
_PATIENCE = 60  # seconds


@dataclass
class Page:
    """A page. `errors` has what it told its console, `requests` each address that it asked for."""

    browser: "Chromium"
    session: str
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def run(self, script):
        """Run a script in the page; give what it gives, as JSON can tell it."""
        how = {"expression": script, "returnByValue": True, "awaitPromise": True}
        answer = self.order("Runtime.evaluate", how | {"userGesture": True})
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def order(self, method, params=None):
        return self.browser.order(method, params, page=self)

    def look_like(self, *, width=1200, height=900, dark=False, medium="screen"):
        """Take the shape of a screen, or of paper."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.order("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.order("Emulation.setEmulatedMedia", {"media": medium, "features": [scheme]})

    def screenshot(self, *, whole=False):
        """Give a PNG of what is in sight, or of the whole page."""
        shot = self.order("Page.captureScreenshot", {"captureBeyondViewport": whole})
        return base64.b64decode(shot["data"])

    def type(self, text):
        """Type where the focus is."""
        for char in text:
            self.order("Input.dispatchKeyEvent", {"type": "char", "text": char})

    def accessible(self):
        """Give what a screen reader is told: role and name of each node, in order."""
        nodes = self.order("Accessibility.getFullAXTree")["nodes"]
        return [
            (node.get("role", {}).get("value", ""), node.get("name", {}).get("value", ""))
            for node in nodes
            if not node["ignored"]
        ]

    def note(self, event):
        """Keep what the browser tells of the page."""
        params = event["params"]
        if event["method"] == "Log.entryAdded":
            self.errors.append(params["entry"]["text"])
        elif event["method"] == "Runtime.consoleAPICalled":
            self.errors.append(str(params["args"]))
        elif event["method"] == "Runtime.exceptionThrown":
            self.errors.append(str(params["exceptionDetails"]))
        elif event["method"] == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])


class Chromium:
    """A running browser."""

    def __init__(self, orders, answers):
        self._orders, self._answers = orders, answers
        self._rest = b""
        self._last = 0
        self._pages = {}
        self._loaded = set()

    def open(self, path, *, scripts=True):
        """Open a file in a page of its own, and wait until it is loaded."""
        target = self.order("Target.createTarget", {"url": "about:blank"})["targetId"]
        how = {"targetId": target, "flatten": True}
        page = Page(self, self.order("Target.attachToTarget", how)["sessionId"])
        self._pages[page.session] = page
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.order(f"{domain}.enable")
        page.order("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        page.order("Page.navigate", {"url": Path(path).as_uri()})
        while page.session not in self._loaded:
            self._take(time.monotonic() + _PATIENCE)
        return page

    def order(self, method, params=None, *, page=None):
        """Order something; give the answer."""
        self._last += 1
        number = self._last
        order = {"id": number, "method": method, "params": params or {}}
        order |= {"sessionId": page.session} if page else {}
        os.write(self._orders, json.dumps(order).encode() + b"\0")
        deadline = time.monotonic() + _PATIENCE
        while (message := self._take(deadline)).get("id") != number:
            pass
        assert "error" not in message, message["error"]
        return message["result"]

    def _take(self, deadline):
        while b"\0" not in self._rest:
            wait = max(deadline - time.monotonic(), 0)
            assert select.select([self._answers], [], [], wait)[0], "Chromium does not answer"
            read = os.read(self._answers, 1 << 20)
            assert read, "Chromium ended"
            self._rest += read
        text, _, self._rest = self._rest.partition(b"\0")
        message = json.loads(text)
        page = self._pages.get(message.get("sessionId"))
        if page and "method" in message:
            page.note(message)
            if message["method"] == "Page.loadEventFired":
                self._loaded.add(page.session)
        return message


@contextmanager
def chromium():
    """Run a browser with a profile of its own."""
    assert PROGRAM
    read_orders, orders = os.pipe()
    answers, write_answers = os.pipe()
    theirs = (read_orders, write_answers)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [PROGRAM, *_FLAGS, f"--user-data-dir={profile}"]
        process = subprocess.Popen(
            [sys.executable, "-c", _START, *map(str, theirs), *command],
            pass_fds=theirs,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"HOME": profile, "XDG_CONFIG_HOME": profile},
        )
        for end in theirs:
            os.close(end)
        browser = Chromium(orders, answers)
        try:
            yield browser
            browser.order("Browser.close")
        finally:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            os.close(orders)
            os.close(answers)
