# What runs in the machine, read from the kernel and from systemd: every test script has these names.
import collections
import json
import re
import time

# How many seconds what systemd, the kernel or another process settles in its own time may take on a machine that gets a
# tenth of a processor for a while. A wait for less fails there, and one that succeeds waits no longer for it.
PATIENCE = 120

# What dynix writes for a unit; its file's name stands here alone.
DROP_IN_NAME = "zz-dynix.conf"
NO_DROP_INS = f"! ls /run/systemd/system/*/{DROP_IN_NAME} 2>/dev/null"


def drop_in(unit):
    return f"/run/systemd/system/{unit}.d/{DROP_IN_NAME}"


def processes_of(unit):
    """The numbers of a unit's processes."""
    group = machine.get_unit_property(unit, "ControlGroup")
    return machine.succeed(f"cat /sys/fs/cgroup{group}/cgroup.procs").split()


# What systemd calls started may still be a process of systemd's own (systemd.service(5), Type=simple): for a moment it has
# the command line and the environment of that, and in the middle of its execve(2) none.
IS_EXECUTED = "is_executed() { case $(readlink /proc/$1/exe) in '' | */systemd | */systemd-executor) return 1 ;; esac; grep -qa . /proc/$1/$2; }"


def of_main(unit, file="cmdline"):
    """The words of this file of a unit's main process, as the kernel has it: `cmdline` or `environ`. Waits until the
    process has executed its command, and for the next one where systemd is starting it anew."""
    read = f"main=$(systemctl show -P MainPID {unit}); is_executed $main {file}; cat /proc/$main/{file}"
    words = machine.wait_until_succeeds(f"{IS_EXECUTED}; {read}", timeout=PATIENCE).split("\0")
    return words[:-1]


def arguments_of(unit):
    """The arguments of every process of a unit, as the kernel has them. Waits until all have executed their commands."""
    group = f"group=$(systemctl show -P ControlGroup {unit}); test -n \"$group\""
    each = "for one in $(cat /sys/fs/cgroup$group/cgroup.procs); do is_executed $one cmdline; cat /proc/$one/cmdline; echo; done"
    read = machine.wait_until_succeeds(f"{IS_EXECUTED}; {group}; {each}", timeout=PATIENCE)
    return [line.split("\0")[:-1] for line in read.splitlines()]


def worker_arguments():
    """What the process of small/'s worker was started with."""
    started = " ".join(of_main("worker.service"))
    t.assertIn("worker ", started)
    return started.split("worker ", 1)[1]


def value_after(words, name):
    return words[words.index(name) + 1] if name in words else None


def variable_of(unit, name):
    """A variable in the environment that a unit's main process was started with."""
    found = [word for word in of_main(unit, "environ") if word.startswith(f"{name}=")]
    t.assertEqual(len(found), 1, f"'{unit}' has not one variable {name}: {found}")
    return found[0].removeprefix(f"{name}=")


def process_start(unit):
    """When a unit's process was started, by the clock of systemd."""
    return machine.get_unit_property(unit, "ExecMainStartTimestampMonotonic")


def wait_until_activations_ended():
    """The unit of an activation is there for a moment longer than the command that waits for its result."""
    machine.wait_until_fails("systemctl list-units --all --plain --no-legend 'dynix-activation-*' | grep .", timeout=PATIENCE)


def running_services(but=None):
    """Every running service but one, with its start."""
    wait_until_activations_ended()
    listed = machine.execute("systemctl list-units --type=service --state=running --plain --no-legend")[1]
    units = [line.split()[0] for line in listed.splitlines()]
    return {unit: process_start(unit) for unit in units if unit != but}


def expect_untouched(before):
    """Every one of these services still runs and was not started anew."""
    now = running_services()
    t.assertEqual({unit: now.get(unit) for unit in before}, before)
    machine.log(f"not restarted: {', '.join(before)}")


def argument(unit):
    """The first argument of a unit's main process."""
    return of_main(unit)[1]


def wait_for_command(unit, name):
    """Waits until a unit's main process shows this command, which it was not started with."""
    machine.wait_until_succeeds(f"grep -qa '^{name}' /proc/$(systemctl show -P MainPID {unit})/cmdline", timeout=PATIENCE)


def wait_until_ended(unit):
    machine.wait_until_fails(f"systemctl is-active {unit}", timeout=PATIENCE)


def hold(lock, unit="holder"):
    """Holds this lock, in a unit of that name, until that is stopped."""
    machine.succeed(f"mkdir -p $(dirname {lock}); systemd-run --unit={unit} flock {lock} sleep infinity")
    machine.wait_until_fails(f"flock --nonblock {lock} true", timeout=PATIENCE)


def settle_for(seconds):
    """How long small/'s worker has to stay up in every activation that is evaluated from now on."""
    machine.succeed(f"sed -i -E 's/settleSeconds = [0-9]+;/settleSeconds = {seconds};/' /etc/nixos/system.nix")


def wait_until_activating():
    """Returns when an activation has begun to change something: at once, as it lasts no longer than what it changes has
    to settle."""
    look = "until grep -q activating /run/dynix/state.json 2>/dev/null; do sleep 0.05; done"
    machine.succeed(look, timeout=PATIENCE)


def invocation(unit):
    """The current run of a unit."""
    return machine.get_unit_property(unit, "InvocationID")


def soft_reboot(unit):
    """Ends every process and starts the services anew; returns when systemd has done so and the unit runs."""
    reboots = int(machine.succeed("systemctl show -P SoftRebootsCount"))
    machine.execute("systemctl soft-reboot")
    # Whoever asks meanwhile is one more process that systemd has to end; one run of twelve hung so.
    time.sleep(3)
    machine.wait_until_succeeds(f"test $(systemctl show -P SoftRebootsCount) = {reboots + 1}", timeout=PATIENCE)
    machine.wait_for_unit(unit)


def calls_of(command, names):
    """The system calls of these names (separated by commas) that a command makes itself and that succeed, as what fails
    changes nothing: the name, which of this name it is, and strace's line. What the command starts makes calls of its
    own, which strace counts apart, so that they are left out here and in `kill_at`."""
    machine.succeed(f"strace -qq -s 1000 -o /tmp/calls -e trace={names} {command}")
    counted = collections.Counter()
    calls = []
    for line in machine.succeed("cat /tmp/calls").splitlines():
        if call := re.match(r"(\w+)\(", line):
            counted[call[1]] += 1
            if " = -1 " not in line:
                calls.append((call[1], counted[call[1]], line))
    return calls


def kill_at(name, number, command):
    """Runs a command that is killed before it makes this call, the `number`th of that name. Whether it came so far."""
    return machine.execute(f"strace -qq -o /dev/null -e trace={name} -e inject={name}:signal=KILL:when={number} {command} 2>&1")[0] == 137


UNITS = "/etc/systemd/system"

# What a unit does before its command is executed, that a test has time for what is to come in the middle of a start: it
# waits from `close_gate` until `open_gate`.
GATE = "ExecStartPre=/bin/sh -c 'while test -e /run/closed; do sleep 0.1; done'\nTimeoutStartSec=infinity"


def close_gate():
    machine.succeed("touch /run/closed")


def wait_at_gate(unit):
    """Returns when the start of the unit has come to the gate."""
    machine.wait_until_succeeds(f"systemctl show -P SubState {unit} | grep '^start-pre$'", timeout=PATIENCE)


def open_gate():
    machine.succeed("rm /run/closed")


def give_gate(unit):
    """Makes it a part of the unit, whatever its configuration says."""
    folder = f"{UNITS}/{unit}.d"
    machine.succeed(f"mkdir {folder}; cat > {folder}/gate.conf <<'END'\n[Service]\n{GATE}\nEND\nsystemctl daemon-reload")


def service(argument, *lines):
    return "\n".join(["[Service]", f"ExecStart=/bin/sleep {argument}", *lines, ""])


def put_all(units):
    """Unit files of the static configuration, which are loaded at once: systemd reads every unit file for that."""
    files = "\n".join(f"cat > {UNITS}/{name} <<'END'\n{text}END" for name, text in units.items())
    machine.succeed(f"{files}\nsystemctl daemon-reload")


def put(name, text, start=False):
    """A unit file of the static configuration, which is loaded. Its unit is started, until systemd has executed its
    command; whether it starts well is not looked at."""
    put_all({name: text})
    if start:
        started = f'main=$(systemctl show -P MainPID {name}); test "${{main:-0}}" = 0 || is_executed $main cmdline'
        machine.execute(f"systemctl start {name}; {IS_EXECUTED}; until {started}; do sleep 0.05; done", timeout=PATIENCE)


def plan(settle=1, checks=None, **units):
    """A plan for units: their static and dynamic text. '.' and '@' are written '_dot_' and '_at_'; 'a' is 'a.service'.
    All of them have these `checks`: the members `preflights` and `probes` of plan.json."""
    planned = []
    for name, (old, new) in units.items():
        name = name.replace("_dot_", ".").replace("_at_", "@")
        planned.append({"name": name if "." in name else f"{name}.service", "action": "restart", "static": old, "dynamic": new} | (checks or {}))
    odd = {"name": "odd", "options": [], "settleSeconds": settle, "units": planned}
    whole = {"version": 1, "dynamicFile": "", "configuration": "", "verify": "quick", "services": [odd]}
    whole |= {"overrides": [], "problems": [], "warnings": [], "leaks": []}
    machine.succeed(f"cat > /tmp/plan.json <<'END'\n{json.dumps(whole)}\nEND")


def activate(code, *words, flags=""):
    """Activates the plan, expects the exit code, and these words in what it says."""
    status, said = machine.execute(f"dynix activate {flags} /tmp/plan.json 2>&1")
    machine.log(f"(exit {status})\n{said}")
    t.assertEqual(status, code)
    for word in words:
        t.assertIn(word, said)


def reset():
    """Back to static, with no failure of an earlier case and no drop-in left."""
    machine.succeed("dynix reset", "systemctl reset-failed", NO_DROP_INS)


def runtime_module(code, command, *words, before=""):
    """Runs runtime-module, expects the exit code, and these words in what it says."""
    status, said = machine.execute(f"{before} runtime-module {command} 2>&1")
    machine.log(f"runtime-module {command} (exit {status})\n{said}")
    t.assertEqual(status, code, said)
    for word in words:
        t.assertIn(word, said)
    return said


def runtime_module_record(command, code=0):
    status, out = machine.execute(f"runtime-module --json {command} 2>/dev/null")
    t.assertEqual(status, code, out)
    return json.loads(out)


def enabled_modules():
    return [one["name"] for one in runtime_module_record("list")["modules"] if one["enabled"]]
