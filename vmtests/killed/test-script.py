# `kill -9` of an activation, before each system call that changes something, and before some that ask systemd: the
# next apply or reset converges, and the service is never left without a process.
import re

CALLS = "mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,fsync,sendmsg,flock"
STATIC = "--jobs 12 --level warning"
DYNAMIC = "--jobs 4 --level warning"

start_all()
machine.wait_for_unit("worker.service")
# Nobody looks at settling here, and it would be a second in each of the many activations.
machine.succeed("sed -i 's/settleSeconds = 1;/settleSeconds = 0;/' /etc/nixos/system.nix", "nixos-rebuild switch")
machine.succeed("dynix append services.worker.jobs 4", "dynix apply")
script = machine.succeed("readlink -f /run/dynix/applied").strip() + "/bin/activate"
machine.succeed("dynix reset", "systemctl reset-failed")

with subtest("how many of these calls an activation makes"):
    machine.succeed(f"strace -f -qq -s 1000 -o /tmp/calls -e trace={CALLS} {script} --here", "dynix reset")
    calls = re.findall(r"^\d+ +((\w+)\(.*)$", machine.execute("cat /tmp/calls")[1], re.MULTILINE)
    names = [name for _, name in calls]
    # Hundreds of messages ask for properties of units, and change nothing: a few stand for all of them.
    asking = [number for number, (call, _) in enumerate(calls, 1) if "org.freedesktop.DBus.Properties" in call]
    killed_at = sorted({number for number in range(1, len(calls) + 1)} - set(asking) | set(asking[::50]))
    machine.log(f"{len(killed_at)} of {len(calls)}: {', '.join(names[number - 1] for number in killed_at)}")
    assert len(set(killed_at) - set(asking)) > 5, "too few calls to mean anything"

bystander = machine.get_unit_property("bystander.service", "InvocationID")
outcomes = []
for turn, number in enumerate(killed_at):
    name = names[number - 1]
    # strace counts each kind of call by itself.
    nth = names[:number].count(name)
    # The start limit of a unit is about a person's mistakes and not about this loop.
    machine.execute("systemctl reset-failed")
    machine.execute(f"strace -f -qq -o /dev/null -e trace={name} -e inject={name}:signal=KILL:when={nth} {script} --here 2>&1")
    after_kill = worker_arguments()
    assert after_kill in (STATIC, DYNAMIC), after_kill
    go_on, wanted = (("dynix apply", DYNAMIC), ("dynix reset", STATIC))[turn % 2]
    status, said = machine.execute(f"{go_on} 2>&1")
    assert status == 0, f"{go_on} after a kill at call {number} ({name}): exit {status}\n{said}"
    t.assertEqual(worker_arguments(), wanted)
    status, said = machine.execute("dynix status 2>&1")
    t.assertEqual(status == 0, wanted == DYNAMIC, said)
    outcomes.append(f"{number:3} {name:10} killed: {after_kill}, then {go_on}: {wanted}")
    machine.execute("dynix reset")
    t.assertEqual(worker_arguments(), STATIC)

machine.log("\n" + "\n".join(outcomes))
with subtest("nobody else was touched"):
    t.assertEqual(machine.get_unit_property("bystander.service", "InvocationID"), bystander)
