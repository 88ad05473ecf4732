# SPDX-License-Identifier: BSD-3-Clause
"""What a router leaves in its run directory: nothing of its own, everything of others'."""

import os
import subprocess
import sys

import pytest

from lab import wait_until
from router import TOP, Router

PLATFORM = "port GigabitEthernet8 null\nworkers 1\nhugepages off\nmemory 256\nnat-sessions 1000\n" \
    "routes 1000\n"


@pytest.fixture(name="pair")
def _pair(lab, request):
    """Two routers that share a run directory."""
    run_dir = os.path.join(lab.dir, "run", request.node.name[:12])
    return [Router(lab, name, lab.namespace(f"{request.node.name[5:11]}{name}"), PLATFORM, "",
                   run_dir=run_dir).start() for name in ("A", "B")]


def of_dpdk(router):
    return os.listdir(os.path.join(router.run_dir, router.name, "dpdk"))


def test_an_end_leaves_nothing(pair):
    """Whichever ends last; the other router keeps what is its own."""
    first, second = pair
    first.stop_control()
    first.stop_dp()
    assert os.listdir(first.run_dir) == [second.name]
    assert second.cli("show version")
    second.stop_dp()
    assert os.listdir(os.path.join(second.run_dir, second.name)) == ["cli.sock"]
    second.stop_control()
    assert os.listdir(second.run_dir) == []


def test_a_start_clears_up_after_a_crash(pair):
    """What a killed byway-dp left goes, of that instance and of no other."""
    first, second = pair
    other, before = of_dpdk(second), of_dpdk(first)
    first.kill_dp()
    assert of_dpdk(first) == before, "a crash leaves something"
    first.start_dp()
    wait_until(lambda: len(of_dpdk(first)) == 1 and of_dpdk(first) != before, 10,
               "the end of what the killed one left")
    assert of_dpdk(second) == other


def test_a_second_one_of_an_instance_takes_nothing_from_the_first(pair):
    first = pair[0]
    before = of_dpdk(first)
    again = first.ns.run(["env", f"BYWAY_RUN_DIR={first.run_dir}", *first.dp.argv[4:]],
                         check=False)
    assert again.returncode != 0
    assert of_dpdk(first) == before and first.cli("show version")


def test_the_demo_needs_no_scapy():
    """No package of the demo brings it, nor pytest."""
    code = ("import sys; sys.modules['scapy'] = sys.modules['pytest'] = None; "
            f"sys.path.insert(0, {os.path.join(TOP, 'tests/e2e')!r}); import demo")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
