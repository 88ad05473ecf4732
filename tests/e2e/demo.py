# SPDX-License-Identifier: BSD-3-Clause
"""Byway at work in network namespaces of this machine: ./run demo [rt03|pppoe]."""

import argparse
import os
import shutil
import sys

import lab as lab_module
from demo_base import NAME, RUN_DIR, STATE
from demo_pppoe import PppoeDemo
from demo_rt03 import Rt03Demo
from lab import LabError
from router import BUILD_DIRS, TOP, program

DEMOS = {"rt03": Rt03Demo, "pppoe": PppoeDemo}


def stop():
    """End what an earlier demo left, by the ids it noted, and remove its namespaces."""
    was_there = False
    try:
        with open(f"{STATE}/processes", encoding="ascii") as f:
            noted = [line.split() for line in f]
    except FileNotFoundError:
        noted = []
    for pid, started, name in reversed(noted):
        # a guest heeds no SIGTERM and has nothing to save
        grace = 0.1 if name.endswith("-guest") else 5.0
        lab_module.end_process(int(pid), int(started), grace)
    for name in sorted(os.listdir(lab_module.NETNS_DIR)) if os.path.isdir(
            lab_module.NETNS_DIR) else ():
        if name.startswith(NAME + "-"):
            was_there = True
            lab_module.remove_namespace(name)
    shutil.rmtree(STATE, ignore_errors=True)
    for instance in {name for demo in DEMOS.values() for name in demo.INSTANCES}:
        shutil.rmtree(f"{RUN_DIR}/{instance}", ignore_errors=True)  # of what was killed
    try:
        os.rmdir(RUN_DIR)
    except OSError:  # there is none, or other instances have theirs there
        pass
    return was_there


def from_here(path):
    """What one types to run it: sudo looks for a name without a slash in its own path."""
    path = os.path.relpath(path)
    return path if "/" in path else f"./{path}"


def arguments():
    parser = argparse.ArgumentParser(prog="./run demo", description=__doc__.splitlines()[0])
    parser.add_argument("demo", nargs="?", choices=DEMOS, default="rt03", help="rt03: PAT between "
                        "a host and a server; pppoe: behind it RT13, a PPPoE provider, the web")
    parser.add_argument("--once", action="store_true", help="stop by itself; exit 1 if anything "
                        "it showed was wrong")
    parser.add_argument("--stop", action="store_true", help="stop a demo that runs")
    parser.add_argument("--config", help=argparse.SUPPRESS)
    parser.add_argument("--patience", type=float, default=30.0, help=argparse.SUPPRESS)
    parser.add_argument("--build", default="release", choices=BUILD_DIRS, help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    """The exit status; what was built before it is told of in a log of ./run."""
    status = run()
    if "BYWAY_LOG" in os.environ:
        print(f"\nlog of the build: {os.environ['BYWAY_LOG']}")
    return status


def run():
    args = arguments()
    if args.stop:
        print("the demo is stopped" if stop() else "no demo was running")
        return 0
    if stop():
        print("an earlier demo was running and is stopped")
    kind = DEMOS[args.demo]
    demo = kind(args.config or kind.CONFIG, args.build, args.patience)
    failed = None
    try:
        demo.run()
    except (LabError, OSError) as e:
        failed = str(e)
    except KeyboardInterrupt:
        failed = "interrupted"
    if failed or demo.problems:
        demo.logs()
        for problem in [failed] if failed else demo.problems:
            print(f"demo: wrong: {problem}", file=sys.stderr)
    if args.once or failed:
        stop()
        demo.say("the lab is stopped" + ("" if failed or demo.problems else "; all was right"))
        return 1 if failed or demo.problems else 0
    demo.say("the lab runs on")
    shell = from_here(program(args.build, "byway"))
    for instance in demo.INSTANCES:
        demo.show(f"a prompt on the router:  sudo {shell} --instance {instance}")
    demo.show(f"a shell on the host:     sudo ip netns exec {NAME}-host bash\n"
              f"stop it:                 sudo {from_here(os.path.join(TOP, 'run'))} demo --stop")
    return 1 if demo.problems else 0


if __name__ == "__main__":
    sys.exit(main())
