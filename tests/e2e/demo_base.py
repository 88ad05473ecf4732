# SPDX-License-Identifier: BSD-3-Clause
"""What the demos have in common: telling what is done, traffic from a host to the web, tables."""

import ctypes
import os
import re
import socket
import struct
import sys

from isp import PAGE, WEB, WEBS
from lab import Lab
from router import TOP, Router

NAME = os.environ.get("BYWAY_DEMO", "byway-demo")
STATE = f"/run/{NAME}"
RUN_DIR = "/run/byway"
INSTANCE = NAME.removeprefix("byway-")
PLATFORM = os.path.join(TOP, "configs/platform/af_packet.conf")

SO_ATTACH_FILTER = 26
PACKET_OUTGOING = 4


class Demo:
    """A demo's up() makes the lab, serve() starts the servers, tell() shows what there is to see.

    `config` is the configuration of the router that it is about; `patience` how many seconds it
    waits for a provider.
    """

    def __init__(self, config, build, patience):
        self.config = config
        self.build = build
        self.patience = patience
        self.lab = None
        self.problems = []

    # ---- telling ----

    def say(self, text):
        print(f"\n\033[1m== {text}\033[0m" if sys.stdout.isatty() else f"\n== {text}", flush=True)

    def show(self, text):
        print("   " + text.rstrip("\n").replace("\n", "\n   "), flush=True)

    def check(self, good, text):
        print(f"   {'ok' if good else 'WRONG'}: {text}", flush=True)
        if not good:
            self.problems.append(text)

    # ---- the lab ----

    def make_lab(self):
        self.lab = Lab(NAME, STATE, outlive=True)

    def router(self, instance, ns):
        """A router whose ports are lan0 and wan0 of a namespace, started, not configured."""
        with open(PLATFORM, encoding="utf-8") as f:
            router = Router(self.lab, instance, ns, f.read(), build=self.build,
                            run_dir=RUN_DIR)
        router.start()
        self.note_processes()
        return router

    def load(self, router, config):
        self.say(f"byway --instance {router.name} -f {os.path.relpath(config, TOP)}")
        done = router.shell("-f", config)
        self.show(done.stdout + done.stderr)
        self.check(done.returncode == 0, "every line of the configuration is taken")

    def note_processes(self):
        """For the --stop of another run."""
        with open(f"{STATE}/processes", "w", encoding="ascii") as f:
            for p in self.lab.processes:
                f.write(f"{p.pid} {p.started} {p.name}\n")

    # ---- what it shows ----

    def traffic(self, host, web, seen_as, http):
        """From a host to the web, where all must come from one address; http is its server."""
        strangers = strange_sources(web, "eth0", seen_as)

        self.say(f"host: ping {WEB}")
        done = host.run(f"ping -n -c 5 -i 0.2 -W 2 {WEB}", check=False)
        self.show(done.stdout)
        self.check(" 0% packet loss" in done.stdout, "no ping is lost")

        self.say(f"host: curl http://{WEB}/")
        done = host.run(f"curl -sS -m 10 http://{WEB}/", check=False)
        self.show(done.stdout + done.stderr)
        self.check(done.stdout == PAGE, "the page has come")

        self.say(f"host: iperf3 -c {WEBS[1]}")
        done = host.run(f"iperf3 -c {WEBS[1]} -t 3 -f m", check=False)
        self.show(done.stdout + done.stderr)
        rate = re.search(r"([\d.]+) Mbits/sec +receiver", done.stdout)
        self.check(done.returncode == 0 and rate and float(rate.group(1)) > 0,
                   f"iperf3 has measured {rate.group(1) if rate else 'no'} Mbit/s")

        seen = set(re.findall(r"^([\d.]+) - - .* \"GET", http.log(), re.M))
        self.check(seen == {seen_as}, f"the web server has seen {' '.join(seen)}")
        wrong = set(read_sources(strangers))
        self.check(not wrong, f"the web has had packets of {seen_as} alone"
                   + "".join(f", but {s}" for s in wrong))

    def tables(self, name, router, tables):
        """Commands and the lines (patterns) that each must print."""
        for command, patterns in tables.items():
            self.say(f"{name}#{command}")
            text = router.cli(command)
            self.show(text)
            for pattern in patterns:
                if not re.search(pattern, text, re.M):
                    self.check(False, f"{name}: {command}: no line {pattern}")

    def run(self):
        self.up()
        self.serve()
        self.tell()

    def logs(self):
        for p in self.lab.processes if self.lab else ():
            text = p.log(15)
            if text:
                print(f"-- the end of {p.log_path}:\n{text}", file=sys.stderr)


def listens(ns, port):
    """Whether somebody listens there at the web's address."""
    def attempt():
        with socket.socket() as s:
            return s.connect_ex((WEB, port)) == 0
    return ns.call(attempt)


def configuration(path):
    """The lines of an IOS file as show running-config gives them back."""
    with open(path, encoding="utf-8") as f:
        lines = [line.rstrip() for line in f]
    # RT03's older form of this line is printed in the present one.
    return [re.sub(r"^( ip virtual-reassembly)$", r"\1 in", line)
            for line in lines if line.strip(" !")]


def strange_sources(ns, ifname, address):
    """A socket that gets what arrives there over IPv4 from anybody but that address."""
    drop = 7  # the last instruction's number
    instructions = (
        (0x20, 0, 0, 0xFFFFF004),  # the packet's type
        (0x15, drop - 2, 0, PACKET_OUTGOING),
        (0x28, 0, 0, 12),  # ethertype
        (0x15, 0, drop - 4, 0x0800),
        (0x20, 0, 0, 26),  # source address
        (0x15, drop - 6, 0, struct.unpack("!I", socket.inet_aton(address))[0]),
        (0x06, 0, 0, 64),
        (0x06, 0, 0, 0),
    )
    code = b"".join(struct.pack("=HBBI", *i) for i in instructions)
    buffer = ctypes.create_string_buffer(code)
    program_ = struct.pack("HL", len(instructions), ctypes.addressof(buffer))
    s = ns.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    s.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program_)
    s.bind((ifname, 3))
    s.setblocking(False)
    return s


def read_sources(s):
    while True:
        try:
            frame = s.recv(64)
        except BlockingIOError:
            s.close()
            return
        yield socket.inet_ntoa(frame[26:30])
