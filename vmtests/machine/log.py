"""What a person reads of a run: subtests, each command, its real output, how long it took."""

import contextlib
import sys
import time


class Log:
    """Writes plain lines; nested blocks are indented."""

    def __init__(self, out=None):
        self._out = out or sys.stdout
        self._depth = 0

    def line(self, text: str = "") -> None:
        indent = "  " * self._depth
        for part in text.splitlines() or [""]:
            print(f"{indent}{part}".rstrip(), file=self._out, flush=True)

    def info(self, text: str) -> None:
        self.line(text)

    # The real driver's names for the same.
    log = warning = error = info

    @contextlib.contextmanager
    def nested(self, text: str):
        self.line(text)
        started = time.monotonic()
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            self.line(f"({text}: {time.monotonic() - started:.2f} s)")

    @contextlib.contextmanager
    def subtest(self, text: str):
        self.line()
        self.line(f"── {text}")
        try:
            yield
        except Exception:
            self.line(f"FAILED: {text}")
            raise
