# An unprivileged user gains nothing by dynix and reads nothing private, whatever umask root has.
import json
import shlex

STATE = "/run/dynix/state.json"
DROP_IN = drop_in("worker.service")
OURS = "/run/dynix /run/systemd/system /etc/nixos"


def as_alice(command):
    return machine.execute(f"runuser -u alice -- sh -c {shlex.quote(command)} 2>&1")


def alice_cannot(command):
    status, said = as_alice(command)
    assert status != 0, f"alice could: {command}\n{said}"
    return said


def refused(command):
    status, said = machine.execute(f"{command} 2>&1")
    machine.log(f"{command} (exit {status})\n{said}")
    t.assertEqual(status, 1)
    return said


def expect_untouched():
    """Nothing that alice planted was executed."""
    machine.succeed("! test -e /root/owned")


start_all()
machine.wait_for_unit("worker.service")
machine.succeed("useradd --create-home alice")
EVIL = json.dumps(
    {
        "version": 1,
        "phase": "activating",
        "since": "",
        "plan": "",
        "dynamicFile": "",
        "configuration": "",
        "overrides": [],
        "units": [],
        "previous": [{"name": "worker.service", "dropIn": "[Service]\nExecStartPre=/usr/bin/touch /root/owned\n", "ran": True}],
        "left": [],
    }
)
machine.succeed(f"printf %s {shlex.quote(EVIL)} > /home/alice/state.json", "chown alice /home/alice/state.json")
PLANT = f"cp /home/alice/state.json {STATE}"

with subtest("with umask 000 nothing is open to others, and a planted state does not get there"):
    for command in ["append services.worker.jobs 4", "apply", "append services.worker.level error", "undo --last", "diff", "apply"]:
        machine.succeed(f"sh -c 'umask 000; dynix {command}'")
        t.assertEqual(machine.succeed(f"find {OURS} ! -type l -perm /0022"), "")
    alice_cannot(PLANT)
    alice_cannot("mv /run/dynix /run/other || mkdir /run/systemd/system/worker.service.d/x")
    alice_cannot("touch /etc/nixos/dynamic.nix.generations/9")
    t.assertEqual(worker_arguments(), "--jobs 4 --level warning")

with subtest("nobody can hold the locks and so keep root out"):
    for lock in ["/run/dynix/lock", "/run/nixos/switch-to-configuration.lock"]:
        alice_cannot(f"exec flock --nonblock {lock} true")
    machine.succeed("dynix reset")

with subtest("a folder that was left open: root refuses what alice put there, and is told how to go on"):
    machine.succeed("chmod 0777 /run/dynix")
    t.assertEqual(as_alice(PLANT)[0], 0)
    for command in ["dynix apply", "dynix status", "dynix reset"]:
        said = refused(command)
        t.assertIn("'/run/dynix' can be changed by others than its owner (mode 0777)", said)
        t.assertIn("chmod go-w /run/dynix", said)
    machine.succeed("chmod go-w /run/dynix")
    said = refused("dynix apply")
    t.assertIn("state.json' belongs to user", said)
    t.assertIn("'dynix reset'", said)
    machine.succeed("dynix reset", "test -e /run/dynix/state.json.damaged", "dynix apply")
    expect_untouched()
    machine.succeed("dynix reset", "rm /run/dynix/state.json.damaged")

with subtest("links are not followed: nothing is written through a drop-in that is one"):
    machine.succeed("echo precious > /root/precious", "chmod 0600 /root/precious")
    machine.succeed("dynix append services.worker.jobs 5")
    for spoil in [
        f"mkdir -p $(dirname {DROP_IN}) && ln -s /root/precious {DROP_IN}",
        f"rm -r $(dirname {DROP_IN}) && mkdir -p /root/elsewhere && ln -s /root/elsewhere $(dirname {DROP_IN})",
    ]:
        machine.succeed(spoil)
        t.assertIn("is a symbolic link, and is not followed", refused("dynix apply"))
        machine.succeed("test \"$(cat /root/precious)\" = precious", f"! test -e /root/elsewhere/{DROP_IN_NAME}")
    machine.succeed(f"rm $(dirname {DROP_IN})", "systemctl daemon-reload")

with subtest("with umask 077 others can still ask for the status"):
    machine.succeed("dynix reset; rm -r /run/dynix", "sh -c 'umask 077; dynix apply'")
    # Which process has what only root can prove.
    said = as_alice("dynix status")[1]
    t.assertIn("services.worker.jobs = 5", said)

with subtest("what the dynamic file protects is protected in every copy"):
    machine.succeed("chmod 0600 /etc/nixos/dynamic.nix", "dynix append services.worker.note public --message under-the-rose")
    machine.succeed("dynix apply", "dynix status")
    machine.succeed(f"grep -q under-the-rose {STATE}")
    t.assertEqual(machine.succeed(f"stat -c %a {STATE}").strip(), "600")
    as_alice("dynix apply; dynix diff; dynix activate /run/dynix/applied/plan.json")
    found = as_alice("grep -rls under-the-rose /run /nix/store /etc /tmp /var")[1]
    t.assertEqual(found, "")
    plan = json.loads(machine.succeed("cat /run/dynix/applied/plan.json"))
    t.assertEqual(plan["configuration"], "")
    t.assertEqual([one["dynamic"] for one in plan["overrides"]], [None, None])
    other_file = "printf '{ lib, ... }: { config = lib.mkMerge [ ]; }' > /home/alice/none.nix"
    t.assertIn("run the command as root", alice_cannot(f"{other_file}; dynix status --file /home/alice/none.nix"))
    # Older versions of the file were kept with another mode.
    machine.succeed("dynix undo --last")
    alice_cannot("ls /etc/nixos/dynamic.nix.generations")
    machine.succeed("dynix append services.worker.jobs 6", "dynix diff | grep 'services.worker.jobs: 12 -> 6'")
    machine.succeed("chmod 0644 /etc/nixos/dynamic.nix", "dynix apply", "dynix reset")

with subtest("the plan that was named is carried out, not one of that name elsewhere"):
    plans = {}
    for jobs in [7, 666]:
        machine.succeed(f"dynix append services.worker.jobs {jobs}", "dynix diff")
        plans[jobs] = machine.succeed("readlink -f /run/dynix/pending").strip() + "/plan.json"
    machine.succeed(f"cp {plans[666]} /tmp/plan.json", "chown alice /tmp/plan.json")
    script = f"cp {plans[7]} /tmp/plan.json && dynix activate /tmp/plan.json"
    said = machine.succeed(f"systemd-run --wait --pipe --property=PrivateTmp=yes sh -c {shlex.quote(script)} 2>&1")
    t.assertNotIn("in your session", said)
    t.assertEqual(worker_arguments(), "--jobs 7 --level warning")
    machine.succeed("rm /tmp/plan.json", "dynix reset")

with subtest("a plan of any name, after --, relative, or from a pipe, and a large one"):
    for name in ["--help", "$HOME %s", "a\nb", "caf\\351"]:
        quoted = f"$(printf {shlex.quote(name)})" if "\\" in name else shlex.quote(name)
        said = machine.succeed(f"cd /root && cp {plans[7]} ./{quoted} && dynix activate -- {quoted} 2>&1")
        t.assertNotIn("in your session", said)
        t.assertEqual(worker_arguments(), "--jobs 7 --level warning")
        machine.succeed("dynix reset", "systemctl reset-failed")
    large = f"python3 -c {shlex.quote('import json,sys; p = json.load(open(sys.argv[1])); p[chr(120)] = chr(120) * 60000000; json.dump(p, sys.stdout)')}"
    said = machine.succeed(f"cd /root && touch ./- && {large} {plans[7]} | dynix activate - 2>&1; rm ./-")
    t.assertNotIn("did not come up", said)
    t.assertNotIn("in your session", said)
    t.assertEqual(worker_arguments(), "--jobs 7 --level warning")
    t.assertEqual(json.loads(machine.succeed("cat /run/dynix/state.json"))["plan"], "", "not the file of the name '-'")
    machine.succeed("dynix reset")

with subtest("what a killed writer left goes with the next one"):
    machine.succeed(f"dynix activate {plans[7]}", f"touch /run/dynix/.state.json.new $(dirname {DROP_IN})/.{DROP_IN_NAME}.new", "dynix reset")
    t.assertEqual(machine.succeed("find /run/dynix /run/systemd/system /etc/nixos -name '.*.new'"), "")
    expect_untouched()
