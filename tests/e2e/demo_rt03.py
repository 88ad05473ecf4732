# SPDX-License-Identifier: BSD-3-Clause
"""The first demo: RT03 as it is, a host behind Vlan20, a server beyond GigabitEthernet8.

    host 192.168.20.10 -- GigabitEthernet0  RT03  GigabitEthernet8 -- server 192.168.10.1

The server has no route to 192.168.20.0/24: what works, works by PAT.
"""

import os
import re
import sys

from demo_base import INSTANCE, STATE, Demo, configuration, listens
from isp import PAGE, WEBS
from lab import tool, wait_until
from router import TOP

GLOBAL = "192.168.10.16"


class Rt03Demo(Demo):
    """RT03 between a host and a server."""

    CONFIG = os.path.join(TOP, "configs/lab/RT03.cfg")
    INSTANCES = (INSTANCE,)

    def up(self):
        self.say("the lab: three network namespaces and two cables")
        self.make_lab()
        host, box, server = map(self.lab.namespace, ("host", "router", "server"))
        self.lab.veth(host, "eth0", box, "lan0")
        self.lab.veth(server, "eth0", box, "wan0")
        host.address("eth0", "192.168.20.10/24", gateway="192.168.20.1")
        server.address("eth0", "192.168.10.1/24")
        server.address("lo", *(f"{a}/32" for a in WEBS))
        self.show("host 192.168.20.10 -- GigabitEthernet0 [RT03] GigabitEthernet8 -- "
                  "192.168.10.1 server\nthe server's routes:")
        self.show(server.ip("route show").stdout)

        self.say("starting byway-dp and bywayd")
        self.rt03 = self.router(INSTANCE, box)
        self.load(self.rt03, self.config)

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
        wait_until(lambda: listens(server, 80) and listens(server, 5201), 20, "the servers' start")
        wait_until(self.lines_are_up, 10, "the lines of both interfaces")

    def lines_are_up(self):
        text = self.rt03.cli("show ip interface brief")
        return all(re.search(rf"^{name} .* up +up *$", text, re.M)
                   for name in ("Vlan20", "GigabitEthernet8"))

    def tell(self):
        self.traffic(self.lab.namespaces["host"], self.lab.namespaces["server"], GLOBAL, self.http)
        self.tables("RT03", self.rt03, {
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
        })
