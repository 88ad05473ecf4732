# SPDX-License-Identifier: BSD-3-Clause
"""Files, pastes and pipes of configuration that are not wholly good; banners; patterns."""

import os
import time

import pytest

from router import Router
from terminal import Terminal
from topology import lab_config, platform

# An address list, and under it a block that no router of this kind has, with what would harm it
REFUSED = """\
ip access-list extended SAFE
 permit tcp any any eq 22
class-map match-all VOICE
 permit ip any any
 no permit tcp any any eq 22
!
ip dhcp pool LAN
   network 192.168.1.0 255.255.255.0
   shutdown
exit
interface Vlan20
 description kept
ip dhcp pool OTHER
 shutdown
 exit
"""
KEPT = ["ip access-list extended SAFE", " permit tcp any any eq 22"]


@pytest.fixture(scope="module")
def router(lab):
    box, far = lab.namespace("box"), lab.namespace("far")
    lab.veth(far, "lan0", box, "lan0")
    lab.veth(far, "wan0", box, "wan0")
    return Router(lab, "RT03", box, platform(gi0="lan0", gi8="wan0"),
                  lab_config("RT03.cfg")).start()


def write(router, name, text):
    path = os.path.join(router.lab.dir, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


@pytest.fixture
def restored(router):
    write(router, "before.cfg", router.cli("show running-config"))
    yield
    router.cli("configure replace before.cfg force")
    assert router.findings() == []


def assert_safe(router):
    """The list has its own line alone, and the interface is not down."""
    running = router.running()
    at = running.index(KEPT[0])
    assert running[at:at + 2] == KEPT and not running[at + 2].startswith(" ")
    at = running.index("interface Vlan20")
    block = [line for line in running[at + 1:at + 12] if line.startswith(" ")]
    assert " description kept" in block and " shutdown" not in block


def flat(text):
    return "".join(line.lstrip() + "\n" for line in text.splitlines())


@pytest.mark.parametrize("text", [REFUSED, flat(REFUSED), REFUSED.replace("\n ", "\n\t")],
                         ids=["indented", "flat", "tabs"])
def test_file(router, restored, text):
    done = router.load(text)
    assert done.returncode != 0
    assert done.stdout.count(": error: ") == 3
    assert ": skipped: under line 3, which was refused" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("7 skipped, 3 errors")
    assert_safe(router)


def test_all_or_nothing(router):
    before = router.running()
    done = router.load(REFUSED, "--all-or-nothing")
    assert done.returncode != 0 and "skipped" in done.stdout
    assert router.running() == before


@pytest.mark.parametrize("text", [REFUSED, flat(REFUSED)], ids=["indented", "flat"])
def test_pipe(router, restored, text):
    done = router.shell(stdin=f"configure terminal\n{text}\nend\nshow clock\n")
    assert done.returncode != 0
    assert done.stdout.count("% Lines under it are skipped") == 3
    assert "Unknown command" not in done.stdout
    assert_safe(router)


def test_paste(router, restored):
    with Terminal(router) as tty:
        assert tty.prompt() == "RT03#"
        for line in ["configure terminal", *REFUSED.splitlines()]:
            tty.type(line + "\r")
            assert "(config" in tty.prompt()
        tty.type("end\r")
        assert tty.prompt() == "RT03#"
    assert_safe(router)


def test_startup(router, lab):
    """The rest is in force, what was skipped is said, and no key is in the log."""
    keys = "crypto isakmp key hunter2 address 10.9.9.9\nsnmp-server community hunter2 RO\n"
    with open(router.startup_path, encoding="utf-8") as f:
        good = f.read()
    try:
        with open(router.startup_path, "w", encoding="utf-8") as f:
            f.write(good.rsplit("end", 1)[0] + REFUSED + keys)
        router.stop_control()
        router.start_control()
        assert_safe(router)
        log = router.cli("show logging")
        assert "hunter2" not in log
        assert "skipped: under line" in log
        assert "does not end with `end`" in log
    finally:
        with open(router.startup_path, "w", encoding="utf-8") as f:
            f.write(good)
        router.stop_control()
        router.start_control()


@pytest.mark.parametrize("text, why", [
    ("", "% The file is empty"),
    ("hostname Cut\n", "does not end with `end`"),
    ("hostname Cut\nbogus\nend\n", "% Line 2, column 1: bogus"),
    ("interface Foo0\n shutdown\nend\n", "skipped: under line 1"),
    (REFUSED + "end\n", "The rollback configuration was not applied"),
])
def test_replace_with_what_is_not_whole(router, text, why):
    before = router.running()
    write(router, "cut.cfg", text)
    done = router.shell("-c", "configure replace cut.cfg force")
    assert done.returncode != 0 and why in done.stdout
    assert router.running() == before


@pytest.mark.parametrize("name", ["/proc/self/environ", "/etc/shadow", "../x", "link", "dir", "pipe",
                                  "nvram:cut.cfg", "flash:/etc/../etc/shadow"])
def test_replace_with_what_is_not_in_flash(router, name):
    flash = router.lab.dir
    if not os.path.lexists(f"{flash}/link"):
        os.symlink("/etc/shadow", f"{flash}/link")
        os.mkdir(f"{flash}/dir")
        os.mkfifo(f"{flash}/pipe")
    done = router.shell("-c", f"configure replace {name} force")
    assert done.returncode != 0
    assert done.stdout.startswith("%Error opening ") and len(done.stdout.splitlines()) == 1


def test_nobody_to_ask(router):
    before = router.running()
    write(router, "whole.cfg", "hostname Whole\nend\n")
    for done in (router.shell("-c", "configure replace whole.cfg"),
                 router.shell(stdin="configure replace whole.cfg\n")):
        assert done.returncode != 0
        assert "[no]: " in done.stdout and "% Nothing was replaced" in done.stdout
    assert router.running() == before


BANNER = "\n*** no access ***\n! not a comment\nend\n  exit | more ?  \nno ip routing\n\ngr\u00fc\u00dfe \u65e5\u672c\n"


def test_banners_are_text(router, restored):
    done = router.load(f"banner motd ^C{BANNER}^C\nbanner login #who?#\nbanner exec\t%in%\n")
    assert done.returncode == 0, done.stdout
    text = router.cli("show running-config")
    assert f"!\nbanner exec ^Cin^C\nbanner login ^Cwho?^C\nbanner motd ^C{BANNER}^C\n!\n" in text
    write(router, "banner.cfg", text)
    assert "passes: 0" in router.cli("configure replace banner.cfg force")
    with Terminal(router) as tty:
        assert tty.prompt() == "RT03#"
        shown = tty.text
        assert "*** no access ***" in shown and shown.index("*** no") < shown.index("\nin\n")
    router.configure("no banner motd\nno banner exec\nno banner login\n")
    assert "banner" not in router.cli("show running-config")


def test_banner_in_a_terminal_and_a_pipe(router, restored):
    with Terminal(router) as tty:
        tty.prompt()
        tty.type("configure terminal\r")
        tty.prompt()
        tty.type("banner motd ^C\r")
        tty.expect("End with the character '\\^C'")
        tty.type("end\rhostname Text\r^C\r")
        tty.expect(r"RT03\(config\)#\Z")
        tty.type("end\r")
        tty.prompt()
        # the key itself, as a paste has it
        tty.type("configure terminal\r")
        tty.prompt()
        tty.type("banner exec \x03\r\rline two\r\x03\r")
        tty.expect(r"RT03\(config\)#\Z")
        tty.type("end\r")
        tty.prompt()
    assert "banner motd ^C\nend\nhostname Text\n^C\n" in router.cli("show running-config")
    assert "banner exec ^C\n\nline two\n^C\n" in router.cli("show running-config")
    done = router.shell(stdin="configure terminal\nbanner login \x03\nend\n\x03\nhostname Piped\nend\n")
    assert done.returncode == 0
    assert "banner login ^C\nend\n^C\n" in router.cli("show running-config")
    assert "hostname Piped" in router.running()
    router.configure("hostname RT03\n")


def test_banner_without_end(router):
    before = router.running()
    done = router.load("banner motd #\nhostname Lost\nno ip nat inside source list 1 pool GIP overload\n")
    assert done.returncode != 0
    assert "1: error: banner motd #" in done.stdout and "has no end" in done.stdout
    done = router.shell(stdin="configure terminal\nbanner motd #\nhostname Lost\n")
    assert done.returncode != 0 and "no end" in done.stderr
    assert router.running() == before


@pytest.mark.parametrize("pattern", [
    "a{0,30000}{0,30000}", "((((a*)*)*)*)*$", "(.*)*(.*)*(.*)*=", "_*_*_*_*_*x", "(a|aa)+$",
    "|".join(f"interface{i}.*" for i in range(100)), "[" + "a-z" * 1000 + "]*!",
])
def test_pattern_costs_nothing(router, pattern):
    began = time.monotonic()
    router.shell("-c", f"show running-config | include {pattern}", bound=20)
    assert time.monotonic() - began < 10
    with open(f"/proc/{router.control.pid}/status", encoding="ascii") as f:
        peak = int(next(line for line in f if line.startswith("VmHWM:")).split()[1])
    assert peak < 2 * 1024 * 1024
    assert "hostname RT03" in router.cli("show running-config | include ^hostname_")


@pytest.mark.parametrize("pattern, why", [
    ("(a", "unmatched ("), ("a)", "unmatched )"), ("(a)\\1", "back references"), ("*", "repeat"),
    ("a" * 5000, "too large"),
])
def test_pattern_that_is_none(router, pattern, why):
    done = router.shell("-c", f"show clock | include {pattern}")
    assert done.returncode != 0 and why in done.stdout and "^" in done.stdout
