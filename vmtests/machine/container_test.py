"""What a scenario relies on, tried on a real machine: boots, ends, commands, and that nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path
from unittest import mock

from . import container as container_module, place
from .cgroup import cgroup2_folder
from .container import BootFailed, Container
from .furnish import furnish
from .log import Log
from .machine import Machine, RequestedAssertionFailed
from .place import PREFIX, PYTHON_PATH
from .root import cached_root
from .scenario import live_names
from .unavailable import Unavailable

# A runner as a scenario has it: boots, says which machine it is, and waits.
RUNNER = """
import sys, time
from machine.container_test import booted
with booted() as machine:
    machine.execute("sleep 1000 >/dev/null 2>&1 & setsid sleep 1001 >/dev/null 2>&1 &")
    print(machine._container._place.folder, flush=True)
    time.sleep(1000)
"""


class booted:
    """A machine for a `with` block."""

    def __init__(self, furnish_more=lambda disk: None, boot: bool = True):
        try:
            root = cached_root()
        except Unavailable as reason:
            raise unittest.SkipTest(str(reason)) from None
        self.container = Container(root, {"/dynix": Path(PYTHON_PATH).parent}, {"GREETING": "hello there"})
        furnish(self.container.disk, root, "machine")
        furnish_more(self.container.disk)
        self.log = Log(open(os.devnull, "w"))
        self.machine = Machine("machine", self.container, self.log)
        self._boot = boot

    def __enter__(self) -> Machine:
        if self._boot:
            self.machine.start()
        return self.machine

    def __exit__(self, *_) -> None:
        self.container.remove()


def left_behind(folder: Path) -> list[str]:
    """What is still there of a machine: its folder, its group, mounts, processes."""
    left = [str(path) for path in [folder, cgroup2_folder() / folder.name] if path.exists()]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if folder.name in (process / "mountinfo").read_text() or folder.name in (process / "cgroup").read_text():
                left.append(f"process {process.name}: {(process / 'cmdline').read_bytes()!r}")
        except OSError:
            continue
    return left


class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.booted = booted()
        cls.machine = cls.booted.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.booted.__exit__()

    def test_output_is_stdout_alone(self):
        self.assertEqual(self.machine.succeed("echo out; echo err >&2"), "out\n")
        self.assertEqual(self.machine.succeed("echo a", "echo b"), "a\nb\n")

    def test_a_failure_carries_both_streams_and_the_code(self):
        with self.assertRaises(RequestedAssertionFailed) as raised:
            self.machine.succeed("echo out; echo err >&2; exit 3")
        for part in ["exit code 3", "out\n", "err\n"]:
            self.assertIn(part, str(raised.exception))

    def test_fail_wants_a_failure(self):
        self.machine.fail("false")
        with self.assertRaises(RequestedAssertionFailed):
            self.machine.fail("true")

    def test_the_shell_is_strict_as_the_drivers(self):
        for command in ["false; true", "false | true", "echo $no_such_variable"]:
            with self.subTest(command):
                self.machine.fail(command)

    def test_a_command_that_hangs_is_given_up(self):
        started = time.monotonic()
        with self.assertRaises(RequestedAssertionFailed) as raised:
            self.machine.succeed("echo before; sleep 100", timeout=1)
        self.assertIn("did not end within 1 s", str(raised.exception))
        self.assertIn("before", str(raised.exception))
        self.assertLess(time.monotonic() - started, 60)

    def test_one_that_ignores_the_signal_too(self):
        started = time.monotonic()
        with self.assertRaises(RequestedAssertionFailed):
            self.machine.succeed("trap '' TERM; while :; do sleep 0.1; done", timeout=1)
        self.assertLess(time.monotonic() - started, 60)

    def test_large_output_on_both_streams_at_once(self):
        script = "for s in 1 2; do head -c 3000000 /dev/zero | tr '\\0' x >&$s & done; wait"
        self.assertEqual(len(self.machine.succeed(script)), 3000000)

    def test_the_environment_is_a_login_and_not_the_hosts(self):
        os.environ["FROM_THE_HOST"] = "1"
        names = {line.split("=")[0] for line in self.machine.succeed("env").splitlines()}
        self.assertNotIn("FROM_THE_HOST", names)
        self.assertEqual(self.machine.succeed('echo "$HOME $GREETING"'), "/root hello there\n")

    def test_the_machine_sees_itself_alone(self):
        self.assertEqual(self.machine.succeed("hostname"), "machine\n")
        self.assertEqual(self.machine.succeed("cat /proc/1/comm"), "systemd\n")
        interfaces = self.machine.succeed("ls /sys/class/net").split()
        self.assertEqual(interfaces, ["lo"])
        self.machine.fail("touch /dynix/x")
        self.machine.fail("echo 1 > /proc/sys/vm/drop_caches")

    def test_units(self):
        self.machine.wait_for_unit("multi-user.target")
        self.machine.require_unit_state("dbus.service")
        self.assertGreater(int(self.machine.get_unit_property("dbus.service", "MainPID")), 1)
        with self.assertRaisesRegex(RequestedAssertionFailed, "inactive and there are no pending jobs"):
            self.machine.wait_for_unit("no-such.service")
        self.machine.execute("systemd-run --unit=broken --service-type=oneshot false")
        with self.assertRaisesRegex(RequestedAssertionFailed, "'failed'"):
            self.machine.wait_for_unit("broken.service")
        self.assertEqual(self.machine.systemctl("is-active broken.service"), (3, "failed\n"))

    def test_a_reload_runs_no_generator_of_systemd(self):
        self.machine.succeed("systemctl daemon-reload")
        self.assertEqual(self.machine.succeed("find /run/systemd -path '*/generator*' ! -type d"), "")

    def test_no_unit_is_there_for_nothing(self):
        listed = self.machine.succeed("systemctl list-units --all --plain --no-legend").splitlines()
        loaded = {line.split()[0]: line.split()[1] for line in listed}
        self.assertEqual(self.machine.succeed("systemctl get-default"), "multi-user.target\n")
        self.assertEqual({name: state for name, state in loaded.items() if state != "loaded"}, {})
        # A bare Debian has 130.
        self.assertLess(len(loaded), 50)

    def test_waiting(self):
        self.machine.execute("(sleep 0.5; touch /tmp/late) >/dev/null 2>&1 &")
        self.machine.wait_for_file("/tmp/late", timeout=60)
        self.machine.execute("(sleep 0.5; rm /tmp/late) >/dev/null 2>&1 &")
        self.machine.wait_until_fails("test -e /tmp/late", timeout=60)
        self.machine.execute("systemd-run --unit=web python3 -m http.server 8000")
        self.machine.wait_for_open_port(8000, timeout=60)
        with self.assertRaises(RequestedAssertionFailed):
            self.machine.wait_until_succeeds("false", timeout=1)

    def test_a_process_is_looked_at_when_it_has_executed_its_command(self):
        # What systemd has started and not executed yet has a program of this name.
        self.machine.succeed("cp /bin/bash /root/systemd-executor")
        live = live_names(self.machine, self.booted.log)
        late = "[Service]\nEnvironment=A=1\nExecStart=/root/systemd-executor -c 'sleep 2; A=2 exec sleep 1000'\n"
        for look, seen in [
            ("argument", "1000"),
            ("arguments_of", [["sleep", "1000"]]),
            ("of_main", ["sleep", "1000"]),
        ]:
            with self.subTest(look):
                live["put"]("late.service", late, start=True)
                self.assertEqual(live[look]("late.service"), seen)
                self.machine.succeed("systemctl stop late.service")
        live["put"]("late.service", late, start=True)
        self.assertEqual(live["variable_of"]("late.service", "A"), "2")
        live["put"]("never.service", late.replace("sleep 2", "sleep 1000"), start=True)
        live["PATIENCE"] = 1
        for look in ["argument", "arguments_of"]:
            with self.subTest(look):
                with self.assertRaisesRegex(RequestedAssertionFailed, "did not succeed within 1 s"):
                    live[look]("never.service")
                with self.assertRaises(RequestedAssertionFailed):
                    live[look]("no-such.service")

    def test_copies_go_both_ways_and_follow_no_link(self):
        source = Path(__file__).parent
        self.machine.copy_from_host(str(source), "/root/a/b")
        self.machine.copy_from_host(str(source / "log.py"), "/root/c.py")
        self.assertEqual(self.machine.succeed("cat /root/a/b/log.py"), (source / "log.py").read_text())
        self.assertEqual(self.machine.succeed("cat /root/c.py"), (source / "log.py").read_text())
        self.machine.succeed("ln -s /etc /root/link; echo inside > /etc/only-inside")
        self.machine.copy_from_host(str(source / "log.py"), "/root/link/through-a-link")
        self.assertFalse(Path("/etc/through-a-link").exists())
        self.machine.succeed("test -e /etc/through-a-link")

    def test_nix_builds(self):
        drv = 'derivation { name = "x"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo hi > $out" ]; }'
        self.assertEqual(self.machine.succeed(f"cat $(nix-build --no-out-link -E '{drv}')"), "hi\n")


class Power(unittest.TestCase):
    def test_a_reboot_keeps_the_disk_and_nothing_of_run(self):
        with booted() as machine:
            machine.succeed("touch /run/in-run /root/on-disk")
            machine.reboot()
            machine.fail("test -e /run/in-run")
            machine.succeed("test -e /root/on-disk")

    def test_a_crash_keeps_the_disk(self):
        with booted() as machine:
            machine.succeed("touch /root/on-disk")
            machine.crash()
            self.assertFalse(machine.is_up())
            machine.succeed("test -e /root/on-disk")
            machine.shutdown()
            self.assertFalse(machine.is_up())

    def test_every_machine_is_fresh(self):
        with booted() as machine:
            machine.succeed("touch /root/from-an-earlier-machine")
        with booted() as machine:
            machine.fail("test -e /root/from-an-earlier-machine")

    def test_a_hanging_boot_ends_with_what_systemd_says(self):
        def hang(disk) -> None:
            disk.write("/etc/systemd/system/hang.service", "[Service]\nType=oneshot\nExecStart=sleep infinity\n")
            disk.link("/etc/systemd/system/multi-user.target.wants/hang.service", "../hang.service")

        patience, container_module.BOOT_TIMEOUT = container_module.BOOT_TIMEOUT, 10
        try:
            with booted(hang, boot=False) as machine:
                with self.assertRaises(BootFailed) as raised:
                    machine.start()
                self.assertFalse(machine.is_up())
        finally:
            container_module.BOOT_TIMEOUT = patience
        self.assertIn("did not boot within 10 s", str(raised.exception))
        self.assertIn("hang.service", str(raised.exception))

    def test_a_backdoor_that_leads_elsewhere_is_never_used(self):
        with booted(boot=False) as machine:
            machine._container.disk.machine_id = "that of another machine"
            with self.assertRaisesRegex(BootFailed, "leads somewhere else"):
                machine.start()
            self.assertFalse(machine.is_up())

    def test_an_init_that_dies_is_not_waited_for(self):
        with booted(lambda disk: disk.link("/usr/lib/systemd/systemd", "/usr/bin/false"), boot=False) as machine:
            with self.assertRaises(BootFailed):
                machine.start()


class NothingIsLeft(unittest.TestCase):
    def end_runner(self, end) -> None:
        environment = {**os.environ, "PYTHONPATH": PYTHON_PATH}
        runner = subprocess.Popen(
            [sys.executable, "-P", "-c", RUNNER],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            process_group=0,
        )
        folder = Path(runner.stdout.readline().strip())
        self.assertTrue(folder.name.startswith(PREFIX), folder)
        self.assertNotEqual(left_behind(folder), [])
        end(runner)
        runner.wait()
        runner.stdout.close()
        until = time.monotonic() + 60
        while left_behind(folder) and time.monotonic() < until:
            time.sleep(0.05)
        self.assertEqual(left_behind(folder), [])

    def setUp(self):
        with booted(boot=False):
            # Skips here, where there is no machine.
            pass

    def test_after_control_c(self):
        self.end_runner(lambda runner: os.killpg(runner.pid, signal.SIGINT))

    def test_after_termination(self):
        self.end_runner(lambda runner: runner.terminate())

    def test_after_kill_of_the_runner(self):
        self.end_runner(lambda runner: runner.kill())

    def test_after_kill_of_its_whole_process_group(self):
        self.end_runner(lambda runner: os.killpg(runner.pid, signal.SIGKILL))

    def test_after_kill_of_the_reaper_too_the_next_run_cleans_up(self):
        def kill_both(runner: subprocess.Popen) -> None:
            reaper = Path(f"/proc/{runner.pid}/task/{runner.pid}/children").read_text().split()[0]
            words = Path(f"/proc/{reaper}/cmdline").read_text().split("\0")
            self.assertIn("machine.reaper", words)
            [folder] = [Path(word) for word in words if Path(word).name.startswith(PREFIX) and not word.startswith("/sys")]
            os.kill(int(reaper), signal.SIGKILL)
            runner.kill()
            runner.wait()
            # The reaper is nobody's child any more, so nothing else tells when it is gone.
            while not place.is_left(folder):
                time.sleep(0.05)
            with booted() as machine:
                machine.succeed("true")

        self.end_runner(kill_both)

    def test_a_machine_whose_folder_is_elsewhere_is_no_leftover(self):
        with booted() as machine, mock.patch.object(place, "folders", lambda: [Path("/nonexistent")]):
            place.remove_leftovers()
            machine.succeed("true")

    def test_a_machine_that_is_off_belongs_to_its_runner(self):
        with booted() as machine:
            machine.shutdown()
            with booted() as other:
                other.succeed("true")
            machine.succeed("true")

    def test_after_an_ordinary_end(self):
        with booted() as machine:
            folder = machine._container._place.folder
            machine.execute("setsid sleep 1002 >/dev/null 2>&1 &")
        self.assertEqual(left_behind(folder), [])
