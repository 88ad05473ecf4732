# SPDX-License-Identifier: BSD-3-Clause
"""What is measured: how the router is programmed, what is sent, what is made of it."""
import os
from dataclasses import dataclass
from typing import Callable, Optional

from bench_processes import BenchError

MILLION = 1000000
SEED = 1
CHECK_RATE = 20000  # frames a second of the first look at what comes out
CHECK_LOSS = 0.5    # share of them; a host with other work makes either side pause, and lose
POOL = ("203.0.113.1", "203.0.113.32")
SIZES = "64,512,1408,imix"
PPPOE_SIZES = "64,512,1454,imix"  # the longest that RT13's Dialer takes; 8 bytes come on top
DIALER = "203.0.113.64"
STATIC = {"in": ("10.1.0.2", "203.0.113.65"), "out": ("10.0.0.2", "203.0.113.65")}
RATE_SHARE = 0.5    # of the flood's rate, at which latency is looked at


@dataclass
class Case:
    name: str
    title: str
    beside: str = "ceiling"  # the case that it is compared with
    ceiling: bool = False
    search: bool = False
    slow: bool = False
    program: Optional[Callable] = None
    measure: Optional[Callable] = None


# ---- what is sent ----

def one_flow(_):
    return ["--src-ip", "10.0.0.2", "--dst-ip", "198.51.100.7"]


def all_routes(where):
    return ["--src-ip", "10.0.0.2", "--dst-file", os.path.join(where, "routes.bin"), "--shuffle"]


def many_sessions(_):
    return ["--src-ip", "10.0.0.2-10.0.0.3", "--src-port", "1024-65535", "--flows", "65536",
            "--dst-ip", "198.51.100.7", "--shuffle"]


def pppoe_in(_):
    """Out of a session, to the host beyond the other port."""
    return ["--pppoe", "sent", "--client-ip", DIALER, "--src-ip", "192.0.2.7",
            "--dst-ip", STATIC["in"][0]]


def pppoe_in_static(_):
    local, public = STATIC["in"]
    return ["--pppoe", "sent", "--client-ip", DIALER, "--src-ip", "192.0.2.7",
            "--dst-ip", public, "--expect-dst", local]


def pppoe_out(_):
    """From a host, into a session."""
    return ["--pppoe", "received", "--client-ip", DIALER, "--src-ip", STATIC["out"][0],
            "--dst-ip", "198.51.100.7"]


def pppoe_out_static(where):
    return [*pppoe_out(where), "--expect-src", STATIC["out"][1]]


PORTS = 65536 - 1024  # that one inside host sends from


def free_ports(args):
    """One host to many servers: every session can keep its port."""
    servers = -(-args.sessions // PORTS)
    return ["--src-ip", "10.0.1.1", "--src-port", "1024-65535",
            "--dst-ip", f"198.51.100.1-198.51.100.{servers}", "--flows", str(args.sessions)]


def taken_ports(args):
    """Many hosts to one server, all from the same ports: all but the first need another one."""
    hosts = -(-args.sessions // PORTS)
    return ["--src-ip", f"10.0.1.1-10.0.1.{hosts}", "--src-port", "1024-65535",
            "--dst-ip", "198.51.100.7", "--flows", str(args.sessions)]


# ---- what the router is told ----

def program_one_route(dut, *_):
    dut.ask("route 198.51.100.0/24")
    return {}


def program_many_routes(dut, args, where):
    before = dut.process.rss()
    answer = dut.ask(f"routes {args.routes} {SEED} {os.path.join(where, 'routes.bin')}")
    return {"routes": args.routes, "routes_per_second": args.routes / answer["seconds"],
            "routes_rss_mib": dut.process.rss() - before, "rss_mib": dut.process.rss()}


def program_nat(dut, *_):
    dut.ask("route 198.51.100.0/24")
    dut.ask(f"nat {POOL[0]} {POOL[1]}")
    return {}


def program_pppoe(side, static=False):
    def program(dut, *_):
        dut.ask(f"pppoe {side} {DIALER}")
        dut.ask("route 198.51.100.0/24")
        dut.ask("route 192.0.2.0/24")
        if static:
            dut.ask("static {} {}".format(*STATIC[side]))
        return {}
    return program


def program_nat_and_routes(dut, args, where):
    """So that what is resident at the end is a full router."""
    program_many_routes(dut, args, where)
    return program_nat(dut)


# ---- what is made of it ----

def share(begin, end, key):
    if begin[key] is None or end[key] is None:
        return None
    return (end[key] - begin[key]) / (end["time"] - begin["time"])


def per_node(old, new):
    """Cycles by node between two looks at their counters, which are copied ten times a second.

    So a packet is one that port_rx counted, not the worker, whose count is of this moment.
    """
    before = {n["name"]: n for n in old["nodes"]}
    grown = {}
    for node in new["nodes"]:
        base = before.get(node["name"], {"calls": 0, "packets": 0, "cycles": 0})
        grown[node["name"]] = {k: node[k] - base[k] for k in ("calls", "packets", "cycles")}
    packets = grown.get("port_rx", {}).get("packets", 0)
    busy = {name: n for name, n in grown.items() if n["packets"] > 0}
    inner = [n for name, n in busy.items() if name not in ("port_rx", "port_tx")]
    if packets <= 0 or not inner:
        return {}
    return {"nodes": sum(n["cycles"] for n in inner) / packets,
            "vector": max(n["packets"] / n["calls"] for n in inner),
            "by_node": {name: round(n["cycles"] / packets, 1) for name, n in busy.items()}}


def per_packet(begin, end):
    """Cycles and vectors between two looks at a worker's counters."""
    old, new = begin["counters"], end["counters"]
    packets = new["packets"] - old["packets"]
    if packets <= 0:
        return {}
    return {"loop": (new["busy_cycles"] - old["busy_cycles"]) / packets,
            **per_node(old, new),
            "drops": {k: v - old["drops"].get(k, 0) for k, v in new["drops"].items()
                      if v != old["drops"].get(k, 0)}}


def make_sample(result, window):
    begin, end = window
    sample = {"size": result["size"], "mpps": result["rx_pps"] / 1e6,
              "gbps": result["rx_bps"] / 1e9, "loss": result["loss"],
              "wall_cycles": result["cycles_per_packet"], "tx_full": result["tx_full"],
              "dut_share": share(begin, end, "dut_cpu"), "gen_share": share(begin, end, "gen_cpu")}
    if begin["counters"]:
        sample.update(per_packet(begin, end))
    return sample


def look_at_check(check, routed, drops):
    """The router does what it should; a wrong answer could be a fast one."""
    if not check["received"] or check["loss"] > CHECK_LOSS:
        raise BenchError(f"{check['received']} of {check['offered']} frames come through, "
                         f"{check['sent']} were sent, drops: {drops}")
    if check["bad_checksum"] or check["bad_source"] or check["bad_destination"]:
        raise BenchError(f"{check['bad_checksum']} bad checksums, {check['bad_source']} sources "
                         f"and {check['bad_destination']} destinations not translated")
    ttl = 63 if routed else 64
    if check["min_ttl"] != ttl or check["max_ttl"] != ttl:
        raise BenchError(f"TTL {check['min_ttl']} to {check['max_ttl']}, not {ttl}")


def look_at_sessions(dut, wanted):
    counters = dut.counters()
    if counters["nat_sessions"] < 0.99 * wanted:
        raise BenchError(f"{counters['nat_sessions']} sessions of {wanted}, drops: "
                         f"{counters['drops']}")
    return counters["nat_sessions"]


def flood(frames, routed=True, sessions=0, overload=False, sizes=SIZES):
    """Every size in turn, as fast as the port takes frames."""
    def measure(generator, dut, args):
        options = [*frames(dut.where), "--check", str(CHECK_RATE), "--flood",
                   "--size", args.sizes or sizes, "--duration", str(args.seconds),
                   "--warmup", "0.3"]
        if overload:
            options += ["--expect-src", "-".join(POOL)]
        message, windows = generator.run(options)
        look_at_check(message["check"], routed, (dut.counters() or {}).get("drops"))
        if sessions:
            look_at_sessions(dut, sessions)
        yield {"fact": "check_loss", "value": message["check"]["loss"]}
        for result, window in zip(message["results"], windows):
            yield make_sample(result, window)
    return measure


def first_packets(frames):
    """Every frame a new session, until there are as many as were asked for."""
    def measure(generator, dut, args):
        before = dut.process.rss()
        message, windows = generator.run(
            [*frames(args), "--count", str(args.sessions), "--warmup", "0"])
        result = message["results"][0]
        sessions = look_at_sessions(dut, args.sessions)
        yield make_sample(result, windows[0])
        yield {"fact": "sessions", "value": sessions}
        yield {"fact": "sessions_per_second", "value": result["rx_pps"]}
        yield {"fact": "sessions_rss_mib", "value": dut.process.rss() - before}
        yield {"fact": "rss_mib", "value": dut.process.rss()}
    return measure


def highest_rate(frames):
    """The search for a rate without loss, and latency at half of what a flood brings."""
    def measure(generator, dut, args):
        common = [*frames(dut.where), "--size", "64", "--duration", str(args.seconds / 2),
                  "--warmup", "0.05"]
        result = generator.run([*common, "--search", "--loss", str(args.loss),
                                "--precision", "2"])[0]["results"][0]
        yield {"fact": "rate_mpps", "value": result["rate"] / 1e6}
        dut.stop()
        generator.stop()
        dut.start()
        if hasattr(dut, "ask"):
            program_one_route(dut)
        rate = result["flood_pps"] * RATE_SHARE
        result = generator.run([*common, "--rate", str(rate), "--latency"])[0]["results"][0]
        yield {"fact": "latency_rate_mpps", "value": rate / 1e6}
        for key in ("p50", "p90", "p99", "p99.9"):
            yield {"fact": f"latency_us_{key}", "value": result["latency_us"][key]}
    return measure


CASES = [
    Case("ceiling", "testpmd io", ceiling=True,
         measure=flood(one_flow, routed=False, sizes="64,512,1408,1454,imix")),
    Case("ip4-1", "IPv4, 1 route", program=program_one_route, measure=flood(one_flow)),
    Case("ip4-1m", "IPv4, 1M routes", program=program_many_routes, measure=flood(all_routes)),
    Case("pat-1", "PAT, 1 session", program=program_nat, measure=flood(one_flow, sessions=1, overload=True)),
    Case("pat-64k", "PAT, 64k sessions", program=program_nat,
         measure=flood(many_sessions, sessions=65536, overload=True)),
    Case("pppoe-in", "PPPoE, decapsulation", program=program_pppoe("in"),
         measure=flood(pppoe_in, sizes=PPPOE_SIZES)),
    Case("pppoe-out", "PPPoE, encapsulation", program=program_pppoe("out"),
         measure=flood(pppoe_out, sizes=PPPOE_SIZES)),
    Case("pppoe-in-static", "PPPoE and 1:1 NAT, decapsulation",
         program=program_pppoe("in", static=True),
         measure=flood(pppoe_in_static, sessions=1, sizes=PPPOE_SIZES)),
    Case("pppoe-out-static", "PPPoE and 1:1 NAT, encapsulation",
         program=program_pppoe("out", static=True),
         measure=flood(pppoe_out_static, sessions=1, sizes=PPPOE_SIZES)),
    Case("pat-new", "PAT, new sessions", program=program_nat_and_routes,
         measure=first_packets(free_ports)),
    Case("pat-new-taken", "PAT, new sessions, ports taken", program=program_nat_and_routes,
         measure=first_packets(taken_ports)),
    Case("search-ceiling", "testpmd io, rate without loss", beside="search-ceiling", ceiling=True,
         search=True, slow=True, measure=highest_rate(one_flow)),
    Case("search-ip4-1", "IPv4, 1 route, rate without loss", beside="search-ceiling", search=True,
         slow=True, program=program_one_route, measure=highest_rate(one_flow)),
]
