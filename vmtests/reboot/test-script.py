# A reboot returns to the static configuration; the dynamic file stays and can be applied again.

start_all()
machine.wait_for_unit("worker.service")

with subtest("an override is live"):
    machine.succeed("dynix append services.worker.jobs 4", "dynix apply")
    t.assertEqual(worker_arguments(), "--jobs 4 --level warning")
    machine.succeed("dynix status")

for name, turn_off in [("reboot", machine.reboot), ("power cut", machine.crash)]:
    with subtest(f"after a {name} the static configuration runs"):
        turn_off()
        machine.start()
        machine.wait_for_unit("worker.service")
        t.assertEqual(worker_arguments(), "--jobs 12 --level warning")
        machine.fail("dynix status")
        machine.succeed(NO_DROP_INS)
        machine.succeed("dynix show | grep services.worker.jobs")

    with subtest(f"and the dynamic file applies again after a {name}"):
        machine.succeed("dynix apply")
        t.assertEqual(worker_arguments(), "--jobs 4 --level warning")
        machine.succeed("dynix status")

with subtest("nothing that was applied is kept from garbage collection after a reboot"):
    plan = machine.succeed("readlink -f /run/dynix/applied").strip()
    machine.succeed("nix-collect-garbage 2>&1 | tail -1", f"test -e {plan}")
    machine.reboot()
    machine.succeed("nix-collect-garbage 2>&1 | tail -1")
    machine.fail(f"test -e {plan}")
    machine.wait_for_unit("worker.service")
