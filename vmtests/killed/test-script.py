# `kill -9` of an activation, before each system call that changes something: the next apply or reset
# converges, and the service is never left without a process.
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
    machine.succeed(f"strace -f -qq -o /tmp/calls -e trace={CALLS} {script} --here", "dynix reset")
    names = re.findall(r"^\d+ +(\w+)\(", machine.execute("cat /tmp/calls")[1], re.MULTILINE)
    count = len(names)
    machine.log(f"{count}: {', '.join(names)}")
    assert count > 5, "too few calls to mean anything"

bystander = machine.get_unit_property("bystander.service", "InvocationID")
outcomes = []
for number, name in enumerate(names, 1):
    # strace counts each kind of call by itself.
    nth = names[:number].count(name)
    # The start limit of a unit is about a person's mistakes and not about this loop.
    machine.execute("systemctl reset-failed")
    machine.execute(f"strace -f -qq -o /dev/null -e trace={name} -e inject={name}:signal=KILL:when={nth} {script} --here 2>&1")
    after_kill = worker_arguments()
    assert after_kill in (STATIC, DYNAMIC), after_kill
    go_on, wanted = (("dynix apply", DYNAMIC), ("dynix reset", STATIC))[number % 2]
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
