# `kill -9` of an activation, before each system call that changes something, and before some that ask systemd: the
# next apply or reset converges, and the service is never left without a process.
CALLS = "mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,fsync,sendmsg,flock"
STATIC = "--jobs 12 --level warning"
DYNAMIC = "--jobs 4 --level warning"
ASKS = "org.freedesktop.DBus.Properties"

start_all()
machine.wait_for_unit("worker.service")
# Nobody looks at settling here, and it would be a second in each of the many activations.
machine.succeed("sed -i 's/settleSeconds = 1;/settleSeconds = 0;/' /etc/nixos/system.nix", "nixos-rebuild switch")
machine.succeed("dynix append services.worker.jobs 4", "dynix apply")
script = machine.succeed("readlink -f /run/dynix/applied").strip() + "/bin/activate"
machine.succeed("dynix reset", "systemctl reset-failed")

with subtest("which of these calls an activation makes"):
    calls = calls_of(f"{script} --here", CALLS)
    machine.succeed("dynix reset")
    # Hundreds of messages ask for properties of units, and change nothing: a few stand for all of them.
    asking = [call for call in calls if ASKS in call[2]]
    kills = [call for call in calls if call not in asking or call in asking[::50]]
    machine.log(f"{len(kills)} of {len(calls)}: " + ", ".join(f"{name} {number}" for name, number, _ in kills))
    assert len([call for call in kills if call not in asking]) > 20, "too few calls to mean anything"

bystander = machine.get_unit_property("bystander.service", "InvocationID")
outcomes = []
messages = []  # whether the activation came to each
for turn, (name, number, _) in enumerate(kills):
    # The start limit of a unit is about a person's mistakes and not about this loop.
    machine.execute("systemctl reset-failed")
    was_killed = kill_at(name, number, f"{script} --here")
    # How many units there are to ask for changes by itself.
    if name == "sendmsg":
        messages.append(was_killed)
    else:
        assert was_killed, f"not killed at {name} {number}"
    after_kill = worker_arguments()
    assert after_kill in (STATIC, DYNAMIC), after_kill
    go_on, wanted = (("dynix apply", DYNAMIC), ("dynix reset", STATIC))[turn % 2]
    status, said = machine.execute(f"{go_on} 2>&1")
    assert status == 0, f"{go_on} after a kill at {name} {number}: exit {status}\n{said}"
    t.assertEqual(worker_arguments(), wanted)
    status, said = machine.execute("dynix status 2>&1")
    t.assertEqual(status == 0, wanted == DYNAMIC, said)
    outcomes.append(f"{number:3} {name:10} killed: {after_kill}, then {go_on}: {wanted}")
    machine.execute("dynix reset")
    t.assertEqual(worker_arguments(), STATIC)

machine.log("\n" + "\n".join(outcomes))
machine.log(f"killed at {sum(messages)} of {len(messages)} messages")
assert messages and 2 * sum(messages) >= len(messages), "too few of the messages were come to"
with subtest("nobody else was touched"):
    t.assertEqual(machine.get_unit_property("bystander.service", "InvocationID"), bystander)
