# Commands at the same time: one waits for the other and names it; a NixOS switch and an apply exclude each other.


def together(*commands):
    """Runs the commands at once: exit code and output of each."""
    starts = "; ".join(f"(set +e; {command}; echo $? > /tmp/code{i}) > /tmp/said{i} 2>&1 &" for i, command in enumerate(commands))
    machine.execute(f"{starts.replace('&;', '&')} wait")
    found = []
    for i, command in enumerate(commands):
        code, said = (machine.succeed(f"cat /tmp/{what}{i}") for what in ("code", "said"))
        machine.log(f"{command} (exit {code.strip()})\n{said}")
        found.append((int(code), said))
    return found


start_all()
machine.wait_for_unit("worker.service")
bystander = machine.get_unit_property("bystander.service", "InvocationID")
machine.succeed("dynix append services.worker.jobs 4")

with subtest("three activations at once: all succeed, and those that wait say for whom"):
    machine.succeed("dynix apply --dry-run")
    script = machine.succeed("readlink -f /run/dynix/pending").strip() + "/bin/activate"
    # Each waits for those before it, as long as that takes.
    done = together(*[f"{script} --wait-for-lock 600"] * 3)
    t.assertEqual([code for code, _ in done], [0, 0, 0])
    waits = [said for _, said in done if "waiting for another dynix, process" in said]
    assert waits, "nobody had to wait"
    t.assertIn("dynix activate", waits[0])
    t.assertEqual(worker_arguments(), "--jobs 4 --level warning")
    machine.succeed("dynix status")

with subtest("an apply and a reset at once: both succeed, and status tells which came last"):
    machine.succeed("dynix append services.worker.jobs 5")
    done = together("dynix apply --wait-for-lock 600", "dynix reset --wait-for-lock 600")
    t.assertEqual([code for code, _ in done], [0, 0])
    status, _ = machine.execute("dynix status")
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning" if status == 0 else "--jobs 12 --level warning")
    machine.succeed("dynix apply", "systemctl reset-failed")

with subtest("a lock that is not given back: exit 1, with the name of the holder, and nothing is changed"):
    before = machine.get_unit_property("worker.service", "InvocationID")
    hold("/run/dynix/lock")
    machine.succeed("dynix append services.worker.jobs 6")
    ((code, said),) = together("dynix apply")
    t.assertEqual(code, 1)
    t.assertIn("flock /run/dynix/lock sleep infinity", said)
    machine.succeed("systemctl stop holder.service")
    t.assertEqual(machine.get_unit_property("worker.service", "InvocationID"), before)

with subtest("a switch in the middle of an apply is refused, and the apply ends well"):
    give_gate("worker.service")
    close_gate()
    machine.succeed("systemd-run --unit=applying dynix apply")
    wait_at_gate("worker.service")
    said = machine.fail("nixos-rebuild switch 2>&1")
    t.assertIn("Could not acquire lock", said)
    open_gate()
    wait_until_ended("applying.service")
    machine.succeed("dynix status")
    t.assertEqual(worker_arguments(), "--jobs 6 --level warning")

with subtest("nobody else was touched"):
    t.assertEqual(machine.get_unit_property("bystander.service", "InvocationID"), bystander)
