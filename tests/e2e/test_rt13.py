# SPDX-License-Identifier: BSD-3-Clause
"""RT13.cfg to the byte, with RT03 behind it: a host reaches the web through both and PPPoE."""

import json
import os
import re

import pytest

import pppoe
from isp import PEER, pings, reach
from lab import wait_until
from topology import (LAN_HOST, LAN_ROUTER, RT13_GLOBAL, RT13_HOST, RT13_LAN, WEB, WEB2, WEB3,
                      expected, lab_config, rt13_rt03)


@pytest.fixture(scope="module")
def net(lab):
    """RT13 started with nothing, then RT13.cfg as an administrator would load it."""
    made = rt13_rt03(lab, startup="")
    made.loaded = made.rt13.load(lab_config("RT13.cfg"))
    pppoe.wait_session(made.rt13)
    reach(made.host, WEB)
    return made


def lines_of(name):
    return expected(name).splitlines()


# ---- the configuration ----


def test_every_line_is_taken(net):
    done = net.loaded
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 errors" in done.stdout and done.stderr == ""
    for line in ("pppoe-client dial-pool-number 1", "ppp chap password パスワード",
                 "ip nat inside source static 192.168.10.16 25.0.0.16"):
        assert line in done.stdout, "the answer names every line"


def test_running_config_is_a_fixed_point(net):
    before = net.rt13.running(), pppoe.session(net.rt13)
    done = net.rt13.load(net.rt13.cli("show running-config"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (net.rt13.running(), pppoe.session(net.rt13)) == before


def test_second_load_changes_nothing_and_resets_nothing(net):
    assert pings(net.host, WEB)
    before = net.rt13.running(), pppoe.session(net.rt13), entry_ids(net.rt13)
    assert before[2]
    ids = net.isp.sessions()
    for _ in range(2):
        done = net.rt13.load(lab_config("RT13.cfg"))
        assert done.returncode == 0, done.stdout + done.stderr
    assert (net.rt13.running(), pppoe.session(net.rt13)) == before[:2]
    assert set(before[2]) <= set(entry_ids(net.rt13))
    assert pings(net.host, WEB, count=5)
    assert net.isp.sessions() == ids, "the server's session is the same"


def entry_ids(router):
    return re.findall(r"entry-id: (\d+)", router.cli("show ip nat translations verbose"))


# ---- traffic ----


def test_the_session_is_what_the_provider_has(net):
    row = pppoe.session(net.rt13)
    assert list(net.isp.sessions()) == [row.session]
    assert row.remote == pppoe.dotted(net.isp.mac())
    assert row.local == pppoe.dotted(net.isp.sessions()[row.session])
    assert list(net.isp.devices().values()) == [(PEER, RT13_LAN)], "the LAN's address is used"


def test_http(net):
    target = os.path.join(net.lab.dir, "fetched")
    net.host.run(f"curl -sS -m 60 -o {target} http://{WEB}/big", bound=70)
    with open(target, "rb") as f:
        assert f.read() == net.isp.content
    assert net.isp.visitors() == {RT13_GLOBAL}


@pytest.mark.parametrize("way", [(), ("-R",)], ids=["up", "down"])
def test_iperf3(net, way):
    done = net.host.run(["iperf3", "-c", WEB, "-t", "2", "-J", *way], bound=60)
    received = json.loads(done.stdout)["end"]["sum_received"]
    assert received["bytes"] > 100_000, received


def test_iperf3_udp(net):
    done = net.host.run(["iperf3", "-c", WEB, "-u", "-b", "1M", "-l", "1000", "-t", "2", "-J"],
                        bound=60)
    assert json.loads(done.stdout)["end"]["sum"]["packets"] > 100


def test_ping(net):
    assert pings(net.host, WEB, count=20, bound=5)


@pytest.mark.parametrize("size,answer", [(1454, True), (1455, False)])
def test_ping_of_a_size_with_df(net, size, answer):
    done = net.host.run(f"ping -n -c 2 -i 0.6 -W 2 -M do -s {size - 28} {WEB}", check=False)
    assert (done.returncode == 0) == answer, done.stdout
    net.host.run("ip route flush cache")
    if not answer:
        assert "mtu = 1454" in done.stdout or "mtu=1454" in done.stdout, done.stdout


@pytest.mark.parametrize("size", [1455, 1500, 3000, 8000])
def test_ping_of_a_size_without_df(net, size):
    done = net.host.run(f"ping -n -c 3 -i 0.05 -W 3 -M dont -s {size - 28} {WEB}", check=False)
    assert "3 received" in done.stdout, done.stdout


@pytest.mark.parametrize("kind", [(), ("-I",)], ids=["udp", "icmp"])
def test_traceroute(net, kind):
    """Each hop's error finds its way back through both translations."""
    def hops():
        text = net.host.run(["traceroute", "-n", "-q", "2", "-w", "2", *kind, WEB], bound=60).stdout
        found = re.findall(r"^ *\d+ +([\d.]+) ", text, re.M)
        return found == [LAN_ROUTER, RT13_LAN, PEER, WEB]
    wait_until(hops, 30, "a traceroute with four hops")


def test_opened_from_outside(net):
    """25.0.0.16 is RT03's own address there; it answers."""
    assert pings(net.web, RT13_GLOBAL, count=5, bound=3)


def test_ping_from_the_router(net):
    """To its peer: from its own address, untranslated."""
    assert "!!!!!" in net.rt13.cli(f"ping {PEER}")
    assert "!!!!!" in net.rt13.cli(f"ping {RT13_HOST}")


# ---- what it shows ----


def test_show_ip_route(net):
    assert net.rt13.cli("show ip route").splitlines() == lines_of("RT13.show_ip_route.txt")
    assert net.rt03.cli("show ip route").splitlines() == lines_of("RT03.show_ip_route.txt")


def test_show_ip_nat_translations(net):
    """The captures' three sessions, made by a host's connections; the static's row besides."""
    for router in (net.rt03, net.rt13):
        router.cli("clear ip nat translation *")
    for port, address in ((2598, WEB), (2599, WEB2), (2600, WEB3)):
        net.host.run(f"curl -sS -m 20 -o /dev/null --local-port {port} http://{address}/")
    for router, name in ((net.rt03, "RT03"), (net.rt13, "RT13")):
        shown = router.cli("show ip nat translations").splitlines()
        wanted = lines_of(f"{name}.show_ip_nat_translations.txt")
        assert shown[0] == wanted[0]
        assert sorted(shown[1:]) == sorted(wanted[1:])


def test_statics_survive_clear(net):
    assert pings(net.host, WEB)
    net.rt13.cli("clear ip nat translation *")
    rows = [line.split() for line in net.rt13.cli("show ip nat translations").splitlines()]
    assert ["---", RT13_GLOBAL, RT13_HOST, "---", "---"] in rows
    assert pings(net.host, WEB)


def test_show_pppoe_session(net):
    row = pppoe.session(net.rt13)
    wanted = [
        "     1 client session", "",
        "Uniq ID  PPPoE  RemMAC          Port                    VT  VA         State",
        "           SID  LocMAC                                      VA-st      Type",
        f"    N/A{row.session:>7}  {row.remote}  Gi8                    Di1 Vi1        UP",
        f"                {row.local}                              UP",
    ]
    shown = [line.rstrip() for line in net.rt13.cli("show pppoe session").splitlines()]
    assert [line for line in shown if line] == [line for line in wanted if line]


def test_show_ppp_all(net):
    shown = [line.rstrip() for line in net.rt13.cli("show ppp all").splitlines() if line.strip()]
    assert shown == [
        "Interface/ID OPEN+ Nego* Fail-     Stage    Peer Address    Peer Name",
        "------------ --------------------- -------- --------------- --------------------",
        "Vi1          LCP+ CHAP+ IPCP+      LocalT   1.1.1.1         BAS",
    ]


def test_show_interfaces_dialer(net):
    text = net.rt13.cli("show interfaces Dialer1")
    assert text.splitlines()[0].rstrip() == "Dialer1 is up, line protocol is up (spoofing)"
    at = 0
    for wanted in ("  Interface is unnumbered. Using address of Vlan10 (192.168.10.1)",
                   "  MTU 1492 bytes", "  Encapsulation PPP, LCP Closed",
                   "  Interface is bound to Vi1", "Bound to:",
                   "Virtual-Access1 is up, line protocol is up", "LCP Open"):
        assert wanted in text[at:], f"{wanted!r} is missing or too early in\n{text}"
        at = text.index(wanted, at) + len(wanted)


def test_show_ip_interface_brief(net):
    lines = [line.split() for line in net.rt13.cli("show ip interface brief").splitlines()]
    rows = {row[0]: row[1:] for row in lines[1:] if row}
    assert rows["Dialer1"][0] == RT13_LAN and rows["Dialer1"][-2:] == ["up", "up"]
    assert rows["Vlan10"][0] == RT13_LAN and rows["Vlan10"][-2:] == ["up", "up"]
    assert rows["GigabitEthernet8"] == ["unassigned", "YES", rows["GigabitEthernet8"][2], "up",
                                        "up"]


# ---- life ----


def test_write_memory_and_start_anew(net):
    """Both programs end and start: the old session is ended in good order, a new one works."""
    before = net.rt13.running()
    old = pppoe.session(net.rt13).session
    assert "[OK]" in net.rt13.cli("write memory")
    net.rt13.stop()
    wait_until(lambda: old not in net.isp.sessions(), 10, "the old session's end at the server")
    net.rt13.start()
    pppoe.wait_session(net.rt13, other_than=old)
    reach(net.host, WEB)
    assert net.rt13.running() == before
    assert net.host.run(f"ping -n -c 1 {LAN_ROUTER}").returncode == 0
    assert LAN_HOST not in net.isp.visitors()
