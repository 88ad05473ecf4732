# SPDX-License-Identifier: BSD-3-Clause
"""Samples to rows, and rows to a table."""
import statistics

DISTURBED = 0.95  # share of its core below which a process was held up by others

# Cycles per 64-byte packet that are aimed at: whole loop, in the nodes.
TARGET = {"ip4-1": (100, 52), "ip4-1m": (320, None), "pat-1": (180, None), "pat-64k": (560, None),
          "pppoe-in": (115, None), "pppoe-out": (160, None), "pppoe-in-static": (250, None),
          "pppoe-out-static": (250, None)}

# FD.io VPP 26.10-rc0 on an AMD Zen 3 at 2.45 GHz (64: loop and nodes; 512, 1408: loop).
# PAT is its NAT44, endpoint-dependent.
VPP = {
    "ip4-1": {64: (106, 62), 512: (106, None), 1408: (130, None)},
    "ip4-1m": {64: (390, 328), 512: (418, None), 1408: (470, None)},
    "pat-1": {64: (219, 171), 512: (216, None), 1408: (211, None)},
    "pat-64k": {64: (900, 840), 512: (864, None), 1408: (1110, None)},
    "pppoe-in": {64: (134, 120)},
    "pppoe-out": {64: (190, 128)},
}

UNITS = {
    "routes_per_second": "routes a second through the ring",
    "routes_rss_mib": "MiB resident for the routes",
    "rss_mib": "MiB resident in all",
    "sessions": "sessions",
    "sessions_per_second": "new sessions a second",
    "sessions_rss_mib": "MiB resident for the sessions",
    "rate_mpps": "Mpps, the highest rate within the loss allowed",
    "latency_rate_mpps": "Mpps, at which the latency is",
    "latency_us_p50": "us, 50 % of the frames",
    "latency_us_p90": "us, 90 %",
    "latency_us_p99": "us, 99 %",
    "latency_us_p99.9": "us, 99.9 %",
}


def say(text):
    print(text, flush=True)


def undisturbed(samples):
    """Those in which both processes had their cores, if there are any."""
    good = [s for s in samples if min(s.get("dut_share") or 1, s.get("gen_share") or 1) >= DISTURBED]
    return good or samples


def median(samples, key):
    values = [s[key] for s in samples if s.get(key) is not None]
    return statistics.median(values) if values else None


def make_row(name, size, samples):
    good = undisturbed(samples)
    row = {"case": name, "size": size, "samples": len(samples), "undisturbed": len(good)}
    for key in ("mpps", "gbps", "loop", "nodes", "vector", "wall_cycles", "loss", "tx_full"):
        row[key] = median(good, key)
    if row["loop"] is None:  # testpmd does not count; what it has no more time for is its loop
        row["loop"] = row["wall_cycles"]
    row["by_node"] = median_nodes(good)
    row["best_mpps"] = max(s["mpps"] for s in good)
    row["best_loop"] = min((s["loop"] for s in good if "loop" in s), default=None)
    row["best_nodes"] = min((s["nodes"] for s in good if "nodes" in s), default=None)
    if size == 64 and name in TARGET:
        row["target_loop"], row["target_nodes"] = TARGET[name]
    if size in VPP.get(name, {}):
        row["vpp_loop"], row["vpp_nodes"] = VPP[name][size]
    return row


def median_nodes(samples):
    names = []
    for s in samples:
        names += [n for n in s.get("by_node", {}) if n not in names]
    return {n: statistics.median(s["by_node"].get(n, 0) for s in samples if "by_node" in s)
            for n in names}


def make_rows(cases, samples):
    rows = []
    for case in cases:
        sizes = []
        for s in samples:
            if s["case"] == case.name and "size" in s and s["size"] not in sizes:
                sizes.append(s["size"])
        for size in sizes:
            rows.append(make_row(case.name, size, [s for s in samples if s["case"] == case.name
                                                   and s.get("size") == size]))
    ceiling = {(r["case"], r["size"]): r["mpps"] for r in rows}
    for row in rows:
        beside = next(c.beside for c in cases if c.name == row["case"])
        top = ceiling.get((beside, row["size"]))
        row["ratio"] = row["mpps"] / top if top else None
    return rows


def cell(value, form):
    return format(value, form) if value is not None else "-"


def pair(loop, nodes):
    if loop is None:
        return "-"
    return f"{loop}" + (f"/{nodes}" if nodes is not None else "")


def print_rates(cases, rows):
    titles = {c.name: c.title for c in cases}
    say("")
    say(f"{'':32} {'bytes':>5} {'Mpps':>7} {'Gbit/s':>7} {'ratio':>6} {'loop':>7} {'nodes':>7} "
        f"{'vector':>6} {'target':>8} {'VPP':>8}  runs")
    for row in rows:
        runs = f"{row['undisturbed']}/{row['samples']}"
        say(f"{titles[row['case']]:32} {row['size']:>5} {cell(row['mpps'], '7.2f')} "
            f"{cell(row['gbps'], '7.2f')} {cell(row['ratio'], '6.2f'):>6} "
            f"{cell(row['loop'], '7.0f'):>7} {cell(row['nodes'], '7.0f'):>7} "
            f"{cell(row['vector'], '6.0f'):>6} "
            f"{pair(row.get('target_loop'), row.get('target_nodes')):>8} "
            f"{pair(row.get('vpp_loop'), row.get('vpp_nodes')):>8}  {runs}")
    say("")
    say("ratio: to testpmd io. loop, nodes: TSC cycles a packet, the worker's whole loop and the")
    say("nodes between port_rx and port_tx. target, VPP: loop/nodes; VPP's are of another machine")
    say(f"(AMD Zen 3, 2.45 GHz). runs: those undisturbed (each process had {DISTURBED:.0%} of its "
        "core) of all.")


def print_nodes(cases, rows):
    """Where the cycles go, at the smallest size."""
    titles = {c.name: c.title for c in cases}
    rows = [r for r in rows if r["size"] == 64 and r["by_node"]]
    if rows:
        say("")
        say("Cycles a packet by node, 64 bytes:")
    for row in rows:
        nodes = sorted(row["by_node"].items(), key=lambda item: -item[1])
        say(f"{titles[row['case']]:32} "
            + ", ".join(f"{name} {cycles:.0f}" for name, cycles in nodes if cycles >= 0.5))


def print_facts(cases, samples):
    titles = {c.name: c.title for c in cases}
    facts = {}
    for s in samples:
        if "fact" in s:
            facts.setdefault((s["case"], s["fact"]), []).append(s["value"])
    if facts:
        say("")
    for (case, fact), values in facts.items():
        if fact in UNITS:
            say(f"{titles[case]:32} {statistics.median(values):>13,.2f} {UNITS[fact]}")
    return [{"case": case, "fact": fact, "median": statistics.median(values), "values": values}
            for (case, fact), values in facts.items()]


def print_table(cases, samples):
    rows = make_rows(cases, samples)
    print_rates(cases, rows)
    print_nodes(cases, rows)
    return rows + print_facts(cases, samples)
