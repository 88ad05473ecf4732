# SPDX-License-Identifier: BSD-3-Clause
"""PPPoE frames for tests (RFC 2516, 1661), and what a router says of its sessions."""

import re
import struct
from types import SimpleNamespace

from lab import LabError, mac_bytes, wait_until

DISCOVERY, SESSION = 0x8863, 0x8864
PADI, PADO, PADR, PADS, PADT = 0x09, 0x07, 0x19, 0x65, 0xA7
END_OF_LIST, SERVICE_NAME, AC_NAME, HOST_UNIQ, AC_COOKIE = 0x0000, 0x0101, 0x0102, 0x0103, 0x0104
SERVICE_NAME_ERROR = 0x0201
IP4, IPCP, IPV6CP, LCP, PAP, CHAP = 0x0021, 0x8021, 0x8057, 0xC021, 0xC023, 0xC223
(CONF_REQ, CONF_ACK, CONF_NAK, CONF_REJ, TERM_REQ, TERM_ACK, CODE_REJ, PROTO_REJ, ECHO_REQ,
 ECHO_REP) = range(1, 11)
MRU, AUTH, MAGIC = 1, 3, 5  # LCP's options
ADDRESS = 3  # IPCP's


def header(kind, to, source, code, session, length):
    return (mac_bytes(to) + mac_bytes(source)
            + struct.pack("!HBBHH", kind, 0x11, code, session, length))


def discovery(to, source, code, session=0, *tags):
    """A discovery frame; a tag is (type, value)."""
    payload = b"".join(struct.pack("!HH", t, len(v)) + v for t, v in tags)
    return header(DISCOVERY, to, source, code, session, len(payload)) + payload


def ppp(to, source, session, protocol, payload):
    """A session frame."""
    return (header(SESSION, to, source, 0, session, len(payload) + 2)
            + struct.pack("!H", protocol) + payload)


def control(code, ident, data=b""):
    """A packet of LCP, IPCP and so on."""
    return struct.pack("!BBH", code, ident, len(data) + 4) + data


def option(kind, value):
    return struct.pack("!BB", kind, len(value) + 2) + value


class Frame:
    """A frame taken apart, as far as it is PPPoE: code, session, tags or protocol, packet."""

    def __init__(self, frame):
        self.bytes = frame
        self.to, self.source = (":".join(f"{b:02x}" for b in frame[i:i + 6]) for i in (0, 6))
        self.kind = struct.unpack_from("!H", frame, 12)[0] if len(frame) >= 14 else 0
        self.code = self.session = self.protocol = None
        self.tags, self.payload = [], b""
        if self.kind not in (DISCOVERY, SESSION) or len(frame) < 20:
            return
        _, self.code, self.session, length = struct.unpack_from("!BBHH", frame, 14)
        self.payload = frame[20:20 + length]
        if self.kind == DISCOVERY:
            self.tags = self._tags()
        elif length >= 2:
            self.protocol = struct.unpack_from("!H", self.payload)[0]
            self.payload = self.payload[2:]

    def _tags(self):
        found, at = [], 0
        while at + 4 <= len(self.payload):
            kind, length = struct.unpack_from("!HH", self.payload, at)
            found.append((kind, self.payload[at + 4:at + 4 + length]))
            at += 4 + length
        return found

    @property
    def packet_code(self):
        """Of LCP, IPCP, PAP or CHAP."""
        return self.payload[0] if self.protocol not in (None, IP4) and self.payload else None

    def tag(self, kind):
        return dict(self.tags).get(kind)

    def options(self):
        """{type: value} of a Configure packet."""
        found, at = {}, 4
        while at + 2 <= len(self.payload):
            kind, length = self.payload[at], self.payload[at + 1]
            if length < 2:
                break
            found[kind] = self.payload[at + 2:at + length]
            at += length
        return found

    def __str__(self):
        if self.kind == DISCOVERY:
            return f"{self.source} > {self.to} discovery {self.code:#x} session {self.session}"
        if self.kind == SESSION:
            return (f"{self.source} > {self.to} session {self.session} {self.protocol or 0:#06x} "
                    f"{self.payload[:24].hex()}")
        return f"{self.source} > {self.to} {self.kind:#06x}"


def is_discovery(code):
    return lambda f: f.kind == DISCOVERY and f.code == code


def is_ppp(protocol, code=None):
    return lambda f: f.protocol == protocol and code in (None, f.packet_code)


# ---- on a relay whose devices are `router` and `isp` ----


def heard(relay, source, match):
    """The frames that came from one side and match, as Frames."""
    frames = [Frame(frame) for side, frame in list(relay.seen) if side == source]
    return [f for f in frames if match(f)]


def expect(relay, source, match, bound=10.0, count=1, what="frames"):
    """Wait for so many frames; all of them that there are then."""
    def enough():
        found = heard(relay, source, match)
        return found if len(found) >= count else None
    try:
        return wait_until(enough, bound)
    except LabError:
        there = "\n".join(f"  {side}: {Frame(f)}" for side, f in list(relay.seen)[-40:])
        raise LabError(f"not within {bound:g} s: {count} {what} from the {source}; "
                       f"there were\n{there}") from None


# ---- what `show pppoe session` says ----

ROW = re.compile(r"^ +(?P<unique>\S+) +(?P<session>\d+) +(?P<remote>[0-9a-f.]{14}) +(?P<port>\S+) +"
                 r"(?P<dialer>Di\d+) +(?P<access>Vi\d+) +(?P<state>\S+) *\n"
                 r" +(?P<local>[0-9a-f.]{14})\S* +(?P<access_state>\S+) *$", re.M)


def dotted(mac):
    """02:00:00:00:00:01 as IOS writes it."""
    digits = mac.replace(":", "")
    return ".".join(digits[i:i + 4] for i in (0, 4, 8))


def sessions(router):
    """The sessions that are up, by dialer."""
    found = {}
    for m in ROW.finditer(router.cli("show pppoe session", check=False)):
        if m["state"] == m["access_state"] == "UP":
            row = SimpleNamespace(**m.groupdict())
            row.session = int(row.session)
            found[row.dialer] = row
    return found


def session(router, dialer="Di1"):
    """A dialer's session if it is up, else None."""
    return sessions(router).get(dialer)


def wait_session(router, dialer="Di1", bound=30.0, other_than=None):
    """Wait for a dialer's session, another one than of that id."""
    def up():
        found = session(router, dialer)
        return found if found and found.session != other_than else None
    return wait_until(up, bound, f"{router.name}: a session of {dialer}")


def wait_down(router, dialer="Di1", bound=30.0):
    wait_until(lambda: not session(router, dialer), bound, f"{router.name}: {dialer} down")
