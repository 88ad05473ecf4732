# SPDX-License-Identifier: BSD-3-Clause
"""Fixtures: a lab per module, its state shown when a test fails, and a bound on every test."""

import contextlib
import ctypes
import os
import shutil
import signal
import sys
import threading

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


class OutOfTime(lab_module.LabError):
    def __init__(self):
        super().__init__(f"not done within {TEST_BOUND} s")


@contextlib.contextmanager
def bounded_by_alarm():
    def ring(signum, frame):
        raise OutOfTime
    signal.signal(signal.SIGALRM, ring)
    signal.alarm(TEST_BOUND)
    yield
    signal.alarm(0)


@contextlib.contextmanager
def bounded_by_thread():
    """Where there are no signals. A call that blocks is left before the exception comes."""
    thread = ctypes.c_ulong(threading.get_ident())
    timer = threading.Timer(TEST_BOUND, ctypes.pythonapi.PyThreadState_SetAsyncExc,
                            (thread, ctypes.py_object(OutOfTime)))
    timer.daemon = True
    timer.start()
    yield
    timer.cancel()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item, nextitem):
    """No test hangs: beyond the bound it fails, with the lab's state."""
    # A worker of xdist may find its main thread taken, and runs the tests in another one then.
    is_main = threading.current_thread() is threading.main_thread()
    with bounded_by_alarm() if is_main else bounded_by_thread():
        yield


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
