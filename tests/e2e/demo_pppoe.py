# SPDX-License-Identifier: BSD-3-Clause
"""The second demo: RT13 dials a PPPoE provider, RT03 and a host are behind it.

    host 192.168.20.10 -- RT03 -- 192.168.10.1 RT13 -- PPPoE, CHAP -- provider -- web

The provider (pppoe-server and pppd in a Linux of its own) routes 25.0.0.16/29 to RT13's session,
and the web knows no other way back: what works, works by PAT on RT03 and 1:1 NAT on RT13.
"""

import os
import re
import time

import pppoe
from demo_base import INSTANCE, Demo, configuration
from isp import PEER, PREFIX, WEB, WEB_GATEWAY, Isp, reach
from router import TOP

GLOBAL = "25.0.0.16"


class PppoeDemo(Demo):
    """RT13 and RT03 between a host and a provider."""

    CONFIG = os.path.join(TOP, "configs/lab/RT13.cfg")
    INSTANCES = (f"{INSTANCE}-RT13", f"{INSTANCE}-RT03")

    def up(self):
        self.say("the lab: a host, two routers, a provider's access and the web")
        self.make_lab()
        host, rt03, rt13 = map(self.lab.namespace, ("host", "rt03", "rt13"))
        self.isp = Isp(self.lab)
        self.lab.veth(host, "eth0", rt03, "lan0")
        self.lab.veth(rt03, "wan0", rt13, "lan0")
        self.lab.veth(rt13, "wan0", self.isp.ns, "access")
        host.address("eth0", "192.168.20.10/24", gateway="192.168.20.1")
        self.show(f"host 192.168.20.10 -- GigabitEthernet0 [RT03] GigabitEthernet8 --\n"
                  f"  GigabitEthernet0 [RT13] GigabitEthernet8 -- PPPoE -- {PEER} [provider] "
                  f"{WEB_GATEWAY} -- {WEB} web\nthe web's routes:")
        self.show(self.isp.web.ip("route show").stdout)

        self.say("booting the provider, starting byway-dp and bywayd twice")
        self.isp.start()
        self.rt13 = self.router(self.INSTANCES[0], rt13)
        self.rt03 = self.router(self.INSTANCES[1], rt03)
        self.load(self.rt13, self.config)
        self.load(self.rt03, os.path.join(TOP, "configs/lab/RT03.cfg"))

    def serve(self):
        self.say("the provider lets customers in")
        self.isp.ready()
        since = time.monotonic()
        self.isp.serve()
        self.note_processes()
        row = pppoe.wait_session(self.rt13, bound=self.patience)
        self.show(f"session {row.session} with {row.remote} after "
                  f"{time.monotonic() - since:.1f} s")
        reach(self.lab.namespaces["host"], WEB, 10)

    def tell(self):
        self.traffic(self.lab.namespaces["host"], self.isp.web, GLOBAL, self.isp.http)
        self.path()
        self.shows()
        self.again()

    def path(self):
        self.say("the provider's routes to the session")
        routes = self.isp.run("ip route show | grep ppp").stdout
        self.show(routes)
        self.check(PREFIX in routes, f"{PREFIX} leads to it")

    def shows(self):
        self.tables("RT13", self.rt13, {
            "show pppoe session": (r"^ +1 client session", r"Gi8 +Di1 Vi1 +UP"),
            "show ppp all": (r"^Vi1 +LCP\+ CHAP\+ IPCP\+ +LocalT +1\.1\.1\.1 +BAS",),
            "show ip route": (
                r"^Gateway of last resort is 1\.1\.1\.1 to network 0\.0\.0\.0$",
                r"^S\*    0\.0\.0\.0/0 \[1/0\] via 1\.1\.1\.1$",
                r"^C        1\.1\.1\.1 is directly connected, Dialer1$",
                r"^L        192\.168\.10\.1/32 is directly connected, Vlan10$",
            ),
            "show ip nat translations": (
                r"^--- 25\.0\.0\.16 +192\.168\.10\.16 +--- +---$",
                r"^tcp 25\.0\.0\.16:(\d+) +192\.168\.10\.16:\1 +23\.219\.39\.17:80 +"
                r"23\.219\.39\.17:80$",
                r"^icmp 25\.0\.0\.16:\d+ +192\.168\.10\.16:\d+ +23\.219\.39\.17:",
            ),
            "show ip interface brief": (r"^Dialer1 +192\.168\.10\.1 +YES \w+ +up +up *$",),
            "show running-config": tuple(
                f"^{re.escape(line)}$" for line in configuration(self.config)),
        })
        self.tables("RT03", self.rt03, {
            "show ip nat translations": (
                r"^tcp 192\.168\.10\.16:(\d+) +192\.168\.20\.10:\1 +23\.219\.39\.17:80 +"
                r"23\.219\.39\.17:80$",
            ),
        })

    def again(self):
        self.say("the provider ends the session")
        old = pppoe.session(self.rt13).session
        since = time.monotonic()
        self.isp.end_sessions()
        row = pppoe.wait_session(self.rt13, other_than=old)
        self.show(f"session {row.session} after {time.monotonic() - since:.1f} s")
        reach(self.lab.namespaces["host"], WEB, 10)
        self.check(True, "the host reaches the web again")
