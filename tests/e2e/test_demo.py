# SPDX-License-Identifier: BSD-3-Clause
"""The demo itself: right when all is right, wrong when something is not."""

import os
import re
import subprocess
import sys

import pytest

from router import BUILD_DIRS, TOP

NAME = f"bwt{os.getpid()}-demo"
ENV = dict(os.environ, BYWAY_DEMO=NAME, BYWAY_BUILD=BUILD_DIRS["release"])


def demo(*args):
    return subprocess.run([sys.executable, f"{TOP}/tests/e2e/demo.py", *args], env=ENV,
                          capture_output=True, text=True, timeout=120, check=False,
                          stdin=subprocess.DEVNULL)


@pytest.fixture(autouse=True)
def stopped():
    yield
    demo("--stop")
    listed = subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True)
    assert NAME not in listed.stdout and not os.path.exists(f"/run/{NAME}")
    left = os.listdir("/run/byway") if os.path.isdir("/run/byway") else []
    assert not [name for name in left if name.startswith(NAME)]


TEXTS = ("This page came through Byway.", "0% packet loss", "RT03#show ip nat translations")


def all_is_shown(done, *texts):
    assert done.returncode == 0, done.stdout + done.stderr
    for text in (*TEXTS, *texts):
        assert text in done.stdout, text
    assert "WRONG" not in done.stdout


def test_stays_until_it_is_stopped_or_done_again():
    done = demo()
    all_is_shown(done, "RT03#show ip route", "RT03#show ip interface brief",
                 "RT03#show running-config", "--instance")
    # the way to it from here, which sudo finds
    assert re.search(r"sudo \S*/run demo --stop$", done.stdout, re.M)
    assert os.listdir("/run/byway")
    again = demo("--once")
    all_is_shown(again, "an earlier demo was running", "all was right")
    assert "no demo was running" in demo("--stop").stdout


def test_pppoe_stays_until_it_is_stopped():
    done = demo("pppoe")
    all_is_shown(done, "RT13#show pppoe session", "RT13#show ip route",
                 "RT13#show ip nat translations", "RT13#show running-config", "--stop")
    assert done.stdout.count("--instance") >= 2
    assert "the demo is stopped" in demo("--stop").stdout
    assert "no demo was running" in demo("--stop").stdout


@pytest.mark.parametrize("line,instead,wrong", [
    ("ppp chap password", "ppp chap password another !", "a session of Di1"),
    ("static 192.168.10.16 25.0.0.16", "static 192.168.10.16 25.0.0.99", "reaches 23.219.39.17"),
    ("pppoe enable group global", "pppoe enable groop global", "every line"),
], ids=["password", "another address", "a line that is none"])
def test_pppoe_is_wrong_when_something_is(tmp_path, line, instead, wrong):
    done = demo("pppoe", "--once", "--config", other(tmp_path, "RT13.cfg", line, instead),
                *(("--patience", "8") if "session" in wrong else ()))
    assert done.returncode == 1, done.stdout
    assert "demo: wrong:" in done.stderr and wrong in done.stdout + done.stderr


def other(tmp_path, name, line, instead):
    """The path of a configuration in which something is not as it should be."""
    with open(f"{TOP}/configs/lab/{name}", encoding="utf-8") as f:
        text = f.read()
    assert line in text
    path = tmp_path / "other.cfg"
    path.write_text(text.replace(line, instead), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("line,instead", [
    ("ip nat inside source list 1 pool GIP overload", "!"),
    ("ip nat pool GIP 192.168.10.16 192.168.10.16", "ip nat pool GIP 192.168.10.17 192.168.10.17"),
    ("ip route 0.0.0.0 0.0.0.0 192.168.10.1", "!"),
], ids=["no NAT", "another address", "no route"])
def test_is_wrong_when_something_is(tmp_path, line, instead):
    done = demo("--once", "--config", other(tmp_path, "RT03.cfg", line, instead))
    assert done.returncode == 1, done.stdout
    assert "WRONG" in done.stdout and "demo: wrong:" in done.stderr
