# SPDX-License-Identifier: BSD-3-Clause
"""The demo: RT03 as it is, a host behind Vlan20, a server beyond GigabitEthernet8.

    host 192.168.20.10 -- GigabitEthernet0  RT03  GigabitEthernet8 -- server 192.168.10.1

The server has no route to 192.168.20.0/24: what works, works by PAT.
"""

import argparse
import ctypes
import os
import re
import shutil
import socket
import struct
import sys

import lab as lab_module
from lab import Lab, LabError, tool, wait_until
from router import BUILD_DIRS, TOP, Router, program

NAME = os.environ.get("BYWAY_DEMO", "byway-demo")
STATE = f"/run/{NAME}"
INSTANCE = NAME.removeprefix("byway-")
CONFIG = os.path.join(TOP, "configs/lab/RT03.cfg")
PLATFORM = os.path.join(TOP, "configs/platform/af_packet.conf")
INTERNET = ("23.219.39.17", "77.234.41.34", "77.234.42.50")
WEB = INTERNET[0]
PAGE = "This page came through Byway.\n"
GLOBAL = "192.168.10.16"

SO_ATTACH_FILTER = 26
PACKET_OUTGOING = 4


class Demo:
    def __init__(self, config, build):
        self.config = config
        self.build = build
        self.lab = None
        self.router = None
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

    def up(self):
        self.say("the lab: three network namespaces and two cables")
        self.lab = Lab(NAME, STATE, outlive=True)
        host, box, server = map(self.lab.namespace, ("host", "router", "server"))
        self.lab.veth(host, "eth0", box, "lan0")
        self.lab.veth(server, "eth0", box, "wan0")
        host.address("eth0", "192.168.20.10/24", gateway="192.168.20.1")
        server.address("eth0", "192.168.10.1/24")
        server.address("lo", *(f"{a}/32" for a in INTERNET))
        self.show("host 192.168.20.10 -- GigabitEthernet0 [RT03] GigabitEthernet8 -- "
                  "192.168.10.1 server\nthe server's routes:")
        self.show(server.ip("route show").stdout)

        self.say("starting byway-dp and bywayd")
        with open(PLATFORM, encoding="utf-8") as f:
            self.router = Router(self.lab, INSTANCE, box, f.read(), build=self.build,
                                 run_dir="/run/byway")
        self.router.start()
        self.note_processes()
        self.say(f"byway -f {os.path.relpath(self.config, TOP)}")
        done = self.router.shell("-f", self.config)
        self.show(done.stdout + done.stderr)
        self.check(done.returncode == 0, "every line of the configuration is taken")

    def note_processes(self):
        with open(f"{STATE}/processes", "w", encoding="ascii") as f:
            for p in self.lab.processes:
                f.write(f"{p.pid} {p.started} {p.name}\n")

    def serve(self):
        server = self.lab.namespaces["server"]
        www = os.path.join(STATE, "www")
        os.makedirs(www, exist_ok=True)
        with open(f"{www}/index.html", "w", encoding="ascii") as f:
            f.write(PAGE)
        self.http = server.spawn([sys.executable, "-u", "-m", "http.server", "80", "-d", www],
                                 "http")
        server.spawn([tool("iperf3"), "-s", "--forceflush"], "iperf3")
        self.note_processes()
        wait_until(lambda: self.listens(server, 80) and self.listens(server, 5201), 20,
                   "the servers' start")

    @staticmethod
    def listens(ns, port):
        def attempt():
            with socket.socket() as s:
                return s.connect_ex((WEB, port)) == 0
        return ns.call(attempt)

    # ---- what it shows ----

    def traffic(self):
        host = self.lab.namespaces["host"]
        strangers = strange_sources(self.lab.namespaces["server"], "eth0")

        self.say(f"host: ping {WEB}")
        done = host.run(f"ping -n -c 5 -i 0.2 -W 2 {WEB}", check=False)
        self.show(done.stdout)
        self.check(" 0% packet loss" in done.stdout, "no ping is lost")

        self.say(f"host: curl http://{WEB}/")
        done = host.run(f"curl -sS -m 10 http://{WEB}/", check=False)
        self.show(done.stdout + done.stderr)
        self.check(done.stdout == PAGE, "the page has come")

        self.say(f"host: iperf3 -c {INTERNET[1]}")
        done = host.run(f"iperf3 -c {INTERNET[1]} -t 3 -f m", check=False)
        self.show(done.stdout + done.stderr)
        rate = re.search(r"([\d.]+) Mbits/sec +receiver", done.stdout)
        self.check(done.returncode == 0 and rate and float(rate.group(1)) > 0,
                   f"iperf3 has measured {rate.group(1) if rate else 'no'} Mbit/s")

        seen = re.findall(r"^([\d.]+) - - .* \"GET", self.http.log(), re.M)
        self.check(seen and set(seen) == {GLOBAL}, f"the web server has seen {' '.join(set(seen))}")
        wrong = set(read_sources(strangers))
        self.check(not wrong, f"the server has had packets of {GLOBAL} alone"
                   + "".join(f", but {s}" for s in wrong))

    def shows(self):
        tables = {
            "show ip route": (
                r"^Gateway of last resort is 192\.168\.10\.1 to network 0\.0\.0\.0$",
                r"^S\*    0\.0\.0\.0/0 \[1/0\] via 192\.168\.10\.1$",
                r"^C        192\.168\.10\.0/24 is directly connected, GigabitEthernet8$",
                r"^L        192\.168\.10\.16/32 is directly connected, GigabitEthernet8$",
                r"^C        192\.168\.20\.0/24 is directly connected, Vlan20$",
            ),
            "show ip nat translations": (
                r"^Pro Inside global +Inside local +Outside local +Outside global$",
                r"^tcp 192\.168\.10\.16:(\d+) +192\.168\.20\.10:\1 +23\.219\.39\.17:80 +"
                r"23\.219\.39\.17:80$",
                r"^tcp 192\.168\.10\.16:(\d+) +192\.168\.20\.10:\1 +77\.234\.41\.34:5201 ",
                r"^icmp 192\.168\.10\.16:\d+ +192\.168\.20\.10:\d+ +23\.219\.39\.17:",
            ),
            "show ip interface brief": (
                r"^GigabitEthernet8 +192\.168\.10\.16 +YES \w+ +up +up *$",
                r"^Vlan20 +192\.168\.20\.1 +YES \w+ +up +up *$",
            ),
            "show running-config": tuple(
                f"^{re.escape(line)}$" for line in configuration(self.config)),
        }
        for command, patterns in tables.items():
            self.say(f"RT03#{command}")
            text = self.router.cli(command)
            self.show(text)
            for pattern in patterns:
                if not re.search(pattern, text, re.M):
                    self.check(False, f"{command}: no line {pattern}")

    def run(self):
        self.up()
        self.serve()
        self.traffic()
        self.shows()

    def logs(self):
        for p in self.lab.processes if self.lab else ():
            text = p.log(15)
            if text:
                print(f"-- the end of {p.log_path}:\n{text}", file=sys.stderr)


def configuration(path):
    """The lines of an IOS file as show running-config gives them back."""
    with open(path, encoding="utf-8") as f:
        lines = [line.rstrip() for line in f]
    # RT03's older form of this line is printed in the present one.
    return [re.sub(r"^( ip virtual-reassembly)$", r"\1 in", line)
            for line in lines if line.strip(" !")]


def strange_sources(ns, ifname):
    """A socket that gets what arrives there over IPv4 from anybody but the PAT address."""
    drop = 7  # the last instruction's number
    instructions = (
        (0x20, 0, 0, 0xFFFFF004),  # the packet's type
        (0x15, drop - 2, 0, PACKET_OUTGOING),
        (0x28, 0, 0, 12),  # ethertype
        (0x15, 0, drop - 4, 0x0800),
        (0x20, 0, 0, 26),  # source address
        (0x15, drop - 6, 0, struct.unpack("!I", socket.inet_aton(GLOBAL))[0]),
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


# ---- the end ----


def stop():
    """End what an earlier demo left, by the ids it noted, and remove its namespaces."""
    was_there = False
    try:
        with open(f"{STATE}/processes", encoding="ascii") as f:
            noted = [line.split() for line in f]
    except FileNotFoundError:
        noted = []
    for pid, started, _ in reversed(noted):
        lab_module.end_process(int(pid), int(started))
    for name in sorted(os.listdir(lab_module.NETNS_DIR)) if os.path.isdir(
            lab_module.NETNS_DIR) else ():
        if name.startswith(NAME + "-"):
            was_there = True
            lab_module.remove_namespace(name)
    shutil.rmtree(STATE, ignore_errors=True)
    return was_there


def arguments():
    parser = argparse.ArgumentParser(prog="./run demo", description=__doc__.splitlines()[0])
    parser.add_argument("--once", action="store_true", help="stop by itself; exit 1 if anything "
                        "it showed was wrong")
    parser.add_argument("--stop", action="store_true", help="stop a demo that runs")
    parser.add_argument("--config", default=CONFIG, help=argparse.SUPPRESS)
    parser.add_argument("--build", default="release", choices=BUILD_DIRS, help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    args = arguments()
    if args.stop:
        print("the demo is stopped" if stop() else "no demo was running")
        return 0
    if stop():
        print("an earlier demo was running and is stopped")
    demo = Demo(args.config, args.build)
    failed = None
    try:
        demo.run()
    except (LabError, OSError) as e:
        failed = str(e)
    except KeyboardInterrupt:
        failed = "interrupted"
    if failed or demo.problems:
        demo.logs()
        for problem in [failed] if failed else demo.problems:
            print(f"demo: wrong: {problem}", file=sys.stderr)
    if args.once or failed:
        stop()
        demo.say("the lab is stopped" + ("" if failed or demo.problems else "; all was right"))
        return 1 if failed or demo.problems else 0
    demo.say("the lab runs on")
    shell = os.path.relpath(program(args.build, "byway"))
    demo.show(f"a prompt on the router:  sudo {shell} --instance {INSTANCE}\n"
              f"a shell on the host:     sudo ip netns exec {NAME}-host bash\n"
              f"stop it:                 sudo {os.path.relpath(os.path.join(TOP, 'run'))} "
              "demo --stop")
    return 1 if demo.problems else 0


if __name__ == "__main__":
    sys.exit(main())
