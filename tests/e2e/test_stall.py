# SPDX-License-Identifier: BSD-3-Clause
"""Programs that hang (SIGSTOP): nobody waits for ever, nobody is locked out, nothing is lost."""

import os
import signal
import socket
import subprocess
import time

import pytest

from lab import wait_until
from router import program
from terminal import Terminal
from topology import LAN_HOST, rt03_on_wires
from test_restart import synced, through, works


@pytest.fixture(scope="module")
def net(lab):
    made = rt03_on_wires(lab)
    wait_until(lambda: synced(made), 30, "the router")
    return made


class Stopped:
    """A program that hangs for as long as the block runs."""

    def __init__(self, process):
        self.pid = process.pid

    def __enter__(self):
        os.kill(self.pid, signal.SIGSTOP)

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGCONT)


def logged(router, text):
    return router.cli("show logging").count(text)


def test_the_dataplane_hangs(net):
    """Shows say so in time and fail, the log has it, configuration waits and nothing is undone."""
    through(net, 4000)
    programmed = logged(net.router, "PLATFORM-5-DATAPLANE")
    with Stopped(net.router.dp):
        begun = time.monotonic()
        done = net.router.shell("-c", "show ip nat translations", bound=20)
        assert time.monotonic() - begun < 10
        assert done.returncode != 0
        assert "% The dataplane does not answer" in done.stdout
        wait_until(lambda: logged(net.router, "%PLATFORM-2-STALLED"), 10, "the log's line")
        for command in ("show arp", "show ip nat translations verbose", "show mac address-table",
                        "clear arp", "clear ip nat translation *", "show ip access-lists",
                        "show platform datapath", "show ip traffic"):
            done = net.router.shell("-c", command, bound=10)
            assert done.returncode != 0, command
            assert "% The dataplane does not answer" in done.stdout, command
        assert "Dataplane does not answer since" in net.router.cli("show version")
        assert net.router.load("ip route 198.18.7.0 255.255.255.0 192.168.20.11\n").returncode == 0
    wait_until(lambda: logged(net.router, "%PLATFORM-5-RESUMED"), 10, "the log's line")
    wait_until(lambda: works(net, 4000), 10, "packets")
    assert through(net, 4000) == 4000
    assert "198.18.7.0" in net.router.cli("show ip route")
    assert logged(net.router, "PLATFORM-5-DATAPLANE") == programmed, "no resync"
    assert "% " not in net.router.cli("show arp")
    net.router.configure("no ip route 198.18.7.0 255.255.255.0 192.168.20.11\n")


def test_it_is_killed_while_it_hangs(net):
    os.kill(net.router.dp.pid, signal.SIGSTOP)
    assert net.router.shell("-c", "show arp", bound=20).returncode != 0
    net.router.kill_dp()
    net.router.start_dp()
    wait_until(lambda: works(net, 4001), 20, "packets pass again")


def test_seventy_shows_and_a_console(net):
    """While the dataplane hangs, scripts ask time and again; an administrator gets in."""
    with Stopped(net.router.dp):
        argv = [program(net.router.build, "byway"), "--instance", net.router.name, "-c",
                "show arp"]
        shows = [subprocess.Popen(argv, env=dict(os.environ, **net.router.env),
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                 for _ in range(70)]
        try:
            with Terminal(net.router) as terminal:
                terminal.prompt()
                assert "RT03" in terminal.command("show version")
        finally:
            statuses = [show.wait(60) for show in shows]
        assert all(status != 0 for status in statuses)
    wait_until(lambda: works(net, 4002), 20, "packets")


def test_a_silent_crowd(net):
    """Clients that connect and say nothing, or half of something, are dropped."""
    path = os.path.join(net.router.run_dir, net.router.name, "cli.sock")
    crowd = []
    for i in range(100):
        client = socket.socket(socket.AF_UNIX)
        client.connect(path)
        if i % 2:
            client.send(b"\x01\x00\x00")
        crowd.append(client)
    assert "RT03" in net.router.cli("show version")
    for client in crowd:
        client.settimeout(30)
        try:
            assert client.recv(100) == b""
        except ConnectionResetError:
            pass
        client.close()


def test_control_hangs(net):
    """The shell says so after a while; packets pass, and links that flap are right afterwards."""
    with Stopped(net.router.control):
        begun = time.monotonic()
        done = net.router.shell("-c", "show version", bound=40)
        assert done.returncode == 3
        assert "does not answer" in done.stderr
        assert time.monotonic() - begun < 30
        assert through(net, 4003) == 4003
        for _ in range(50):
            net.box.ip("link set lan0 down")
            net.box.ip("link set lan0 up")
        net.box.ip("link set lan0 down")
    try:
        wait_until(lambda: "down" in net.router.cli("show interfaces GigabitEthernet0 | include "
                                                    "line protocol"), 20, "the link's end")
    finally:
        net.box.ip("link set lan0 up")
    wait_until(lambda: works(net, 4004), 20, "packets from " + LAN_HOST)


def test_control_dies_in_mid_command(net):
    with Terminal(net.router) as terminal:
        terminal.prompt()
        terminal.type("ping 192.168.20.77 repeat 100000\r")
        terminal.expect("Sending 100000")
        net.router.kill_control()
        terminal.expect("Connection to the router lost")
        assert terminal.process.wait(10) is not None
    net.router.start_control()
    wait_until(lambda: synced(net), 30, "resynchronization")
