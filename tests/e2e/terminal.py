# SPDX-License-Identifier: BSD-3-Clause
"""The shell as an administrator has it: `byway` on a pseudo-terminal."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from lab import LabError
from router import program

# Escape sequences, and blanks put over what is wiped
ESCAPES = re.compile(rb"\x1b(\[[0-9;?]*[a-zA-Z]|[=>78]|\][^\x07]*\x07|\([AB0])|\x08+ +\x08+")


class Terminal:
    """A session. What the program prints is gathered as text, escape sequences left out."""

    def __init__(self, router, rows=24, columns=80, term="vt100"):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        argv = [program(router.build, "byway"), "--instance", router.name]
        env = dict(os.environ, **router.env, TERM=term, HOME=router.lab.dir, LC_ALL="C.UTF-8")
        self.process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env=env,
                                        start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.master = master
        self.raw = bytearray()
        self.mark = 0
        self.hostname = None
        router.lab.on_close(self.close)

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGHUP)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        if self.master is not None:
            os.close(self.master)
            self.master = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def text(self):
        # NULs are padding for terminals of old
        plain = ESCAPES.sub(b"", self.raw).replace(b"\0", b"").replace(b"\r\n", b"\n")
        return plain.decode(errors="replace")

    def _read(self, seconds):
        ready, _, _ = select.select([self.master], [], [], seconds)
        if ready:
            try:
                self.raw += os.read(self.master, 65536)
            except OSError:
                return False
        return bool(ready)

    def type(self, text):
        """Keys. Reads meanwhile, so that neither side waits for the other."""
        data = text.encode() if isinstance(text, str) else text
        while data:
            _, writable, _ = select.select([], [self.master], [], 0.05)
            if writable:
                data = data[os.write(self.master, data[:1024]):]
            while self._read(0):
                pass

    def expect(self, pattern, bound=10.0):
        """Wait for a pattern in what came since the last one. The text up to its end."""
        end = time.monotonic() + bound
        while True:
            text = self.text
            match = re.search(pattern, text[self.mark:], re.M)
            if match:
                got = text[self.mark:self.mark + match.end()]
                self.mark += match.end()
                return got
            left = end - time.monotonic()
            if left <= 0 or (not self._read(min(left, 0.2)) and self.process.poll() is not None):
                raise LabError(f"no {pattern!r} within {bound:g} s after {text[self.mark:]!r}")

    def wait_for(self, text, bound):
        """Wait until the last thing printed ends with this. For much output: looks at its end only."""
        end = time.monotonic() + bound
        while not ESCAPES.sub(b"", self.raw[-200:]).rstrip().endswith(text.encode()):
            if time.monotonic() > end:
                raise LabError(f"no {text!r} within {bound:g} s; the end: {self.raw[-300:]!r}")
            self._read(0.2)
        self.mark = len(self.text)

    def command(self, line, prompt=r"^[\w.-]+(\([\w-]+\))?[#>] ?\Z", bound=10.0):
        """Type a line; what it prints, without the line itself and the next prompt."""
        self.type(line + "\r")
        got = self.expect(prompt, bound)
        body = got[:re.search(prompt, got, re.M).start()]
        return body.split("\n", 1)[1] if "\n" in body else body

    def prompt(self, bound=10.0):
        return self.expect(r"^[\w.-]+(\([\w-]+\))?[#>] ?\Z", bound).rsplit("\n", 1)[-1].strip()
