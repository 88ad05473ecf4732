# SPDX-License-Identifier: BSD-3-Clause
"""One Byway router: byway-dp and bywayd in a namespace of a lab, and its command line."""

import json
import os
import signal
import subprocess
import tempfile

from lab import LabError, wait_until

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD_DIRS = {
    "release": os.environ.get("BYWAY_BUILD", os.path.join(TOP, "build")),
    "asan": os.environ.get("BYWAY_BUILD_ASAN", os.path.join(TOP, "build-asan")),
}
PROGRAMS = {"byway-dp": "dataplane/byway-dp", "bywayd": "control/bywayd", "byway": "cli/byway"}
START_BOUND = 30.0  # with the sanitizers, on a busy machine

# What the sanitizers print when they have found something
FINDINGS = ("AddressSanitizer", "LeakSanitizer", "runtime error:", "UndefinedBehavior")


def program(build, name):
    return os.path.join(BUILD_DIRS[build], PROGRAMS[name])


def harden(ns):
    """Keep the kernel out: a port's netdev belongs to the router, which alone answers there."""
    ns.sysctl("net.ipv4.ip_forward=0", "net.ipv4.conf.all.arp_ignore=8",
              "net.ipv4.conf.all.rp_filter=1", "net.ipv4.conf.default.rp_filter=1")


class Router:
    """A router of a lab. `platform` is the text of its platform.conf."""

    def __init__(self, lab, name, ns, platform, startup=None, build="asan", run_dir=None):
        self.lab = lab
        self.name = name
        self.ns = ns
        self.build = build
        self.dp = None
        self.control = None
        self.exits = []  # (name, status) of programs that were asked to end
        self.run_dir = run_dir or os.path.join(lab.dir, "run")
        self.platform_path = os.path.join(lab.dir, f"{name}.platform.conf")
        self.startup_path = os.path.join(lab.dir, f"{name}.startup-config")
        self.env = {"BYWAY_RUN_DIR": self.run_dir}
        os.makedirs(self.run_dir, exist_ok=True)
        _write(self.platform_path, platform)
        if startup is not None:
            _write(self.startup_path, startup)
        harden(ns)
        lab.routers.append(self)
        lab.on_close(self.close)

    # ---- life ----

    def start(self):
        self.start_dp()
        self.start_control()
        return self

    def start_dp(self):
        self.dp = self.ns.spawn([program(self.build, "byway-dp"), "--instance", self.name,
                                 "--platform", self.platform_path], f"{self.name}-dp", self.env)
        path = os.path.join(self.run_dir, self.name, "dp.sock")
        self._wait_for(self.dp, lambda: _listens(self.dp, path), "byway-dp's socket")
        return self.dp

    def start_control(self):
        self.control = self.ns.spawn([program(self.build, "bywayd"), "--instance", self.name,
                                      "--config", self.startup_path, "--platform",
                                      self.platform_path], f"{self.name}-control", self.env)
        path = os.path.join(self.run_dir, self.name, "cli.sock")
        self._wait_for(self.control, lambda: _listens(self.control, path), "bywayd's socket")
        return self.control

    def _wait_for(self, process, condition, what):
        def ready():
            if not process.running:
                raise LabError(f"{process.name} ended with {process.wait()}\n{process.log(40)}")
            return condition()
        wait_until(ready, START_BOUND, what)

    def kill_dp(self):
        self.dp.kill(signal.SIGKILL)

    def kill_control(self):
        self.control.kill(signal.SIGKILL)

    def stop_control(self):
        return self._stop(self.control)

    def stop_dp(self):
        return self._stop(self.dp)

    def _stop(self, process):
        status = process.stop(START_BOUND)
        self.exits.append((process.name, status))
        return status

    def stop(self):
        """Both, by SIGTERM."""
        for process in (self.control, self.dp):
            if process and process.running:
                self._stop(process)

    def close(self):
        """Stop, and complain of a bad end or of what a sanitizer found."""
        self.stop()
        bad = [f"{name} ended with {status}" for name, status in self.exits if status != 0]
        bad += self.findings()
        if bad:
            raise LabError(f"{self.name}: " + "\n".join(bad))

    def findings(self):
        found = []
        for process in self.lab.processes:
            if process.name.startswith(f"{self.ns.name}-{self.name}-"):
                lines = process.log().splitlines()
                hits = [i for i, line in enumerate(lines) if any(f in line for f in FINDINGS)]
                if hits:
                    found.append("\n".join(lines[hits[0]:hits[0] + 40]))
        return found

    # ---- the command line ----

    def shell(self, *args, bound=30.0, stdin=None):
        """Run `byway` with arguments; the CompletedProcess."""
        argv = [program(self.build, "byway"), "--instance", self.name, *args]
        try:
            return subprocess.run(argv, capture_output=True, text=True, timeout=bound, check=False,
                                  env=dict(os.environ, **self.env), input=stdin,
                                  stdin=subprocess.DEVNULL if stdin is None else None)
        except subprocess.TimeoutExpired as e:
            raise LabError(f"{' '.join(argv)}: no end after {bound:g} s; so far:\n"
                           f"{(e.stdout or b'').decode(errors='replace')}") from None

    def cli(self, command, bound=30.0, check=True):
        """What an EXEC command prints."""
        done = self.shell("-c", command, bound=bound)
        if check and (done.returncode != 0 or done.stderr):
            raise LabError(f"{self.name}# {command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def json(self, command, bound=30.0):
        """What a show command gives as JSON, parsed."""
        text = self.cli(f"{command} | json", bound)
        try:
            return json.loads(text)
        except json.JSONDecodeError as e:
            raise LabError(f"{self.name}# {command} | json: {e}\n{text}") from None

    def load(self, text, *args, bound=60.0):
        """`byway -f` with this text; the CompletedProcess."""
        with tempfile.NamedTemporaryFile("w", dir=self.lab.dir, suffix=".cfg",
                                         encoding="utf-8") as f:
            f.write(text)
            f.flush()
            return self.shell("-f", f.name, *args, bound=bound)

    def configure(self, text, bound=60.0):
        """Take configuration lines, all of which must be good."""
        done = self.load(text, bound=bound)
        if done.returncode != 0:
            raise LabError(f"{self.name}: configuration refused\n{done.stdout}{done.stderr}")
        # the dataplane takes things in order: when it has listed something, it has the lines too
        self.cli("show arp")
        return done.stdout

    def running(self):
        """show running-config, from its first line of configuration to `end`."""
        lines = self.cli("show running-config").splitlines()
        return [l for l in lines[_first_line(lines):] if l.strip() not in ("", "!")]

    def drops(self):
        """Dropped packets by reason, of all workers."""
        return self.json("show platform datapath")["drops"]

    def dump(self):
        for process in (self.dp, self.control):
            if process:
                state = "running" if process.running else f"ended: {process.wait()}"
                yield f"{process.name} ({state})", process.log(40)
        if self.control and self.control.running:
            for command in ("show running-config", "show ip interface brief", "show ip route",
                            "show arp", "show ip nat translations", "show ip nat statistics",
                            "show platform datapath"):
                try:
                    yield f"{self.name}# {command}", self.cli(command, bound=5, check=False)
                except (LabError, OSError) as e:
                    yield f"{self.name}# {command}", str(e)


def _first_line(lines):
    for i, line in enumerate(lines):
        if line.startswith(("version", "hostname")):
            return i
    return 0


def _listens(process, path):
    """Whether somebody listens at a Unix socket.

    The kernel's list is asked: byway-dp takes one control process, so nobody may try its socket.
    """
    try:
        with open(f"/proc/{process.pid}/net/unix", encoding="utf-8", errors="replace") as f:
            lines = f.readlines()[1:]
    except OSError:  # it has just ended
        return False
    return any(line.split()[3] == "00010000" and line.rstrip().endswith(" " + path)
               for line in lines)


def _write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
