# SPDX-License-Identifier: BSD-3-Clause
"""A Linux kernel of one's own, in user mode: what the machine's kernel may lack, it has.

A guest owns network devices of one namespace. Its root is the machine's file system, read only,
below a throw-away overlay; /run, /tmp, /var/log and /etc/ppp are its own and empty.
"""

import hashlib
import itertools
import os
import shutil
import struct
import subprocess

from lab import LabError, tool, wait_until

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "isp")
BOOT_BOUND = 120.0  # 3 s when nothing else runs
MEMORY = 96  # MiB
PACKET_OUTGOING = 4

# Classic BPF that drops what the device itself sends: a packet socket would hear its own frames.
INBOUND = b"".join(struct.pack("=HBBI", *i) for i in (
    (0x20, 0, 0, 0xFFFFF004),  # the packet's type
    (0x15, 0, 1, PACKET_OUTGOING),
    (0x06, 0, 0, 0),
    (0x06, 0, 0, 0x40000),
))


class Guest:
    """`setup` is the shell script that it runs when its devices are up."""

    def __init__(self, lab, ns, devices, kernel_modules, setup, name=None):
        self.lab = lab
        self.ns = ns
        self.name = name or ns.name
        self.devices = list(devices)
        self.dir = os.path.join(lab.dir, f"guest-{self.name}")
        self.jobs = itertools.count()
        self.process = None
        os.makedirs(os.path.join(self.dir, "jobs"))
        self.take("init")
        self.take("main")
        self._write("settings", f"name={self.name}\ndevices='{' '.join(self.devices)}'\n"
                                f"kernel_modules='{' '.join(kernel_modules)}'\n")
        self._write("setup", setup)
        self._write("inbound.bpf", INBOUND)
        os.mkfifo(os.path.join(self.dir, "console"))
        lab.routers.append(self)

    def take(self, script):
        """A file of isp/, to be in the directory in which `setup` runs. Before start()."""
        shutil.copy(os.path.join(SCRIPTS, script), self.dir)

    def _write(self, path, content):
        content = content if isinstance(content, bytes) else content.encode()
        with open(os.path.join(self.dir, path), "wb") as f:
            f.write(content)

    # ---- life ----

    def start(self):
        """Boot; wait for it with ready()."""
        # In a process namespace of its own: when its first process is gone, all of them are.
        argv = ["unshare", "--pid", "--fork", "--kill-child", tool("linux.uml"),
                f"mem={MEMORY}M", "rootfstype=hostfs", "rootflags=/", "ro", f"dir={self.dir}",
                f"init={self.dir}/init", f"uml_dir={self.dir}", "umid=um", "quiet", "con=null",
                "con0=fd:0,fd:1"]
        for i, device in enumerate(self.devices):
            argv.append(f"vec{i}:transport=raw,ifname={device},depth=64,mac={self.mac(device)},"
                        f"bpffile={self.dir}/inbound.bpf")
        console = os.open(os.path.join(self.dir, "console"), os.O_RDWR)
        try:
            self.process = self.ns.spawn(argv, "guest", {"TMPDIR": self._memory_directory()},
                                         console)
        finally:
            os.close(console)
        self.lab.on_close(self.kill)  # it has nothing to save, and heeds no SIGTERM
        return self

    def mac(self, device):
        digest = hashlib.sha256(f"{self.name} {device}".encode()).digest()
        return "02:" + ":".join(f"{b:02x}" for b in digest[:5])

    def _memory_directory(self):
        """Where the file that is its memory may be: it must be executable and large enough."""
        shm = os.statvfs("/dev/shm")
        if shm.f_flag & os.ST_NOEXEC or shm.f_bavail * shm.f_frsize < 4 * MEMORY << 20:
            return self.dir
        return "/dev/shm"

    @property
    def running(self):
        return self.process is not None and self.process.running

    def ready(self, bound=BOOT_BOUND):
        wait_until(lambda: self._exists("ready"), bound, f"{self.name} has booted")
        return self

    def _exists(self, path):
        if not self.running:
            raise LabError(f"{self.name} is not running\n"
                           + (self.process.log(40) if self.process else ""))
        path = os.path.join(self.dir, path)
        return os.path.exists(path) and os.path.getsize(path) > 0

    def kill(self):
        self.process.kill()

    # ---- what one does in it ----

    def run(self, command, bound=30.0, check=True, stdin=""):
        """A shell command in the guest, to its end; the CompletedProcess, output as text."""
        job = str(next(self.jobs))
        directory = os.path.join(self.dir, "jobs", job)
        os.mkdir(directory)
        self._write(f"jobs/{job}/command", command + "\n")
        self._write(f"jobs/{job}/in", stdin)
        with open(os.path.join(self.dir, "console"), "w", encoding="ascii") as console:
            console.write(job + "\n")
        wait_until(lambda: self._exists(f"jobs/{job}/status"), bound, f"{self.name}: {command}")
        status, out, err = (self._read(f"jobs/{job}/{name}") for name in ("status", "out", "err"))
        shutil.rmtree(directory)
        if check and int(status) != 0:
            raise LabError(f"{self.name}: {command}: {status.strip()}\n{out}{err}")
        return subprocess.CompletedProcess(command, int(status), out, err)

    def _read(self, path):
        with open(os.path.join(self.dir, path), encoding="utf-8", errors="replace") as f:
            return f.read()

    def write(self, path, content, mode="644"):
        """A file in the guest."""
        self.run(f"cat >{path} && chmod {mode} {path}", stdin=content)

    def dump(self):
        if not self.running:
            return
        for command in ("ip -br addr; ip route; cat /proc/net/pppoe; ps ax | grep ppp",
                        "tail -n 80 /var/log/pppd.log"):
            try:
                done = self.run(command, bound=10, check=False)
                yield f"{self.name}: {command}", done.stdout + done.stderr
            except (LabError, OSError) as e:
                yield f"{self.name}: {command}", str(e)
