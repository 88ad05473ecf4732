# SPDX-License-Identifier: BSD-3-Clause
"""Programs that end and return under real traffic, ends in good order, and starts that fail."""

import json
import os
import re
import signal
import subprocess

import pytest

from lab import tool, wait_until
from router import FINDINGS, program
from topology import SMALL, WEB, WEB2, ports, rt03_with_hosts


@pytest.fixture(scope="module")
def net(lab):
    made = rt03_with_hosts(lab)
    made.wan.spawn([tool("iperf3"), "-s", "--forceflush"])
    wait_until(lambda: reaches(made), 20, "a ping through")
    wait_until(lambda: ":5201" in made.wan.run("ss -Hltn").stdout, 10, "iperf3")
    return made


def reaches(net):
    return net.lan.run(f"ping -n -c 1 -W 1 {WEB}", check=False).returncode == 0


def test_transfer_goes_on_without_control(net):
    """A TCP transfer and pings run over kill -9 of bywayd and its return: nothing is lost."""
    result = f"{net.lab.dir}/iperf.json"
    transfer = net.lan.spawn(["sh", "-c", f"exec iperf3 -J -c {WEB2} -b 10M -t 8 > {result}"], "transfer")
    pings = net.lan.spawn(f"ping -n -i 0.02 -c 300 -W 2 {WEB}", "pings")
    wait_until(lambda: "icmp_seq=20 " in pings.log(), 10, "20 pings")
    net.router.kill_control()
    wait_until(lambda: "icmp_seq=100 " in pings.log(), 20, "100 pings")
    net.router.start_control()
    assert transfer.wait(40) == 0, transfer.log(20)
    pings.wait(30)
    assert re.search(r"300 received, 0% packet loss", pings.log(4)), pings.log(4)
    with open(result, encoding="utf-8") as f:
        end = json.load(f)["end"]
    assert end["sum_received"]["bytes"] > 100_000


def test_traffic_resumes_when_the_dataplane_returns(net):
    pings = net.lan.spawn(f"ping -n -i 0.1 -W 1 {WEB}", "long-pings")
    wait_until(lambda: "icmp_seq=5 " in pings.log(), 10, "5 pings")
    net.router.kill_dp()
    seen = pings.log().count("bytes from")
    net.router.start_dp()
    wait_until(lambda: pings.log().count("bytes from") > seen + 10, 30, "pings again")
    pings.stop()


def test_transfer_survives_a_dataplane_restart(net):
    """TCP retransmits; the session is found again because its port is kept."""
    result = f"{net.lab.dir}/iperf2.json"
    transfer = net.lan.spawn(["sh", "-c", f"exec iperf3 -J -c {WEB2} -t 10 > {result}"], "tcp")
    wait_until(lambda: "5201" in net.router.cli("show ip nat translations"), 10, "the transfer")
    net.router.kill_dp()
    net.router.start_dp()
    assert transfer.wait(60) == 0, transfer.log(20)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_clean_exits(net, signum):
    """Status 0, sockets removed, no leak (the ASan build would say so)."""
    for stop, start, name in ((net.router.control, net.router.start_control, "cli.sock"),
                              (net.router.dp, net.router.start_dp, "dp.sock")):
        path = os.path.join(net.router.run_dir, "RT03", name)
        assert os.path.exists(path)
        stop.popen.send_signal(signum)
        assert stop.wait(30) == 0, stop.log(40)
        assert not os.path.exists(path)
        assert net.router.findings() == []
        start()
    wait_until(lambda: reaches(net), 20, "a ping through")


def test_clean_exit_of_the_dataplane_under_load(net):
    flood = net.lan.spawn(f"ping -n -q -i 0.002 {WEB}", "flood")
    assert net.router.stop_dp() == 0
    assert net.router.findings() == []
    flood.stop()
    net.router.start_dp()
    wait_until(lambda: reaches(net), 20, "a ping through")


# ---- starts that fail ----

def start(net, name, *args, build="asan", under=()):
    """Run a program that is expected to end by itself; (status, output)."""
    argv = net.box.argv([*under, program(build, name), *args])
    done = subprocess.run(argv, capture_output=True, text=True, timeout=40, check=False,
                          env=dict(os.environ, **net.router.env), stdin=subprocess.DEVNULL)
    text = done.stdout + done.stderr
    assert not any(f in text for f in FINDINGS), text
    return done.returncode, text


def dataplane(net, platform, instance="other", **how):
    path = f"{net.lab.dir}/bad.platform.conf"
    with open(path, "w", encoding="utf-8") as f:
        f.write(platform)
    return start(net, "byway-dp", "--instance", instance, "--platform", path, **how)


@pytest.mark.parametrize("line,word", [
    ("port GigabitEthernet1 vhost x", "vhost"), ("port", ""), ("prot GigabitEthernet1 null", "prot"),
    ("workers many", "many"), ("cores 3-1", "3-1"), ("memory 1", "memory"), ("idle never", "never"),
    ("port GigabitEthernet0 null", "GigabitEthernet0"), ("hugepages maybe", "maybe"),
    ("port GigabitEthernet2 pci nonsense", "nonsense")])
def test_bad_platform_conf(net, line, word):
    status, text = dataplane(net, f"# a comment\nport GigabitEthernet0 null\n\n{line}\n")
    assert status not in (0, None) and status > 0
    assert "bad.platform.conf:4:" in text and word in text, text


def test_no_platform_conf(net):
    status, text = start(net, "byway-dp", "--instance", "other", "--platform", "/nonexistent.conf")
    assert status > 0 and "/nonexistent.conf" in text and "No such file" in text


def test_unknown_port(net):
    status, text = dataplane(net, SMALL + "port GigabitEthernet0 af_packet nosuch0\n")
    assert status > 0 and "GigabitEthernet0" in text and "nosuch0" in text, text


def test_unknown_pci_device(net):
    status, text = dataplane(net, SMALL + "port GigabitEthernet0 pci 0000:7f:1f.7\n")
    assert status > 0 and "GigabitEthernet0" in text and "0000:7f:1f.7" in text, text


def test_missing_pcap(net):
    status, text = dataplane(net, SMALL + "port GigabitEthernet0 pcap /nonexistent.pcap\n")
    assert status > 0 and "/nonexistent.pcap" in text, text


def test_instance_is_busy(net):
    status, text = dataplane(net, ports(gi0="lan0") + SMALL, instance="RT03")
    assert status > 0 and re.search(r"already|in use|running|busy", text), text
    assert reaches(net), "the one that runs is not harmed"
    status, text = start(net, "bywayd", "--instance", "RT03", "--platform",
                         net.router.platform_path)
    assert status > 0 and re.search(r"already|in use|running|busy", text), text
    assert "RT03" in net.router.cli("show version")


def test_no_huge_pages(net):
    """The machine may have some; then far more are asked for than it has."""
    status, text = dataplane(net, "hugepages on\nmemory 500000\nport GigabitEthernet0 null\n")
    assert status > 0 and re.search(r"huge ?page|memory", text, re.I), text


def test_no_memory(net):
    status, text = dataplane(net, SMALL.replace("256", "2048") + "port GigabitEthernet0 null\n",
                             build="release", under=["prlimit", "--as=1000000000"])
    assert status > 0 and "memory" in text, text


def test_bad_arguments(net):
    for name in ("byway-dp", "bywayd"):
        status, text = start(net, name, "--nonsense")
        assert status > 0 and "nonsense" in text
        status, text = start(net, name, "--instance", "../../etc")
        assert status > 0 and "instance" in text


def test_shell_without_a_router(net):
    argv = [program("asan", "byway"), "--instance", "nobody", "-c", "show version"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False,
                          env=dict(os.environ, **net.router.env), stdin=subprocess.DEVNULL)
    assert done.returncode > 0 and "nobody" in done.stderr
    assert len(done.stderr.splitlines()) <= 3
