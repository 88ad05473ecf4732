# SPDX-License-Identifier: BSD-3-Clause
"""RT13.cfg to the byte: taken whole, given back with the same meaning, and again without effect."""

import pytest

from router import Router
from topology import expected, lab_config, platform


@pytest.fixture(scope="module")
def router(lab):
    box, lan, wan = (lab.namespace(name) for name in ("rt13", "lan", "wan"))
    lab.veth(lan, "eth0", box, "lan0")
    lab.veth(wan, "eth0", box, "wan0")
    return Router(lab, "RT13", box, platform(gi0="lan0", gi8="wan0"), "").start()


def test_every_line_is_taken(router):
    done = router.load(lab_config("RT13.cfg"), "--all-or-nothing")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 errors" in done.stdout and done.stderr == ""


def test_running_config(router):
    wanted = [line for line in expected("RT13.running-config.txt").splitlines() if line != "!"]
    assert router.running() == wanted


def test_what_is_shown_is_json_as_well(router):
    sessions = router.json("show pppoe session")["sessions"]
    assert [s["dialer"] for s in sessions] == ["Dialer1"]
    assert sessions[0]["port"] == "GigabitEthernet8"
    for command in ("show pppoe session all", "show ppp all", "show ppp interface Dialer1",
                    "show dialer", "show interfaces Dialer1", "show debugging"):
        router.json(command)


def test_again_it_changes_nothing(router):
    before = router.running()
    for text in (lab_config("RT13.cfg"), router.cli("show running-config")):
        done = router.load(text)
        assert done.returncode == 0, done.stdout + done.stderr
        assert " 0 applied" in done.stdout, done.stdout
        assert router.running() == before


def test_it_survives_a_restart(router):
    before = router.running()
    assert "[OK]" in router.cli("write memory")
    router.stop()
    router.start()
    assert router.running() == before
