"""A real Chromium, driven by the DevTools protocol over a pipe: no port, no driver, no other library."""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
_SECONDS = 120.0
"""How long an answer may take on a machine that is busy."""
_READ, _WRITE = 3, 4
"""The descriptors by which Chromium is asked and answers (`--remote-debugging-pipe`)."""
_OPTIONS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
)


def find_chromium() -> str | None:
    """The program; None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """A process of Chromium."""

    def __init__(self, process: "subprocess.Popen[bytes]", ask: int, answer: int) -> None:
        self._process = process
        self._ask, self._answer = ask, answer
        self._buffer = b""
        self._count = 0
        self.events: list[dict[str, Any]] = []
        """What it said unasked, until somebody takes it."""

    def call(self, method: str, session: str | None = None, **values: object) -> dict[str, Any]:
        """Ask for something, and give the result. Raises RuntimeError for what it refuses."""
        self._count += 1
        message: dict[str, object] = {"id": self._count, "method": method, "params": values}
        message |= {"sessionId": session} if session else {}
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._ask, data) :]
        while (answer := self._read_message()).get("id") != self._count:
            self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return dict(answer["result"])

    def wait_for_event(self, method: str, session: str) -> dict[str, Any]:
        """The parameters of the next event of a name."""
        while True:
            for event in self.events:
                if event.get("method") == method and event.get("sessionId") == session:
                    self.events.remove(event)
                    return dict(event["params"])
            self.events.append(self._read_message())

    def _read_message(self) -> dict[str, Any]:
        end = time.monotonic() + _SECONDS
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._answer], [], [], max(0.0, end - time.monotonic()))
            data = os.read(self._answer, 1 << 20) if ready else b""
            if not data:
                raise RuntimeError("the browser gives no answer" if not ready else "the browser ended")
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(message))

    @contextmanager
    def open_page(
        self, width: int = 1280, height: int = 800, dark: bool = False, script: bool = True
    ) -> Iterator["Page"]:
        """A page of its own, as wide as said, light or dark, with JavaScript or without."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, str(session))
        for domain in ("Page", "Runtime", "Log"):
            page.call(f"{domain}.enable")
        page.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        page.call("Emulation.setEmulatedMedia", features=[scheme])
        page.call("Emulation.setScriptExecutionDisabled", value=not script)
        try:
            yield page
        finally:
            self.call("Target.disposeBrowserContext", browserContextId=context)


class Page:
    """A page of a browser."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    def call(self, method: str, **values: object) -> dict[str, Any]:
        """Ask for something about this page."""
        return self._browser.call(method, self._session, **values)

    def go(self, address: str) -> None:
        """Open an address, and wait until all of it is there."""
        self.call("Page.navigate", url=address)
        self._browser.wait_for_event("Page.loadEventFired", self._session)

    def run(self, program: str) -> Any:  # noqa: ANN401 - any JSON value
        """The value of an expression of JavaScript, that of a promise once it is there."""
        answer = self.call("Runtime.evaluate", expression=program, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def wait_until(self, condition: str) -> None:
        """Wait until an expression of JavaScript is true. Raises RuntimeError when it never is."""
        end = time.monotonic() + _SECONDS
        # asked from here: a page without JavaScript has no timers, and one that is left forgets its promises
        while time.monotonic() < end:
            with suppress(RuntimeError):
                if self.run(f"Boolean({condition})"):
                    return
            time.sleep(0.03)
        raise RuntimeError(f"it never came to be: {condition}\n{self.run('document.body.innerText')}")

    def press(self, key: str) -> None:
        """Press and release a key: a letter, or a name such as Enter."""
        code = {"Enter": 13, "Escape": 27, "Tab": 9}.get(key)
        text = {"text": "\r"} if key == "Enter" else {"text": key} if code is None else {}
        named = {"windowsVirtualKeyCode": code} if code is not None else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **text, **named)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, **named)

    def take_picture(self, whole: bool = True) -> bytes:
        """A PNG of the page, of all of it if asked for."""
        answer = self.call(
            "Page.captureScreenshot", format="png", captureBeyondViewport=whole, **self._clip(whole)
        )
        return base64.b64decode(answer["data"])

    def _clip(self, whole: bool) -> Mapping[str, object]:
        if not whole:
            return {}
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}

    def take_complaints(self) -> list[str]:
        """What the page complained of since: exceptions, and what its policy or the network refused."""
        self.run("1")
        mine = [event for event in self._browser.events if event.get("sessionId") == self._session]
        self._browser.events[:] = [event for event in self._browser.events if event not in mine]
        thrown = [event["params"] for event in mine if event.get("method") == "Runtime.exceptionThrown"]
        logged = [event["params"]["entry"] for event in mine if event.get("method") == "Log.entryAdded"]
        return [*map(json.dumps, thrown), *(entry["text"] for entry in logged if entry["level"] == "error")]


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A fresh browser that knows nobody. Raises FileNotFoundError where there is none."""
    program = find_chromium()
    if program is None:
        raise FileNotFoundError(f"none of {', '.join(NAMES)} is on the path")
    asked, ask = _open_pipe()
    answer, answered = _open_pipe()
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as folder:
        options = [*_OPTIONS, f"--user-data-dir={folder}"]
        # its sandbox refuses root, and needs what a container may not have
        options += ["--no-sandbox"] if os.geteuid() == 0 or os.environ.get("CI") else []

        def place_pipes() -> None:
            os.dup2(asked, _READ)
            os.dup2(answered, _WRITE)

        process = subprocess.Popen(
            [program, *options, "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(_READ, _WRITE),
            preexec_fn=place_pipes,
            start_new_session=True,
            env={**os.environ, "HOME": folder},
        )
        os.close(asked)
        os.close(answered)
        try:
            browser = Browser(process, ask, answer)
            yield browser
            with suppress(RuntimeError, OSError):
                browser.call("Browser.close")
        finally:
            _end_process(process)
            os.close(ask)
            os.close(answer)


def _open_pipe() -> tuple[int, int]:
    """A pipe whose ends have high numbers, so that neither is one of those that Chromium looks at."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 100) for end in ends]
    for end in ends:
        os.close(end)
    return high[0], high[1]


def _end_process(process: "subprocess.Popen[bytes]") -> None:
    """Let it end by itself, else end it with all that it started."""
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
