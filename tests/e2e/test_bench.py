# SPDX-License-Identifier: BSD-3-Clause
"""That ./run bench runs and writes what it measured. What that is, another day's machine says."""

import json
import os
import subprocess
import sys

import pytest

from router import BUILD_DIRS, TOP

CASES = ["ip4-1", "pat-1", "pppoe-in", "pppoe-out", "pppoe-in-static", "pppoe-out-static"]


def bench(lab, *args, bound=200):
    """One short round without huge pages, and without testpmd; its exit status and what it wrote."""
    cores = sorted(os.sched_getaffinity(0))
    target = os.path.join(lab.dir, "bench.json")
    done = subprocess.run(
        [sys.executable, os.path.join(TOP, "tests/perf/bench"), "--rounds", "1", "--seconds", "1",
         "--no-ceiling", "--hugepages", "off", "--routes", "1000", "--sessions", "1000",
         "--dut-core", str(cores[0]), "--gen-core", str(cores[-1]), "--build",
         BUILD_DIRS["release"], "--json", target, *args],
        capture_output=True, text=True, timeout=bound, check=False)
    print(done.stdout, done.stderr)
    with open(target, encoding="utf-8") as f:
        return done.returncode, json.load(f)


@pytest.mark.parametrize("case", CASES)
def test_a_case(lab, case):
    """It checks by itself that what comes out is right; here, that it did and tells of it."""
    status, result = bench(lab, "--case", case, "--sizes", "64,imix")
    assert status == 0 and result["complete"]
    rows = [row for row in result["rows"] if "size" in row]
    assert [(row["case"], row["size"]) for row in rows] == [(case, 64), (case, "imix")]
    for row in rows:
        assert row["mpps"] > 0 and row["loop"] > 0 and row["nodes"] > 0 and row["vector"] >= 1
        assert row["by_node"]["ip4_lookup"] > 0
        assert ("pppoe_session" in row["by_node"]) == case.startswith("pppoe-in")
        assert ("pppoe_encap" in row["by_node"]) == case.startswith("pppoe-out")


def test_a_router_that_does_not_start(lab):
    """Told, and written down as not complete."""
    status, result = bench(lab, "--case", "ip4-1", "--build", "/nonexistent")
    assert status == 1 and not result["complete"] and result["samples"] == []
