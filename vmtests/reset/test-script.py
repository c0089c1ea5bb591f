# `dynix reset` and a switch return to the static configuration from whatever state they find.

DROP_IN = drop_in("worker.service")
STATIC = "--jobs 12 --level warning"
DYNAMIC = "--jobs 4 --level warning"

start_all()
machine.wait_for_unit("worker.service")
bystander = invocation("bystander.service")
machine.succeed("dynix append services.worker.jobs 4")

with subtest("reset with nothing applied does nothing"):
    before = invocation("worker.service")
    machine.succeed("dynix reset")
    t.assertEqual(invocation("worker.service"), before)

with subtest("what is not there is not still there where nothing can be removed"):
    for folder in ["/nix/var/nix/gcroots", "/run/systemd/system"]:
        machine.succeed(f"mount --bind {folder} {folder}", f"mount -o remount,bind,ro {folder}")
        machine.succeed("dynix reset", f"umount {folder}")

with subtest("a dry run changes nothing, in both directions"):
    machine.succeed("dynix apply --dry-run")
    t.assertEqual(worker_arguments(), STATIC)
    machine.succeed("dynix apply")
    t.assertEqual(worker_arguments(), DYNAMIC)
    machine.succeed("dynix reset --dry-run")
    t.assertEqual(worker_arguments(), DYNAMIC)

for name, return_to_static in [("reset", "dynix reset"), ("switch", "nixos-rebuild switch")]:
    spoilings = {
        "as apply left it": "true",
        "with the state file gone": "rm /run/dynix/state.json",
        "with the drop-in gone": f"rm {DROP_IN} && systemctl daemon-reload",
        "with the dynamic file gone": "mv /etc/nixos/dynamic.nix /root/dynamic.nix",
        "with the service stopped": "systemctl stop worker.service",
    }
    for what, spoil in spoilings.items():
        with subtest(f"{name}, {what}"):
            machine.succeed("dynix apply")
            t.assertEqual(worker_arguments(), DYNAMIC)
            machine.succeed(spoil)
            machine.succeed(return_to_static)
            machine.fail(f"test -e {DROP_IN}")
            if "stopped" in what:
                # A reset starts nothing; a switch starts what the target wants.
                machine.succeed("systemctl start worker.service")
            t.assertEqual(worker_arguments(), STATIC)
            machine.succeed("systemctl reset-failed", "! test -e /root/dynamic.nix || mv /root/dynamic.nix /etc/nixos/")

with subtest("a second switch in a row leaves the service alone"):
    before = invocation("worker.service")
    machine.succeed("nixos-rebuild switch")
    t.assertEqual(invocation("worker.service"), before)

with subtest("nobody else was touched"):
    t.assertEqual(invocation("bystander.service"), bystander)
