# SPDX-License-Identifier: BSD-3-Clause
"""Fixtures: a lab per module, its state shown when a test fails, and a bound on every test."""

import os
import shutil
import signal
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import lab as lab_module  # noqa: E402

TEST_BOUND = int(os.environ.get("BYWAY_TEST_BOUND", "240"))  # seconds
PREFIX = "bwt"
XDP_DIR = "/run/xdp"  # libxdp makes it for its lock, and leaves it


def pytest_sessionstart(session):
    if session.config.option.collectonly:
        return
    if os.geteuid() != 0:
        pytest.exit("the end-to-end tests make network namespaces: run them as root", 2)
    lab_module.sweep(PREFIX + r"(\d+)-.*")
    if not os.environ.get("BYWAY_KEEP_LOGS"):
        lab_module.sweep_directories("/tmp", PREFIX + r"(\d+)-.*")
    session.config.had_xdp = os.path.exists(XDP_DIR)


def pytest_sessionfinish(session):
    if not getattr(session.config, "had_xdp", True):
        try:
            os.rmdir(XDP_DIR)
        except OSError:
            pass


@pytest.fixture(scope="module")
def lab(request):
    """The module's lab: made empty, closed whatever happened."""
    name = request.module.__name__.removeprefix("test_")
    directory = f"/tmp/{PREFIX}{os.getpid()}-{name}"
    made = lab_module.Lab(f"{PREFIX}{os.getpid()}-{name}", directory)
    request.module.__dict__["_lab"] = made
    yield made
    try:
        made.close()
    finally:
        if not os.environ.get("BYWAY_KEEP_LOGS"):
            shutil.rmtree(directory, ignore_errors=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item, nextitem):
    """No test hangs: beyond the bound it fails, with the lab's state."""
    def out_of_time(signum, frame):
        raise lab_module.LabError(f"not done within {TEST_BOUND} s")
    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(TEST_BOUND)
    yield
    signal.alarm(0)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    made = getattr(item.module, "_lab", None)
    if report.failed and made is not None:
        try:
            report.sections.extend(made.dump())
        except Exception as e:  # pylint: disable=broad-except
            report.sections.append(("lab", f"its state cannot be shown: {e}"))
