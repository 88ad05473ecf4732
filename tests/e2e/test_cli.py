# SPDX-License-Identifier: BSD-3-Clause
"""The command line at a terminal, and files of commands."""

import json
import os
import re
import time

import pytest

from lab import wait_until
from router import Router
from terminal import Terminal
from topology import lab_config, platform

CTRL_C, CTRL_Z, CTRL_A, CTRL_E, CTRL_U, CTRL_P = "\x03", "\x1a", "\x01", "\x05", "\x15", "\x10"
UP, TAB = "\x1b[A", "\t"
INVALID = "% Invalid input detected at '^' marker."


@pytest.fixture(scope="module")
def router(lab):
    box, far = lab.namespace("box"), lab.namespace("far")
    lab.veth(far, "lan0", box, "lan0")
    lab.veth(far, "wan0", box, "wan0")
    return Router(lab, "RT03", box, platform(gi0="lan0", gi8="wan0"),
                  lab_config("RT03.cfg")).start()


@pytest.fixture
def tty(router):
    with Terminal(router) as terminal:
        assert terminal.prompt() == "RT03#"
        yield terminal
    assert router.findings() == []


@pytest.fixture
def restored(router):
    before = router.cli("show running-config")
    yield
    path = f"{router.lab.dir}/before.cfg"
    with open(path, "w", encoding="utf-8") as f:
        f.write(before)
    router.cli(f"configure replace {path} force")


# ---- modes and prompts ----

def test_prompts(tty, restored):
    for line, prompt in (
            ("configure terminal", "RT03(config)#"), ("interface Vlan20", "RT03(config-if)#"),
            ("exit", "RT03(config)#"), ("ip access-list standard X", "RT03(config-std-nacl)#"),
            ("interface gi8", "RT03(config-if)#"), ("end", "RT03#")):
        tty.type(line + "\r")
        assert tty.prompt() == prompt


def test_configure_greets(tty):
    text = tty.command("configure terminal")
    assert "Enter configuration commands, one per line.  End with CNTL/Z." in text
    tty.type(CTRL_Z)
    assert tty.prompt() == "RT03#"


def test_configure_asks(tty):
    tty.type("configure\r")
    tty.expect(r"Configuring from terminal, memory, or network \[terminal\]\? \Z")
    tty.type("\r")
    assert tty.prompt() == "RT03(config)#"
    tty.type(CTRL_C)
    assert tty.prompt() == "RT03#"


def test_ctrl_z_takes_the_line_before_it_or_not_but_ends(tty):
    tty.command("configure terminal")
    tty.command("interface Vlan20")
    tty.type(CTRL_Z)
    assert tty.prompt() == "RT03#"


def test_hostname_is_the_prompt_at_once(tty, restored):
    tty.command("configure terminal")
    tty.type("hostname Other-1\r")
    assert tty.prompt() == "Other-1(config)#"
    tty.type("no hostname\r")
    assert tty.prompt() == "Router(config)#"


def test_global_lines_from_a_submode(tty, restored):
    tty.command("configure terminal")
    tty.command("interface Vlan20")
    tty.type("ip route 10.9.0.0 255.255.0.0 Null0\r")
    assert tty.prompt() == "RT03(config)#"
    assert "10.9.0.0" in tty.command("do show ip route")


def test_comments_and_empty_lines(tty):
    for line in ("", "   ", "! a comment", "  ! another"):
        assert tty.command(line).strip() == ""


def test_log_line_when_configuration_ends(tty, router):
    tty.command("terminal monitor")
    tty.command("configure terminal")
    tty.type("end\r")
    wait_until(lambda: "%SYS-5-CONFIG_I: Configured from console" in router.cli("show logging"),
               5, "the log line")


# ---- abbreviation and errors ----

@pytest.mark.parametrize("short,full", [
    ("sh ip int br", "show ip interface brief"), ("sho IP RoUtE", "show ip route"),
    ("sh run int vl20", "show running-config interface Vlan20"), ("sh int gi8",
                                                                 "show interfaces GigabitEthernet8")])
def test_abbreviations(tty, router, short, full):
    def steady(text):
        return [re.sub(r"\d+", "N", l) for l in text.splitlines() if l.strip()]
    tty.command("terminal length 0")
    assert steady(tty.command(short)) == steady(router.cli(full))


def caret(tty, line, prompt="RT03#"):
    """The column (of the line) under which the caret stands; the message."""
    lines = tty.command(line).splitlines()
    at = next(l for l in lines if l.strip() == "^").index("^") - len(prompt)
    return at, next(l for l in lines if l.startswith("%"))


@pytest.mark.parametrize("line,column", [
    ("show ip rotue", 8), ("show ip route 1.2.3.400", 14), ("show bogus thing", 5),
    ("ping 1.2.3.4 size 999999", 18), ("  show nothing", 7)])
def test_caret(tty, line, column):
    assert caret(tty, line) == (column, INVALID)


def test_caret_in_a_submode_counts_the_prompt(tty):
    tty.command("configure terminal")
    tty.command("interface Vlan20")
    assert caret(tty, "ip address 1.2.3.4 bogus", "RT03(config-if)#") == (19, INVALID)


def test_caret_after_utf8(tty):
    """Columns, not bytes: a Japanese character takes two."""
    tty.command("configure terminal")
    tty.command("interface Vlan20")
    tty.command("description ユーザ名")
    assert caret(tty, "ip ユーザ名 x", "RT03(config-if)#") == (3, INVALID)
    tty.command("no description")


def test_incomplete(tty):
    assert "% Incomplete command." in tty.command("show ip")
    tty.command("configure terminal")
    assert "% Incomplete command." in tty.command("ip route 1.2.3.0 255.255.255.0")


def test_ambiguous(tty):
    assert '% Ambiguous command:  "sh i"' in tty.command("sh i").splitlines()


# ---- help ----

def test_question_mark_lists(tty):
    tty.type("show ip ?")
    text = tty.expect(r"RT03#show ip \Z")
    words = re.findall(r"^  (\S+) {2,}\S", text, re.M)
    assert {"route", "nat", "interface"} <= set(words) and words == sorted(words)
    tty.type(CTRL_U)


def test_question_mark_shows_values_and_cr(tty):
    tty.type("show ip route ?")
    assert "  A.B.C.D" in tty.expect(r"RT03#show ip route \Z")
    tty.type(CTRL_U + "show ip interface brief ?")
    assert re.search(r"^  <cr>", tty.expect(r"RT03#show ip interface brief \Z"), re.M)
    tty.type(CTRL_U + "configure terminal\r")
    tty.expect(r"\(config\)#\Z")
    tty.type("interface Vlan ?")
    assert "<1-4094>" in tty.expect(r"\(config\)#interface Vlan \Z")
    tty.type(CTRL_U)


def test_question_mark_in_a_word(tty):
    tty.type("sh?")
    text = tty.expect(r"RT03#sh\Z")
    assert re.search(r"^show\b", text, re.M)
    tty.type(CTRL_U + "zz?")
    assert "% Unrecognized command" in tty.expect(r"RT03#zz\Z")
    tty.type(CTRL_U)


def test_tab(tty):
    tty.type("sho" + TAB)
    tty.expect(r"RT03#(show )\Z|show \Z")
    tty.type("ip rou" + TAB)
    tty.expect(r"route \Z")
    tty.type("\r")
    assert "Gateway of last resort" in tty.expect(r"RT03#\Z")


def test_tab_without_one_meaning_changes_nothing(tty):
    tty.type("show i" + TAB)
    tty.type("p route\r")
    assert "Gateway of last resort" in tty.expect(r"RT03#\Z")


# ---- editing ----

def test_history(tty):
    tty.command("show clock")
    tty.command("show version")
    tty.type(UP + CTRL_P + "\r")
    assert re.search(r"\d\d:\d\d:\d\d", tty.expect(r"^RT03#\Z"))
    shown = tty.command("show history").splitlines()
    assert [l.strip() for l in shown][-4:-1] == ["show clock", "show version", "show clock"]


def test_line_editing(tty):
    tty.type("how clock" + CTRL_A + "s" + CTRL_E + " \r")
    assert re.search(r"\d\d:\d\d:\d\d", tty.expect(r"^RT03#\Z"))
    tty.type("garbage" + CTRL_U + "show clock\r")
    assert "Invalid" not in tty.expect(r"^RT03#\Z")
    tty.type("show clocx\x7fk\r")
    assert "Invalid" not in tty.expect(r"^RT03#\Z")


# ---- output ----

def test_more(tty):
    tty.type("show running-config\r")
    first = tty.expect(r" --More-- \Z")
    assert len(first.splitlines()) <= 25
    tty.type("\r")
    assert len(tty.expect(r" --More-- \Z").strip("\n").splitlines()) <= 3
    tty.type("q")
    tty.prompt()
    tty.type("show running-config\r")
    tty.expect(r" --More-- \Z")
    tty.type(" ")
    second = tty.expect(r"( --More-- |RT03#)\Z")
    assert len(second.strip("\n").splitlines()) > 3


def test_more_quits(tty):
    tty.type("show running-config\r")
    tty.expect(r" --More-- \Z")
    tty.type("q")
    rest = tty.expect(r"RT03#\Z")
    assert "access-list 1" not in rest


def test_terminal_length_0(tty):
    tty.command("terminal length 0")
    text = tty.command("show running-config")
    assert "--More--" not in text and text.rstrip().endswith("end")


def test_filters(router):
    run = router.cli("show running-config").splitlines()
    assert router.cli("show running-config | include ^interface").splitlines() \
        == [l for l in run if l.startswith("interface")]
    assert router.cli("show running-config | exclude ^ ").splitlines() \
        == [l for l in run if not l.startswith(" ")]
    begin = router.cli("show running-config | begin ^interface Vlan20").splitlines()
    assert begin == run[run.index("interface Vlan20"):]
    section = router.cli("show running-config | section Vlan20").splitlines()
    assert section == ["interface Vlan20", " ip address 192.168.20.1 255.255.255.0",
                       " ip nat inside", " ip virtual-reassembly in"]
    count = router.cli("show running-config | count ^interface")
    assert re.search(r"= (\d+)", count).group(1) == "3"
    assert router.cli("show running-config | include nat|route").count("\n") >= 5


def test_json(router):
    """Every show command gives JSON that parses."""
    for command in ("show ip route", "show ip interface brief", "show arp", "show version",
                    "show ip nat translations", "show ip nat statistics", "show interfaces",
                    "show mac address-table", "show vlan brief", "show access-lists",
                    "show platform datapath", "show platform ports", "show processes",
                    "show interfaces status", "show running-config", "show clock",
                    "show history", "show logging"):
        assert isinstance(router.json(command), (dict, list)), command
    # a port's link comes up after the router has started, and its routes with it
    wait_until(lambda: "0.0.0.0/0" in json.dumps(router.json("show ip route")), 10, "the route")


def test_output_into_files(tty, router):
    """redirect, append and tee write beside the startup-config, and nowhere else."""
    def read(name):
        with open(os.path.join(router.lab.dir, name), encoding="utf-8") as f:
            return f.read()

    try:
        assert tty.command("show running-config | redirect flash:saved.cfg").strip() == ""
        saved = read("saved.cfg")
        assert saved.startswith("Building configuration...") and saved.rstrip().endswith("end")
        assert "unchanged" in router.load(saved).stdout
        assert tty.command("show ip interface brief | append saved.cfg").strip() == ""
        assert read("saved.cfg") == saved + router.cli("show ip interface brief")
        shown = tty.command("show ip interface brief | tee file:saved.cfg")
        assert shown == read("saved.cfg") and "Vlan20" in shown
        before = {name: read(name) for name in ("RT03.startup-config", "RT03.platform.conf")}
        for name in ("../escaped", "/tmp/escaped", *before):
            got = tty.command(f"show version | redirect {name}")
            assert got.startswith(f"%Error opening {name} ("), got
        assert before == {name: read(name) for name in before}
        assert not os.path.exists("/tmp/escaped")
        assert not os.path.exists(os.path.join(os.path.dirname(router.lab.dir), "escaped"))
    finally:
        if os.path.exists(os.path.join(router.lab.dir, "saved.cfg")):
            os.unlink(os.path.join(router.lab.dir, "saved.cfg"))


def test_show_version(router):
    text = router.cli("show version")
    assert "Software" in text and "Version" in text and "RT03 uptime is" in text


def test_show_processes_and_datapath(router):
    assert re.search(r"CPU utilization for five seconds: \d+%", router.cli("show processes cpu"))
    text = router.cli("show platform datapath")
    assert re.search(r"ip4[-_]input", text) and re.search(r"ip4[-_]lookup", text)
    ports = router.cli("show platform ports")
    assert "GigabitEthernet0" in ports and "lan0" in ports and "af_packet" in ports


# ---- configuration ----

def test_no_and_default(router, restored):
    router.configure("interface Vlan20\n description x\n ip mtu 1400\n shutdown\n")
    assert {" description x", " ip mtu 1400", " shutdown"} <= set(router.running())
    router.configure("interface Vlan20\n no description\n default ip mtu\n no shutdown\n")
    assert not {" description x", " ip mtu 1400", " shutdown"} & set(router.running())


def test_no_removes_only_what_it_names(router, restored):
    router.configure("access-list 5 permit 10.0.0.0 0.255.255.255\n")
    router.configure("no access-list 5\n")
    assert not any("access-list 5" in l for l in router.running())
    assert "access-list 1 permit 192.168.20.0 0.0.0.255" in router.running()


def test_defaults_are_hidden(router, restored):
    before = router.running()
    router.configure("interface Vlan20\n ip mtu 1500\n no shutdown\n")
    assert router.running() == before


def test_switchport_mode_access_is_printed_where_it_was_typed(router, restored):
    before = router.running()
    assert " switchport mode access" not in before
    router.configure("interface GigabitEthernet0\n switchport mode access\n")
    assert " switchport mode access" in router.running()
    router.configure("interface GigabitEthernet0\n default switchport mode\n")
    assert router.running() == before


def test_utf8_arguments(router, restored):
    router.configure("interface Vlan20\n description ユーザ名 パスワード\n")
    assert " description ユーザ名 パスワード" in router.running()


def test_control_bytes_are_refused(router):
    before = router.running()
    done = router.load("interface Vlan20\n description a\x1b[31mb\n")
    assert done.returncode != 0 and "\x1b" not in done.stdout
    assert router.running() == before


def test_file_answers_line_by_line(router, restored):
    done = router.load("interface GigabitEthernet8\n duplex auto\n description new\n"
                       " bogus words\n!\nip cef\n")
    assert done.returncode != 0
    lines = done.stdout.splitlines()
    wanted = {"description new": "applied", "bogus words": "error", "duplex auto": "unchanged"}
    for text, word in wanted.items():
        assert any(text in l and word in l.lower() for l in lines), f"{text}: {word}?\n{done.stdout}"
    assert INVALID in done.stdout
    summary = lines[-1]
    assert re.search(r"\d+ lines", summary) and re.search(r"1 error", summary)
    assert " description new" in router.running()


def test_a_port_that_is_not_there_is_a_stub(router):
    """Configured, printed, shown as not present, removed again."""
    done = router.load("interface GigabitEthernet7\n description x\n ip address 10.7.0.1 "
                       "255.255.255.0\n")
    assert done.returncode == 0
    assert "%GigabitEthernet7 is not present: its lines are kept without effect" in done.stdout
    assert " description x" in router.running()
    assert re.search(r"GigabitEthernet7 +10.7.0.1 +YES \w+ +not present +down",
                     router.cli("show ip interface brief"))
    assert "10.7.0.0" not in router.cli("show ip route")
    assert router.load("no interface GigabitEthernet7\n").returncode == 0
    assert "interface GigabitEthernet7" not in router.running()


def test_physical_interfaces_stay(router):
    done = router.load("no interface GigabitEthernet8\n")
    assert "% Removal of physical interfaces is not permitted" in done.stdout


def test_configure_replace(router, restored):
    """It shows the difference, applies only that, and keeps what is the same."""
    text = "\n".join(router.running())
    text = text.replace("ip route 0.0.0.0 0.0.0.0 192.168.10.1",
                        "ip route 0.0.0.0 0.0.0.0 192.168.10.2")
    path = f"{router.lab.dir}/new.cfg"
    with open(path, "w", encoding="utf-8") as f:
        f.write(text + "\n")
    shown = router.cli(f"configure replace {path} force")
    assert "-ip route 0.0.0.0 0.0.0.0 192.168.10.1" in shown.replace("- ", "-")
    assert "+ip route 0.0.0.0 0.0.0.0 192.168.10.2" in shown.replace("+ ", "+")
    assert "Rollback Done" in shown and "interface" not in shown
    assert "via 192.168.10.2" in router.cli("show ip route")


def test_configure_replace_asks(tty, router, restored):
    path = f"{router.lab.dir}/same.cfg"
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(router.running()) + "\nhostname Changed\n")
    tty.type(f"configure replace {path}\r")
    tty.expect(r"\[no\]: \Z")
    tty.type("no\r")
    assert tty.prompt() == "RT03#"
    assert "hostname RT03" in router.running()


def test_configure_replace_with_a_bad_file_changes_nothing(router):
    before = router.running()
    path = f"{router.lab.dir}/bad.cfg"
    with open(path, "w", encoding="utf-8") as f:
        f.write("hostname X\nbogus\n")
    shown = router.shell("-c", f"configure replace {path} force")
    assert "%" in shown.stdout
    assert router.running() == before


def test_copy_running_startup(tty, router):
    tty.type("copy running-config startup-config\r")
    tty.expect(r"Destination filename \[startup-config\]\? \Z")
    tty.type("\r")
    assert "[OK]" in tty.expect(r"RT03#\Z")
    with open(router.startup_path, encoding="utf-8") as f:
        saved = f.read()
    assert "ip route 0.0.0.0 0.0.0.0 192.168.10.1" in saved
    assert "hostname RT03" in router.cli("show startup-config")


def test_exit_ends_the_session(router):
    with Terminal(router) as terminal:
        terminal.prompt()
        terminal.type("exit\r")
        wait_until(lambda: terminal.process.poll() is not None, 5, "the session's end")
        assert terminal.process.returncode == 0


def test_two_sessions(router):
    with Terminal(router) as one, Terminal(router) as two:
        one.prompt(), two.prompt()
        one.command("configure terminal")
        assert "Gateway" in two.command("show ip route")
        one.command("interface Vlan20")
        assert "192.168.20.1" in two.command("show ip interface brief")


def test_session_that_hangs_up(router):
    """In the middle of a long answer: the router does not mind."""
    for _ in range(5):
        terminal = Terminal(router)
        terminal.prompt()
        terminal.type("show running-config\r")
        terminal.close()
    assert "RT03" in router.cli("show version")


# ---- getting in ----

def test_login_local(router, restored):
    """Name and password before the prompt, the password unseen; three chances; then `enable`."""
    router.configure("enable secret opensesame\nusername joe secret walnut\n"
                     "username root privilege 15 secret almond\nline con 0\n login local\n")
    saved = "\n".join(router.running())
    for secret in ("opensesame", "walnut", "almond"):
        assert secret not in saved
    with Terminal(router) as tty:
        tty.expect(r"User Access Verification\n\nUsername: \Z")
        tty.type("joe\r")
        tty.expect(r"Password: \Z")
        tty.type("wrong\r")
        tty.expect(r"% Login invalid\n\nUsername: \Z")
        tty.type("joe\r")
        tty.expect(r"Password: \Z")
        tty.type("walnut\r")
        assert tty.prompt() == "RT03>"
        assert "% Invalid input" in tty.command("show running-config")
        tty.type("enable\r")
        tty.expect(r"Password: \Z")
        tty.type("no\r")
        tty.expect(r"% Access denied\nPassword: \Z")
        tty.type("opensesame\r")
        assert tty.prompt() == "RT03#"
        tty.command("disable")
        tty.type("enable\r")
        for _ in range(3):
            tty.expect(r"Password: \Z")
            tty.type("no\r")
        assert "% Bad secrets" in tty.expect(r"RT03>\Z")
        for secret in ("walnut", "opensesame", "wrong"):
            assert secret not in tty.text
    with Terminal(router) as tty:
        tty.expect(r"Username: \Z")
        tty.type("root\r")
        tty.expect(r"Password: \Z")
        tty.type("almond\r")
        assert tty.prompt() == "RT03#"
        tty.command("configure terminal")
        tty.type(CTRL_Z)
        tty.prompt()
    wait_until(lambda: "Configured from console by root on console" in router.cli("show logging"),
               5, "the log line")
    with Terminal(router) as tty:
        for _ in range(3):
            tty.expect(r"Username: \Z")
            tty.type("joe\r")
            tty.expect(r"Password: \Z")
            tty.type("\r")
        wait_until(lambda: tty.process.poll() is not None, 10, "the end of the session")
    assert router.findings() == []


def test_line_password(router, restored):
    router.configure("line con 0\n login\n")
    with Terminal(router) as tty:
        tty.expect("Password required, but none set")
        wait_until(lambda: tty.process.poll() is not None, 10, "the end of the session")
    router.configure("line con 0\n password walnut\n")
    with Terminal(router) as tty:
        tty.expect(r"Password: \Z")
        tty.type("walnut\r")
        assert tty.prompt() == "RT03>"
        assert "% No password set" in tty.command("enable")


def test_exec_timeout(router, restored):
    """An idle terminal's session ends; a script's does not."""
    router.configure("line con 0\n exec-timeout 0 1\n")
    with Terminal(router) as tty:
        assert tty.prompt() == "RT03#"
        wait_until(lambda: tty.process.poll() is not None, 15, "the end of the session")
        assert tty.process.returncode == 0
    assert "%SYS-6-TTY_EXPIRE_TIMER" in router.cli("show logging")
    router.configure("line con 0\n exec-timeout 0 0\n")
    with Terminal(router) as tty:
        assert tty.prompt() == "RT03#"


# ---- size ----

def routes(count):
    return "".join(f"ip route 10.{i >> 8 & 255}.{i & 255}.0 255.255.255.0 192.168.10.1 "
                   f"name line-{i}\n" for i in range(count))


@pytest.fixture(scope="module")
def quick(lab):
    """A router of the optimized build, for what must not take long."""
    box, far = lab.namespace("box2"), lab.namespace("far2")
    lab.veth(far, "lan0", box, "lan0")
    lab.veth(far, "wan0", box, "wan0")
    return Router(lab, "FAST", box, platform(gi0="lan0", gi8="wan0"), lab_config("RT03.cfg"),
                  "release").start()


def test_pasted_10000_lines(quick):
    """Typed at the prompt, as a paste is. The target is 2 s on an idle machine: see the output."""
    with Terminal(quick) as terminal:
        terminal.prompt()
        terminal.command("terminal length 0")
        terminal.type("configure terminal\r")
        terminal.expect(r"\(config\)#\Z")
        begun = time.monotonic()
        terminal.type(routes(10000).replace("\n", "\r"))
        terminal.type("hostname DONE\r")
        terminal.wait_for("DONE(config)#", 30)
        took = time.monotonic() - begun
    assert quick.cli("show running-config | count name line-").split()[-1] == "10000"
    print(f"10,000 pasted lines: {took:.2f} s")


def test_10000_lines_of_a_file(quick):
    begun = time.monotonic()
    quick.configure(routes(10000).replace("line-", "other-"))
    took = time.monotonic() - begun
    print(f"10,000 lines of a file: {took:.2f} s")
    begun = time.monotonic()
    done = quick.load(routes(10000).replace("line-", "other-"))
    print(f"again: {time.monotonic() - begun:.2f} s")
    assert re.search(r"\b10000 unchanged", done.stdout.splitlines()[-1])


def test_long_lines(router):
    """A line of 100,000 characters is refused or taken, and the session lives."""
    done = router.load("interface Vlan20\n description " + "x" * 100_000 + "\n")
    assert done.returncode in (0, 1)
    router.configure("interface Vlan20\n no description\n")
    assert "RT03" in router.cli("show version")
