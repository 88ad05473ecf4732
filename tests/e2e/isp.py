# SPDX-License-Identifier: BSD-3-Clause
"""A PPPoE provider: pppoe-server and pppd in a guest, and the web beyond it in a namespace.

    cable -- access [guest: PPPoE, 1.1.1.1] net 23.219.39.1 -- 23.219.39.17 web

The web has a way back to what the customers were given (Customer.prefix) and to nothing else.
"""

import os
import re
import shlex
import socket
import sys
from dataclasses import dataclass, replace

from guest import Guest
from lab import tool, wait_until

WEB = "23.219.39.17"
WEB_GATEWAY = "23.219.39.1"
WEBS = (WEB, "77.234.41.34", "77.234.42.50")
PEER = "1.1.1.1"
PREFIX = "25.0.0.16/29"
PAGE = "This page came through Byway.\n"
PIDFILE = "/run/pppoe-server.pid"
LOG = "/var/log/pppd.log"


@dataclass(frozen=True)
class Customer:
    """Who may dial in, and what is routed to their session."""
    name: str = "ユーザ名"
    secret: str = "パスワード"
    prefix: str = PREFIX


@dataclass(frozen=True)
class Offer:
    """What the provider does with a session."""
    auth: str = "chap"  # chap, pap or none
    customers: tuple = (Customer(),)
    accept: bool = True  # take the address that the client asks for; else Nak it
    pool: str = "100.64.0.16"  # first address to assign; each session takes the next one
    mru: int = 1492
    echo: int = 5  # seconds between its LCP echoes; 0: none
    ac: str = "BAS"
    service: str = ""
    sessions: int = 16  # at the same time
    pppd: tuple = ()  # more of pppd's options, such as "+ipv6"


def as_pppd_has_it(text):
    """A name as pppd looks it up: `M-` for a byte's high bit, `^X` for what does not print.

    Authenticating a peer, pppd 2.4.9 writes names, and PAP's passwords, in that way before it
    looks into its files; CHAP's secrets it does not.
    """
    out = ""
    for byte in text.encode():
        if byte >= 0x80:
            out += "M-"
            byte -= 0x80
        hidden = (byte < 0x20 and byte != 0x09) or byte == 0x7F
        out += f"^{chr(byte ^ 0x40)}" if hidden else chr(byte)
    return out


def server_options(offer):
    """pppd's options for a session."""
    ipv6 = "+ipv6" in offer.pppd
    lines = ["noauth"] if offer.auth == "none" else ["auth", f"require-{offer.auth}"]
    lines += ["ipcp-accept-remote"] if offer.accept else []
    lines += [f"name {offer.ac}", f"lcp-echo-interval {offer.echo}", "lcp-echo-failure 3",
              "lcp-restart 1", "lcp-max-terminate 1", f"mtu {offer.mru}", f"mru {offer.mru}",
              "noccp", "novj", "noaccomp", "nopcomp", *([] if ipv6 else ["noipv6"]),
              "nodefaultroute", "debug", f"logfile {LOG}"]
    return "\n".join([*lines, *offer.pppd]) + "\n"


def chap_secrets(offer):
    return "".join(f'"{as_pppd_has_it(c.name)}" * "{c.secret}" *\n' for c in offer.customers)


def pap_secrets(offer):
    return "".join(f'"{as_pppd_has_it(c.name)}" * "{as_pppd_has_it(c.secret)}" *\n'
                   for c in offer.customers)


def ip_up(offer):
    """Routes a customer's prefix to the session; the first one's to a session of nobody."""
    cases = "".join(f'"{as_pppd_has_it(c.name)}") prefix={c.prefix} ;;\n'
                    for c in offer.customers)
    return (f"#!/bin/sh\nprefix={offer.customers[0].prefix}\ncase $PEERNAME in\n{cases}esac\n"
            'ip route replace "$prefix" dev "$1"\n')


class Isp:
    """`ports` are the guest's devices towards customers, each in need of a cable.

    ns has them; web is the namespace beyond.
    """

    def __init__(self, lab, name="isp", ports=("access",), **offer):
        self.lab = lab
        self.ports = ports
        self.offer = Offer(**offer)
        self.offset = 0  # of session ids, so that each server's are new
        self.ns = lab.namespace(name)
        self.web = lab.namespace(f"{name}-web")
        self.http = None
        lab.veth(self.web, "eth0", self.ns, "net")
        self.web.address("eth0", f"{WEB}/24")
        self.web.address("lo", *(f"{a}/32" for a in WEBS[1:]))
        for prefix in sorted({c.prefix for c in self.offer.customers}):
            self.web.ip(f"route add {prefix} via {WEB_GATEWAY}")
        self.guest = None

    # ---- life ----

    def start(self):
        """Boot and let customers in; wait for it with ready()."""
        beyond = "".join(f"ip route add {a} via {WEB}\n" for a in WEBS[1:])
        self.guest = Guest(self.lab, self.ns, [*self.ports, "net"], ("pppoe", "ppp_generic"),
                           f"ip addr add {WEB_GATEWAY}/24 dev net\n" + beyond
                           + ": >/etc/ppp/options\n: >" + LOG + "\n"
                           "cp pppd-kernel /etc/ppp/\n")
        self.guest.take("pppd-kernel")
        self.guest.start()
        return self

    def ready(self):
        self.guest.ready()
        self.change()
        self.start_server()
        return self

    def run(self, command, **options):
        """A shell command in the guest."""
        return self.guest.run(command, **options)

    # ---- the server ----

    def change(self, **offer):
        """Another offer for sessions to come. ac, service, pool: from the server's next start."""
        self.offer = replace(self.offer, **offer)
        o = self.offer
        for name, content, mode in (("server-options", server_options(o), "644"),
                                    ("chap-secrets", chap_secrets(o), "600"),
                                    ("pap-secrets", pap_secrets(o), "600"),
                                    ("ip-up", ip_up(o), "755")):
            self.guest.write(f"/etc/ppp/{name}", content, mode)

    def start_server(self):
        o = self.offer
        argv = ["pppoe-server", *(word for port in self.ports for word in ("-I", port)),
                "-C", o.ac, "-S", o.service, "-L", PEER, "-R", o.pool, "-N", str(o.sessions),
                "-o", str(self.offset), "-O", "/etc/ppp/server-options",
                "-q", "/etc/ppp/pppd-kernel", "-X", PIDFILE]
        self.run(shlex.join(argv))
        self.offset += 100

    def stop_server(self):
        """In good order: PADT to each session."""
        self.run(f"kill $(cat {PIDFILE})")
        wait_until(lambda: not self.pids(), 30, "the end of pppoe-server and its pppds")

    def crash_server(self):
        """Without a word to anybody."""
        self.run(f"kill -9 $(cat {PIDFILE}); kill -9 $(pidof pppd) 2>&1; rm -f {PIDFILE}",
                 check=False)
        wait_until(lambda: not self.pids(), 30, "the end of pppoe-server and its pppds")

    def restart_server(self):
        self.stop_server()
        self.start_server()

    def pids(self):
        return self.run("pidof pppd pppoe-server", check=False).stdout.split()

    def end_sessions(self, signal="TERM"):
        """End pppd, of every session: by TERM with LCP's Terminate, by KILL with a PADT alone."""
        self.run(f"kill -{signal} $(pidof pppd)")

    # ---- what it sees ----

    def sessions(self):
        """{session id: MAC address of the customer} that the kernel carries."""
        rows = [line.split() for line in self.run("cat /proc/net/pppoe").stdout.splitlines()[1:]]
        return {socket.ntohs(int(row[0], 16)): row[1].lower() for row in rows}

    def devices(self):
        """{pppN: (own address, peer's address)} of the sessions that are up."""
        text = self.run("ip -o -4 addr show").stdout
        return {m[1]: (m[2], m[3])
                for m in re.finditer(r"^\d+: (ppp\d+) +inet ([\d.]+) peer ([\d.]+)/32", text, re.M)}

    def log(self):
        """What pppd has said so far, of all sessions."""
        return self.run(f"cat {LOG}").stdout

    def mac(self, port=None):
        return self.guest.mac(port or self.ports[0])

    # ---- the web ----

    def serve(self):
        """HTTP on every address of the web, with a page and `big`; iperf3 beside it."""
        www = os.path.join(self.lab.dir, "www")
        os.makedirs(www, exist_ok=True)
        self.content = os.urandom(2 << 20)
        for name, content in (("index.html", PAGE.encode()), ("big", self.content)):
            with open(os.path.join(www, name), "wb") as f:
                f.write(content)
        self.http = self.web.spawn([sys.executable, "-u", "-m", "http.server", "80", "-d", www],
                                   "http")
        self.web.spawn([tool("iperf3"), "-s", "--forceflush"], "iperf3")
        wait_until(lambda: all(self._listens(port) for port in (80, 5201)), 20, "the servers")

    def _listens(self, port):
        def attempt():
            with socket.socket() as s:
                return s.connect_ex((WEB, port)) == 0
        return self.web.call(attempt)

    def visitors(self):
        """Whom the web server has seen."""
        own = {*WEBS, "127.0.0.1"}
        return set(re.findall(r"^([\d.]+) - - ", self.http.log(), re.M)) - own


def pings(ns, address, *options, count=1, bound=1):
    """Whether all of some pings from a Linux host are answered."""
    done = ns.run(["ping", "-n", "-c", str(count), "-i", "0.05", "-W", str(bound), *options,
                   address], check=False)
    return done.returncode == 0 and " 0% packet loss" in done.stdout


def reach(ns, address, bound=30.0):
    """Wait until a ping gets through."""
    wait_until(lambda: pings(ns, address), bound, f"{ns.name} reaches {address}")
