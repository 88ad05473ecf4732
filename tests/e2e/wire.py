# SPDX-License-Identifier: BSD-3-Clause
"""Frames on a cable: stations made of scapy, and checks of what they receive."""

import collections
import errno
import select
import socket
import struct
import threading
import time

from scapy.all import ARP, ICMP, IP, TCP, UDP, Dot1Q, Ether, conf, raw  # noqa: F401

from lab import LabError, mac_bytes

conf.verb = 0

ETH_P_ALL = 3
PACKET_OUTGOING = 4
SOL_PACKET = 263
PACKET_AUXDATA = 8
SO_RCVBUFFORCE = 33
TP_STATUS_VLAN_VALID = 1 << 4
BROADCAST = "ff:ff:ff:ff:ff:ff"
BOUND = 10.0  # seconds for what has to come, on a busy machine


class Wire:
    """One end of a cable. Hands what arrives to its stations, and keeps all of it.

    With `both` it keeps also what others send there; not to be used with stations.
    """

    def __init__(self, ns, ifname, both=False):
        self.ifname = ifname
        self.both = both
        self.sock = ns.call(lambda: _packet_socket(ifname))
        self.stations = []
        self.frames = []
        self.arrived = threading.Condition()
        self.closed = False
        self.thread = threading.Thread(target=self._receive, daemon=True)
        self.thread.start()
        ns.lab.on_close(self.close)

    def close(self):
        self.closed = True
        self.thread.join(5)
        self.sock.close()

    def send(self, frame):
        """A frame as bytes or as scapy builds it."""
        self.sock.send(frame if isinstance(frame, bytes) else raw(frame))

    def send_many(self, frames):
        for frame in frames:
            self.send(frame)

    def station(self, mac, *addresses, vlan=None, gateway=None):
        return Station(self, mac, addresses, vlan, gateway)

    def _receive(self):
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        while not self.closed:
            if not poll.poll(50):
                continue
            try:
                frame = _read_frame(self.sock, self.both)
            except (BlockingIOError, OSError):
                continue
            if frame is None:
                continue
            for station in self.stations:
                station.hear(frame)
            with self.arrived:
                self.frames.append(frame)
                self.arrived.notify_all()

    def take(self, box, match, bound):
        """Remove and return the first in `box` for which match is true; None after `bound`."""
        end = time.monotonic() + bound
        seen = 0
        with self.arrived:
            while True:
                while seen < len(box):
                    if match(box[seen]):
                        return box.pop(seen)
                    seen += 1
                left = end - time.monotonic()
                if left <= 0:
                    return None
                self.arrived.wait(left)

    def expect(self, match, bound=BOUND):
        """The first frame (as scapy sees it) that matches, of those not yet taken."""
        got = self.take(self.frames, lambda f: match(Ether(f)), bound)
        if got is None:
            raise LabError(f"{self.ifname}: no such frame within {bound:g} s; there were:\n"
                           + summaries(self.frames))
        return Ether(got)

    def forget(self):
        with self.arrived:
            self.frames.clear()
            for station in self.stations:
                station.inbox.clear()


def _packet_socket(ifname):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
    s.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    s.bind((ifname, 0))
    s.setblocking(False)
    return s


def _read_frame(sock, both=False):
    """A frame as it was on the wire, its VLAN tag put back; None for one of our own, unless both."""
    data, control, _, address = sock.recvmsg(65600, 64)
    if address[2] == PACKET_OUTGOING and not both:
        return None
    for level, kind, value in control:
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            status, _, _, _, _, tci, tpid = struct.unpack("=IIIHHHH", value[:20])
            if status & TP_STATUS_VLAN_VALID:
                return data[:12] + struct.pack("!HH", tpid or 0x8100, tci) + data[12:]
    return data


class Relay:
    """A cable that can be tampered with: carries frames between devices of a namespace.

    What comes in at the first device goes out at the second, and from any other to the first.
    `hook(frame, source)` is asked for each frame, with the device it came from, and returns what
    goes on: the frame, another one, or None. `seen` has the frames as they came, with that name.
    """

    def __init__(self, ns, *ifnames):
        self.ifnames = ifnames
        self.socks = {ifname: ns.call(lambda i=ifname: _packet_socket(i)) for ifname in ifnames}
        self.hook = None
        self.seen = collections.deque(maxlen=5000)
        self.closed = False
        self.thread = threading.Thread(target=self._carry, daemon=True)
        self.thread.start()
        ns.lab.on_close(self.close)

    def close(self):
        self.closed = True
        self.thread.join(5)
        for sock in self.socks.values():
            sock.close()

    def send(self, ifname, frame):
        """Send out of a device; one that is down swallows it."""
        try:
            self.socks[ifname].send(frame if isinstance(frame, bytes) else raw(frame))
        except OSError as e:
            if e.errno != errno.ENETDOWN:
                raise

    def _carry(self):
        poll = select.poll()
        names = {}
        for ifname, sock in self.socks.items():
            poll.register(sock, select.POLLIN)
            names[sock.fileno()] = ifname
        while not self.closed:
            for fd, _ in poll.poll(50):
                self._pass_on(names[fd])

    def _pass_on(self, source):
        try:
            frame = _read_frame(self.socks[source])
        except OSError:  # there is none, or the device went down
            return
        if frame is None:
            return
        self.seen.append((source, frame))
        if self.hook is not None:
            frame = self.hook(frame, source)
        if frame is not None:
            self.send(self.ifnames[0] if source != self.ifnames[0] else self.ifnames[1], frame)


class Station:
    """A host of our own making: answers ARP for its addresses and nothing else.

    Its inbox holds the IPv4 packets (bytes) sent to its MAC address or to all.
    """

    def __init__(self, wire, mac, addresses, vlan, gateway):
        self.wire = wire
        self.mac = mac
        self.addresses = list(addresses)
        self.vlan = vlan
        self.gateway = gateway
        self.answers_arp = True
        self.neighbours = {}
        self.arp_seen = []  # ARP packets heard, as scapy sees them
        self.inbox = []
        wire.stations.append(self)

    @property
    def address(self):
        return self.addresses[0]

    def hear(self, frame):
        """Called for every frame of the wire, by its thread."""
        vlan, kind, payload = untag(frame)
        if vlan != self.vlan:
            return
        if kind == 0x0806:
            self._hear_arp(payload)
        elif kind == 0x0800 and frame[:6] in (mac_bytes(self.mac), b"\xff" * 6):
            with self.wire.arrived:
                self.inbox.append(payload)

    def _hear_arp(self, payload):
        arp = ARP(payload)
        self.arp_seen.append(arp)
        if arp.psrc in (self.gateway,):
            self.neighbours[arp.psrc] = arp.hwsrc
        if arp.op == 1 and arp.pdst in self.addresses and self.answers_arp:
            self.wire.send(self.frame(arp.hwsrc, ARP(op=2, hwsrc=self.mac, psrc=arp.pdst,
                                                     hwdst=arp.hwsrc, pdst=arp.psrc)))

    def frame(self, to, packet):
        """An Ethernet frame of ours around a packet (scapy's, or bytes of IPv4)."""
        tag = Dot1Q(vlan=self.vlan) if self.vlan is not None else None
        if isinstance(packet, bytes):
            head = Ether(src=self.mac, dst=to, type=0x8100 if tag else 0x0800)
            if tag:
                tag.type = 0x0800
            return raw(head / tag if tag else head) + packet
        head = Ether(src=self.mac, dst=to)
        return raw(head / tag / packet if tag else head / packet)

    def resolve(self, address=None, bound=BOUND):
        """The MAC address behind an address (the gateway's), by ARP."""
        address = address or self.gateway
        if address in self.neighbours:
            return self.neighbours[address]
        request = ARP(op=1, hwsrc=self.mac, psrc=self.address, hwdst="00:00:00:00:00:00",
                      pdst=address)
        end = time.monotonic() + bound
        old = len(self.arp_seen)
        while time.monotonic() < end:
            self.wire.send(self.frame(BROADCAST, request))
            step = time.monotonic() + 0.3
            while time.monotonic() < step:
                for arp in self.arp_seen[old:]:
                    if arp.op == 2 and arp.psrc == address:
                        self.neighbours[address] = arp.hwsrc
                        return arp.hwsrc
                with self.wire.arrived:
                    self.wire.arrived.wait(0.02)
        raise LabError(f"{self.wire.ifname}: {address} does not answer ARP")

    def send(self, packet, to=None):
        """An IPv4 packet to the gateway (or to a MAC address)."""
        self.wire.send(self.frame(to or self.resolve(), packet))

    def expect(self, match, bound=BOUND):
        """The next packet for this station that matches, its checksums checked."""
        got = self.wire.take(self.inbox, lambda p: match(IP(p)), bound)
        if got is None:
            raise LabError(f"{self.address}: no such packet within {bound:g} s; there were:\n"
                           + summaries(self.inbox, IP))
        check_sums(got)
        return IP(got)

    def expect_nothing(self, match, bound=0.3):
        got = self.wire.take(self.inbox, lambda p: match(IP(p)), bound)
        if got is not None:
            raise LabError(f"{self.address}: this should not have come: {IP(got).summary()}")

    def exchange(self, packet, peer, match=lambda p: True, bound=BOUND):
        """Send a packet and return what the other station gets of it."""
        self.send(packet)
        return peer.expect(match, bound)

    def echo(self, address, ident=0x4242, seq=1, size=8, bound=BOUND, **ip):
        """Ping once. The reply."""
        self.send(IP(src=self.address, dst=address, **ip) / ICMP(type=8, id=ident, seq=seq)
                  / bytes(size))
        return self.expect(lambda p: ICMP in p and p[ICMP].type == 0 and p[ICMP].id == ident
                           and p[ICMP].seq == seq and p.src == address, bound)


def untag(frame):
    """(VLAN id or None, ethertype, payload) of a frame."""
    if len(frame) < 14:
        return None, None, b""
    kind = struct.unpack_from("!H", frame, 12)[0]
    if kind != 0x8100 or len(frame) < 18:
        return None, kind, frame[14:]
    tci, kind = struct.unpack_from("!HH", frame, 14)
    return tci & 0xFFF, kind, frame[18:]


def summaries(frames, layer=Ether):
    return "\n".join("  " + layer(f).summary() for f in frames[-30:]) or "  none"


# ---- checksums, by summing: a right one makes the sum 0xffff whichever way zero is written ----


def ones_sum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def check_sums(packet):
    """Check an IPv4 packet (bytes): header, lengths, and TCP, UDP or ICMP if it is whole."""
    ihl = (packet[0] & 15) * 4
    length = struct.unpack_from("!H", packet, 2)[0]
    fragment = struct.unpack_from("!H", packet, 6)[0]
    if packet[0] >> 4 != 4 or ihl < 20 or length > len(packet):
        raise LabError(f"bad IPv4 header: {packet[:20].hex()}")
    if ones_sum(packet[:ihl]) != 0xFFFF:
        raise LabError(f"bad IPv4 checksum: {packet[:ihl].hex()}")
    if fragment & 0x3FFF:
        return
    check_transport(packet[9], packet[12:20], packet[ihl:length])


def check_transport(proto, addresses, body):
    if proto == 1:
        total = ones_sum(body)
    elif proto == 6:
        total = ones_sum(addresses + struct.pack("!HH", proto, len(body)) + body)
    elif proto == 17:
        if struct.unpack_from("!H", body, 6)[0] == 0:
            return
        if struct.unpack_from("!H", body, 4)[0] != len(body):
            raise LabError(f"bad UDP length: {body[:8].hex()}, {len(body)} bytes")
        total = ones_sum(addresses + struct.pack("!HH", proto, len(body)) + body)
    else:
        return
    if total != 0xFFFF:
        raise LabError(f"bad checksum of protocol {proto}: {body[:32].hex()}")


def quoted(packet):
    """The packet that an ICMP error quotes, as bytes; its IPv4 header's checksum checked."""
    inner = raw(packet[ICMP])[8:]
    ihl = (inner[0] & 15) * 4
    if ones_sum(inner[:ihl]) != 0xFFFF:
        raise LabError(f"bad checksum of the quoted IPv4 header: {inner[:ihl].hex()}")
    return inner


# ---- fragments ----


def fragments(packet, *sizes):
    """A packet (scapy) cut into fragments whose payloads have these sizes; the last takes the rest.

    All but the last must be multiples of 8.
    """
    whole = IP(raw(packet))
    body = raw(whole.payload)
    cut, offset = [], 0
    for i in range(len(sizes) + 1):
        size = sizes[i] if i < len(sizes) else len(body) - offset
        piece = whole.copy()
        piece.remove_payload()
        piece.flags = "MF" if offset + size < len(body) else 0
        piece.frag = offset // 8
        piece.len = piece.chksum = None
        cut.append(piece / body[offset:offset + size])
        offset += size
    return cut


def reassemble(pieces):
    """The packet that fragments make, without gap or overlap, its checksums checked."""
    pieces = sorted(pieces, key=lambda p: p.frag)
    body = b""
    for p in pieces:
        if p.frag * 8 != len(body):
            raise LabError(f"a gap or overlap at {p.frag * 8}, have {len(body)}")
        body += raw(p)[p.ihl * 4:p.len]
    if len({(p.src, p.dst, p.id, p.proto) for p in pieces}) != 1 or "MF" in pieces[-1].flags \
            or any("MF" not in p.flags for p in pieces[:-1]):
        raise LabError("these are not the fragments of one packet")
    first = pieces[0]
    head = IP(src=first.src, dst=first.dst, id=first.id, ttl=first.ttl, tos=first.tos,
              proto=first.proto)
    whole = raw(head / body)
    check_sums(whole)
    return IP(whole)
