# SPDX-License-Identifier: BSD-3-Clause
"""The provider by itself: a client of Linux gets through it what a router must get."""

from types import SimpleNamespace

import pytest

from guest import Guest
from isp import PAGE, PEER, WEB, WEBS, Customer, Isp, as_pppd_has_it, reach
from lab import wait_until

CUSTOMER = Customer()
GLOBAL = "25.0.0.17"  # on the client: of the prefix that is routed to it
OPTIONS = f"""plugin rp-pppoe.so
nic-wan
user "{CUSTOMER.name}"
noauth
refuse-eap
refuse-mschap
refuse-mschap-v2
192.168.10.1:
ipcp-accept-remote
mtu 1454
mru 1492
noccp
novj
noipv6
maxfail 1
lcp-restart 1
lcp-max-terminate 1
logfile /var/log/pppd.log
debug
"""
IP_UP = f"""#!/bin/sh
ip route replace default dev $1 src {GLOBAL}
"""


@pytest.fixture(scope="module")
def net(lab):
    made = SimpleNamespace(lab=lab, box=lab.namespace("client"), isp=Isp(lab))
    lab.veth(made.box, "wan", made.isp.ns, "access")
    made.isp.start()
    made.client = Guest(lab, made.box, ["wan"], ("pppoe", "ppp_generic"),
                        f"ip addr add {GLOBAL}/32 dev lo\n: >/etc/ppp/options\n").start()
    made.isp.ready().serve()
    made.client.ready()
    made.client.write("/etc/ppp/ip-up", IP_UP, "755")
    return made


@pytest.fixture(autouse=True)
def afterwards(net):
    """Each test dials by itself."""
    yield
    net.client.run("pidof pppd && kill $(pidof pppd)", check=False)
    wait_until(lambda: not net.isp.sessions() and not running(net), 20, "the session's end")
    net.isp.change(auth="chap")


def running(net):
    return net.client.run("pidof pppd", check=False).returncode == 0


def dial(net, secret=CUSTOMER.secret, *options):
    for name in ("chap", "pap"):
        net.client.write(f"/etc/ppp/{name}-secrets", f'"{CUSTOMER.name}" * "{secret}"\n', "600")
    net.client.write("/etc/ppp/dial", OPTIONS + "\n".join(options))
    net.client.run("pppd file /etc/ppp/dial")


def test_session_with_chap(net):
    """The seed's name and password, the address that was asked for, the prefix, the web.

    The web has no way back to anything but the prefix.
    """
    dial(net, CUSTOMER.secret, "refuse-pap")
    wait_until(lambda: net.isp.devices() == {"ppp0": (PEER, "192.168.10.1")}, 20, "a session")
    assert list(net.isp.sessions().values()) == [net.client.mac("wan")]
    reach(net.isp.web, GLOBAL, 10)
    for address in WEBS:
        assert net.client.run(f"ping -c 1 -W 2 {address}", check=False).returncode == 0, address
    fetch = f"import urllib.request as u; print(u.urlopen('http://{WEB}/').read().decode(), end='')"
    assert net.client.run(f'python3 -c "{fetch}"').stdout == PAGE
    assert net.isp.visitors() == {GLOBAL}
    done = net.client.run(f"ping -c 1 -W 1 -I 192.168.10.1 {WEB}", check=False)
    assert done.returncode == 1, "no answer to another address"


def test_wrong_password(net):
    """No session, until the server's is the same."""
    dial(net, "another")
    wait_until(lambda: "failed CHAP authentication" in net.isp.log(), 20, "a refusal")
    wait_until(lambda: not running(net), 20, "the client gives up")
    assert not net.isp.devices()
    net.isp.change(customers=(Customer(secret="another"),))
    dial(net, "another")
    wait_until(net.isp.devices, 20, "a session")
    net.isp.change(customers=(CUSTOMER,))


def test_pap(net):
    net.isp.change(auth="pap")
    dial(net, CUSTOMER.secret, "refuse-chap")
    wait_until(net.isp.devices, 20, "a session")
    reach(net.isp.web, GLOBAL, 10)


def test_server_goes_and_returns(net):
    """In good order and without; session ids are not used again."""
    seen = set()
    for leave in (net.isp.stop_server, net.isp.crash_server):
        dial(net)
        wait_until(net.isp.devices, 20, "a session")
        seen.update(net.isp.sessions())
        leave()
        assert not net.isp.sessions() and not net.isp.devices()
        net.isp.start_server()
        net.client.run("kill -9 $(pidof pppd)", check=False)
        wait_until(lambda: not running(net), 20, "the client's end")
    assert len(seen) == 2


def test_two_at_once(lab, net):
    """Another provider beside it, with names and addresses of its own."""
    other = Isp(lab, "isp2")
    there = lab.namespace("there")
    lab.veth(there, "wan", other.ns, "access")
    other.start().ready()
    there.address("wan", "192.0.2.1/24")
    other.run("ip addr add 192.0.2.2/24 dev access")
    reach(there, "192.0.2.2", 10)
    other.guest.kill()
    assert not other.guest.running and net.isp.guest.running


@pytest.mark.parametrize("text,wanted", [
    ("user", "user"),
    (CUSTOMER.name, "M-cM-^CM-&M-cM-^CM-<M-cM-^BM-6M-eM-^PM-^M"),
    ("\x7f\x01", "^?^A"),
])
def test_names_as_pppd_writes_them(text, wanted):
    assert as_pppd_has_it(text) == wanted
