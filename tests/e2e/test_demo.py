# SPDX-License-Identifier: BSD-3-Clause
"""The demo itself: right when all is right, wrong when something is not."""

import os
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


def test_once():
    done = demo("--once")
    assert done.returncode == 0, done.stdout + done.stderr
    for text in ("This page came through Byway.", "0% packet loss", "RT03#show ip route",
                 "RT03#show ip nat translations", "RT03#show ip interface brief",
                 "RT03#show running-config", "all was right"):
        assert text in done.stdout, text
    assert "WRONG" not in done.stdout


def test_stays_until_it_is_stopped():
    done = demo()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "--stop" in done.stdout and "--instance" in done.stdout
    again = demo("--once")
    assert again.returncode == 0 and "an earlier demo was running" in again.stdout
    assert "no demo was running" in demo("--stop").stdout


@pytest.mark.parametrize("line,instead", [
    ("ip nat inside source list 1 pool GIP overload", "!"),
    ("ip nat pool GIP 192.168.10.16 192.168.10.16", "ip nat pool GIP 192.168.10.17 192.168.10.17"),
    ("ip route 0.0.0.0 0.0.0.0 192.168.10.1", "!"),
], ids=["no NAT", "another address", "no route"])
def test_is_wrong_when_something_is(tmp_path, line, instead):
    with open(f"{TOP}/configs/lab/RT03.cfg", encoding="utf-8") as f:
        text = f.read()
    assert line in text
    path = tmp_path / "other.cfg"
    path.write_text(text.replace(line, instead))
    done = demo("--once", "--config", str(path))
    assert done.returncode == 1, done.stdout
    assert "WRONG" in done.stdout and "demo: wrong:" in done.stderr
