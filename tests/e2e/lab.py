# SPDX-License-Identifier: BSD-3-Clause
"""Network namespaces, veth pairs and processes of a lab on one machine.

A lab owns what it makes: every process is stopped by its own id and every
namespace is deleted when it closes, whatever happened in between.
"""

import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import time

NETNS_DIR = "/run/netns"
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None, use_errno=True)


class LabError(Exception):
    """Something of the lab itself did not work; says what."""


def wait_until(condition, bound=5.0, what=None, interval=0.02):
    """Call condition until it returns something true, which is returned.

    Raises LabError after `bound` seconds; `what` says in it what was awaited.
    """
    end = time.monotonic() + bound
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise LabError(f"not within {bound:g} s: {what or condition.__doc__ or condition}")
        time.sleep(interval)


def start_time(pid):
    """When a process was started, in clock ticks; None if there is none (or a zombie).

    Together with the id this names a process for good: ids are used again.
    """
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as f:
            fields = f.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def signal_process(pid, started, signum):
    """Signal that very process; False if it is gone."""
    if started is None or start_time(pid) != started:
        return False
    os.kill(pid, signum)
    return True


def end_process(pid, started, grace=5.0):
    """Stop a process that may be no child of ours: SIGTERM, later SIGKILL."""
    for signum, bound in ((signal.SIGTERM, grace), (signal.SIGKILL, 5.0)):
        if not signal_process(pid, started, signum):
            return
        try:
            wait_until(lambda: start_time(pid) != started, bound, "end of a process")
            return
        except LabError:
            continue


class Process:
    """A running program. Its output goes to a log file."""

    def __init__(self, name, argv, log_path, env=None, outlive=False, cwd=None,
                 stdin=subprocess.DEVNULL):
        self.name = name
        self.argv = argv
        self.log_path = log_path
        with open(log_path, "ab") as log:
            self.popen = subprocess.Popen(
                argv,
                stdin=stdin,
                stdout=log,
                stderr=log,
                env=env,
                cwd=cwd,
                start_new_session=True,
                # The kernel ends it if the tests are killed.
                preexec_fn=None if outlive else _die_with_parent,
            )
        self.pid = self.popen.pid
        self.started = start_time(self.pid)

    @property
    def running(self):
        return self.popen.poll() is None

    def log(self, last=None):
        """Its output so far, or the last lines of it."""
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as f:
                text = f.read()
        except FileNotFoundError:
            return ""
        return text if last is None else "\n".join(text.splitlines()[-last:])

    def wait(self, bound=10.0):
        """Its exit status; negative: the signal that ended it."""
        try:
            return self.popen.wait(bound)
        except subprocess.TimeoutExpired:
            raise LabError(f"{self.name} still runs after {bound:g} s\n{self.log(30)}") from None

    def kill(self, signum=signal.SIGKILL):
        if self.running:
            self.popen.send_signal(signum)
        return self.wait()

    def stop(self, bound=10.0):
        """SIGTERM, and SIGKILL if that is not heeded. Returns the exit status."""
        if self.running:
            self.popen.terminate()
        try:
            return self.popen.wait(bound)
        except subprocess.TimeoutExpired:
            return self.kill()


def _die_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Namespace:
    """A network namespace, and what one does in it."""

    def __init__(self, lab, name):
        self.lab = lab
        self.name = name
        self.full_name = f"{lab.prefix}-{name}"
        checked(["ip", "netns", "add", self.full_name])
        # no IPv6, so that nothing chatters
        self.sysctl("net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
        self.ip("link set lo up")

    def argv(self, argv):
        return ["ip", "netns", "exec", self.full_name, *argv]

    def run(self, argv, bound=30.0, check=True, stdin=None):
        """Run to its end; the CompletedProcess, output as text."""
        if isinstance(argv, str):
            argv = argv.split()
        return checked(self.argv(argv), bound, check, stdin)

    def spawn(self, argv, name=None, env=None, stdin=subprocess.DEVNULL):
        """Start a program; the lab stops it at the end at the latest."""
        if isinstance(argv, str):
            argv = argv.split()
        return self.lab.spawn(f"{self.name}-{name or os.path.basename(argv[0])}",
                              self.argv(argv), env, stdin)

    def ip(self, command):
        return checked(["ip", "-n", self.full_name, *command.split()])

    def sysctl(self, *settings):
        self.run(["sysctl", "-qw", *settings])

    def socket(self, *args):
        """A socket of this namespace for this process."""
        return self.call(lambda: socket.socket(*args))

    def call(self, function):
        """Call a function with this thread inside the namespace."""
        with open("/proc/thread-self/ns/net", "rb") as home, \
                open(f"{NETNS_DIR}/{self.full_name}", "rb") as there:
            _setns(there.fileno())
            try:
                return function()
            finally:
                _setns(home.fileno())

    def address(self, ifname, *addresses, gateway=None):
        for a in addresses:
            self.ip(f"addr add {a} dev {ifname}")
        if gateway:
            self.ip(f"route replace default via {gateway}")

    def mac(self, ifname):
        return self.run(["cat", f"/sys/class/net/{ifname}/address"]).stdout.strip()

    def delete(self):
        subprocess.run(["ip", "netns", "del", self.full_name], check=False,
                       stderr=subprocess.DEVNULL)


def _setns(fd):
    if libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def checked(argv, bound=30.0, check=True, stdin=None):
    try:
        done = subprocess.run(argv, input=stdin, capture_output=True, text=True, errors="replace",
                              timeout=bound, check=False,
                              stdin=subprocess.DEVNULL if stdin is None else None)
    except subprocess.TimeoutExpired as e:
        raise LabError(f"{' '.join(argv)}: no end after {bound:g} s\n{e.stdout or ''}"
                       f"{e.stderr or ''}") from None
    if check and done.returncode != 0:
        raise LabError(f"{' '.join(argv)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done


class Lab:
    """Namespaces whose names begin with `prefix`, and a directory for logs and sockets."""

    def __init__(self, prefix, directory, outlive=False):
        self.prefix = prefix
        self.dir = str(directory)
        self.outlive = outlive
        self.namespaces = {}
        self.processes = []
        self.routers = []
        self.closers = []
        os.makedirs(self.dir, exist_ok=True)

    def namespace(self, name):
        ns = Namespace(self, name)
        self.namespaces[name] = ns
        return ns

    def veth(self, ns1, if1, ns2, if2, mtu=1500):
        """A cable. No offloads: whole frames with finished checksums on it."""
        checked(["ip", "-n", ns1.full_name, "link", "add", if1, "mtu", str(mtu), "type", "veth",
                 "peer", "name", if2, "mtu", str(mtu), "netns", ns2.full_name])
        for ns, ifname in ((ns1, if1), (ns2, if2)):
            ns.run(["ethtool", "-K", ifname, "tx", "off", "rx", "off", "sg", "off", "tso", "off",
                    "gso", "off", "gro", "off"])
            ns.ip(f"link set {ifname} up")

    def spawn(self, name, argv, env=None, stdin=subprocess.DEVNULL):
        log = os.path.join(self.dir, f"{name}.log")
        full_env = dict(os.environ, **env) if env else None
        process = Process(name, argv, log, full_env, self.outlive, stdin=stdin)
        self.processes.append(process)
        return process

    def on_close(self, function):
        """Call it first when the lab closes; last one added first."""
        self.closers.append(function)

    def close(self):
        """Stop and delete all. Raises what went wrong, after all is done."""
        errors = []
        for function in reversed(self.closers):
            try:
                function()
            except Exception as e:  # pylint: disable=broad-except
                errors.append(e)
        for process in reversed(self.processes):
            process.stop()
        for ns in self.namespaces.values():
            ns.delete()
        self.closers, self.processes, self.namespaces = [], [], {}
        if errors:
            raise errors[0]

    def dump(self):
        """(title, text) pairs that tell what state the lab is in."""
        for router in self.routers:
            yield from router.dump()
        for process in self.processes:
            if process.log():
                yield f"log of {process.name}", process.log(60)


def sweep(pattern):
    """Remove namespaces that a killed run left behind.

    `pattern` has a group: the id of the process that made them.
    """
    if not os.path.isdir(NETNS_DIR):
        return
    for name in os.listdir(NETNS_DIR):
        match = re.fullmatch(pattern, name)
        if match and start_time(int(match.group(1))) is None:
            remove_namespace(name)


def sweep_directories(parent, pattern):
    """Remove directories there that a killed run left behind; the pattern is as in sweep()."""
    for name in os.listdir(parent):
        match = re.fullmatch(pattern, name)
        if match and start_time(int(match.group(1))) is None:
            shutil.rmtree(os.path.join(parent, name), ignore_errors=True)


def remove_namespace(name):
    """Delete a namespace of ours and end, by their ids, the processes left in it."""
    listed = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True,
                            check=False)
    for pid in listed.stdout.split():
        end_process(int(pid), start_time(int(pid)))
    subprocess.run(["ip", "netns", "del", name], check=False, stderr=subprocess.DEVNULL)


def mac_bytes(mac):
    return bytes.fromhex(mac.replace(":", ""))


def tool(name):
    path = shutil.which(name)
    if not path:
        raise LabError(f"{name} is not installed: sudo ./run deps")
    return path
