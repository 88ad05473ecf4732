# SPDX-License-Identifier: BSD-3-Clause
"""The processes that a measurement is made of, each stopped by its own pid."""
import collections
import ctypes
import json
import os
import selectors
import shutil
import signal
import subprocess
import time

WAIT = 60  # seconds, the bound of every wait
IN_PORT, OUT_PORT = "GigabitEthernet8", "GigabitEthernet9"
IN_MAC, OUT_MAC = "02:00:00:00:01:02", "02:00:00:00:02:02"  # the generator's two
RING = 1024
MEMORY = 512  # MiB, of each process
HUGEPAGES_NEEDED = 2 * MEMORY // 2 + 64


class BenchError(Exception):
    pass


class Hugepages:
    """Whether there are free huge pages of 2 MiB; with "reserve" it asks for some, for a while."""
    PATH = "/proc/sys/vm/nr_hugepages"

    def __init__(self, mode):
        self.mode, self.before, self.usable = mode, None, False

    @staticmethod
    def free():
        info = dict(line.split(":", 1) for line in open("/proc/meminfo"))
        return int(info["HugePages_Free"]) if "2048" in info["Hugepagesize"] else 0

    def __enter__(self):
        if self.mode == "reserve" and self.free() < HUGEPAGES_NEEDED:
            self.before = int(open(self.PATH).read())
            self.write(self.before + HUGEPAGES_NEEDED)
        self.usable = self.mode != "off" and self.free() >= HUGEPAGES_NEEDED
        return self

    def __exit__(self, *_):
        if self.before is not None:
            self.write(self.before)

    def write(self, count):
        with open(self.PATH, "w") as f:
            f.write(str(count))


def die_with_parent():
    """In the child: not even a killed bench leaves a core spinning."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


class Process:
    """A child in a session of its own, whose output goes line by line to a log and to us."""

    def __init__(self, name, where):
        self.name, self.where, self.child = name, where, None
        self.buffer, self.unread, self.seen = b"", collections.deque(), []

    def spawn(self, argv, env=None):
        self.buffer, self.unread, self.seen = b"", collections.deque(), []
        self.log = open(os.path.join(self.where, self.name + ".log"), "ab")
        self.log.write((" ".join(argv) + "\n").encode())
        self.log.flush()
        try:
            self.child = subprocess.Popen(
                argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=die_with_parent,
                env={**os.environ, "RUNTIME_DIRECTORY": self.where, **(env or {})})
        except OSError as error:
            self.log.close()
            raise BenchError(f"{argv[0]}: {error.strerror}") from None
        os.set_blocking(self.child.stdout.fileno(), False)
        self.prefer()

    def prefer(self):
        """A session is a group to the scheduler; this one should have its core to itself."""
        try:
            with open(f"/proc/{self.child.pid}/autogroup", "w") as f:
                f.write("-20")
        except OSError:
            pass
        try:
            os.setpriority(os.PRIO_PROCESS, self.child.pid, -20)
        except OSError:
            pass

    def tail(self):
        return " | ".join(line[:200] for line in self.seen if line)

    def read_more(self, timeout):
        """Put lines that come within the time into self.unread; raises if there are no more."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.child.stdout, selectors.EVENT_READ)
            if not selector.select(max(timeout, 0)):
                return
        chunk = self.child.stdout.read()
        if chunk == b"":
            raise BenchError(f"{self.name} ended: {self.tail()}")
        self.log.write(chunk or b"")
        self.log.flush()
        *lines, self.buffer = (self.buffer + (chunk or b"")).split(b"\n")
        lines = [line.decode(errors="replace") for line in lines]
        self.unread.extend(lines)
        self.seen = (self.seen + lines)[-4:]

    def wait_line(self, test, timeout=WAIT):
        """The first line for which test() gives something, and that something."""
        end = time.monotonic() + timeout
        while True:
            while self.unread:
                found = test(self.unread.popleft())
                if found:
                    return found
            if time.monotonic() > end:
                raise BenchError(f"{self.name} is silent: {self.tail()}")
            self.read_more(end - time.monotonic())

    def write_line(self, line):
        try:
            self.child.stdin.write((line + "\n").encode())
            self.child.stdin.flush()
        except BrokenPipeError:
            raise BenchError(f"{self.name} ended: {self.tail()}") from None

    def stop(self):
        if not self.child:
            return
        self.child.terminate()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child.stdin.close()
        self.child.stdout.close()
        self.log.close()
        self.child = None

    def cpu_seconds(self, thread_prefix):
        """CPU time of the thread whose name begins so; None if there is none."""
        base = f"/proc/{self.child.pid}/task"
        for tid in os.listdir(base):
            try:
                with open(f"{base}/{tid}/comm") as f:
                    if not f.read().startswith(thread_prefix):
                        continue
                with open(f"{base}/{tid}/schedstat") as f:
                    return int(f.read().split()[0]) / 1e9
            except OSError:
                continue
        return None

    def rss(self):
        """Resident MiB, shared memory and huge pages and all."""
        with open(f"/proc/{self.child.pid}/status") as f:
            return sum(int(line.split()[1]) for line in f
                       if line.startswith(("VmRSS:", "HugetlbPages:"))) / 1024


def eal_memory(args):
    kind = ["--in-memory"] if args.use_hugepages else ["--no-huge", "--no-shconf"]
    return kind + ["--single-file-segments", "-m", str(MEMORY), "--no-pci", "--iova-mode=va",
                   "--no-telemetry", "--log-level=4"]


def wait_for(what, test, process):
    end = time.monotonic() + WAIT
    while not test():
        if process.child.poll() is not None:
            process.read_more(0)
            raise BenchError(f"{process.name} ended: {process.tail()}")
        if time.monotonic() > end:
            raise BenchError(f"no {what}")
        time.sleep(0.01)


class Dut:
    """The device under test: two memif servers in a directory, one core."""

    def __init__(self, args, where):
        self.args, self.where = args, where
        self.sockets = [os.path.join(where, "in.sock"), os.path.join(where, "out.sock")]
        self.mac = "02:00:00:00:00:01"

    def clear_sockets(self):
        for path in self.sockets:
            if os.path.exists(path):
                os.unlink(path)

    def counters(self):
        return None

    def describe(self):
        """What it is doing, for the reader of an error."""
        return (f"{self.process.name}'s worker has taken "
                f"{self.process.cpu_seconds(self.worker_thread)} s, counters: {self.counters()}")


class Testpmd(Dut):
    worker_thread = "rte-worker"

    def __init__(self, args, where):
        super().__init__(args, where)
        self.process = Process("testpmd", where)

    def start(self):
        core = self.args.dut_core
        self.clear_sockets()
        self.process.spawn(
            ["dpdk-testpmd", "--lcores", f"0@{core},1@{core}", *eal_memory(self.args),
             f"--file-prefix=bench-dut-{os.getpid()}",
             *sum((["--vdev", f"net_memif{i},role=server,id={i},socket={path},"
                    f"socket-abstract=no,rsize={RING.bit_length() - 1}"]
                   for i, path in enumerate(self.sockets)), []),
             "--", "--forward-mode=io", "--nb-cores=1", "--auto-start", "--burst=256",
             "--mbcache=256", "--total-num-mbufs=32768", f"--rxd={RING}", f"--txd={RING}"])
        # its ports are started; it forwards once they have links
        self.process.wait_line(lambda line: "Checking link statuses" in line)

    def stop(self):
        self.process.stop()


class Bywaydp(Dut):
    worker_thread = "rte-worker"

    def __init__(self, args, where):
        super().__init__(args, where)
        self.process = Process("byway-dp", where)
        self.programmer = Process("programmer", where)
        self.run_dir = os.path.join(where, "run")

    def platform(self):
        args = self.args
        return "".join(line + "\n" for line in [
            f"port {IN_PORT} memif {self.sockets[0]} role server id 0 ring-size {RING}",
            f"port {OUT_PORT} memif {self.sockets[1]} role server id 1 ring-size {RING}",
            f"cores {args.dut_core}",
            f"main-core {args.dut_core}",
            f"hugepages {'on' if args.use_hugepages else 'off'}",
            f"memory {MEMORY}",
            f"routes {max(args.routes + 1000, 1000)}",
            f"nat-sessions {max(args.sessions + 1000, 100000)}",
        ])

    def start(self):
        shutil.rmtree(self.run_dir, ignore_errors=True)
        self.clear_sockets()
        os.makedirs(self.run_dir)
        conf = os.path.join(self.where, "platform.conf")
        with open(conf, "w") as f:
            f.write(self.platform())
        self.process.spawn([os.path.join(self.args.build, "dataplane", "byway-dp"),
                            "--instance", "bench", "--platform", conf],
                           {"BYWAY_RUN_DIR": self.run_dir})
        socket = os.path.join(self.run_dir, "bench", "dp.sock")
        wait_for(f"socket {socket}", lambda: os.path.exists(socket), self.process)
        self.programmer.spawn([os.path.join(self.args.build, "tests", "perf", "programmer"),
                               socket])
        ports = {p["name"]: p for p in self.ask("ports")["ports"]}
        self.mac = ports[IN_PORT]["mac"]
        self.ask(f"setup {IN_PORT} {OUT_PORT} {IN_MAC} {OUT_MAC}")

    def ask(self, command):
        """One command to the programmer, and what it answered."""
        self.programmer.write_line(command)
        answer = self.programmer.wait_line(
            lambda line: json.loads(line) if line.startswith("{") else None)
        if not answer["ok"]:
            raise BenchError(f"{command}: {answer['error']}")
        return answer

    def counters(self):
        return self.ask("counters")["workers"][0]

    def stop(self):
        self.programmer.stop()
        self.process.stop()


class Generator:
    """pktgen, connected to a device; measures one list of sizes, once."""

    def __init__(self, args, where, dut):
        self.args, self.dut = args, dut
        self.process = Process("pktgen", where)

    def run(self, options, on_window=None):
        """Run it to its results. on_window(begin, end) has what was read around each window."""
        zero_copy = ",zero-copy=yes" if self.args.zero_copy else ""
        extra = ["", zero_copy]
        self.stop()
        self.process.spawn(
            [os.path.join(self.args.build, "tests", "perf", "pktgen"),
             "-l", str(self.args.gen_core), *eal_memory(self.args),
             f"--file-prefix=bench-gen-{os.getpid()}",
             *sum((["--vdev", f"net_memif{i},role=client,id={i},socket={path},"
                    f"socket-abstract=no,rsize={RING.bit_length() - 1}{extra[i]}"]
                   for i, path in enumerate(self.dut.sockets)), []),
             "--", "--hold", "--src-mac", IN_MAC, "--dst-mac", self.dut.mac,
             "--tx-ip", "10.0.0.2", "--rx-ip", "10.1.0.2", "--ring", str(RING), *options])
        windows, begin = [], None
        while True:
            try:
                message = self.process.wait_line(
                    lambda line: json.loads(line) if line.startswith("{") else None)
            except BenchError as error:
                raise BenchError(f"{error}, {self.dut.describe()}") from None
            if message.get("event") == "measuring":
                begin = self.look()
            elif message.get("event") == "measured":
                windows.append((begin, self.look()))
            elif "results" in message:
                if any(result.get("stalled") for result in message["results"]):
                    raise BenchError(f"no frame goes through any more, {self.dut.describe()}")
                return message, windows

    def look(self):
        return {"time": time.monotonic(), "counters": self.dut.counters(),
                "dut_cpu": self.dut.process.cpu_seconds(self.dut.worker_thread),
                "gen_cpu": self.process.cpu_seconds("pktgen")}

    def stop(self):
        self.process.stop()
