# A switch to a system without dynix returns to static too: what is applied carries its own way back.


def switch_to_system(with_dynix):
    word = "true" if with_dynix else "false"
    machine.succeed(f"sed -i 's/^  dynix = .*/  dynix = {word};/' /etc/nixos/system.nix", "nixos-rebuild switch")


def expect_nothing_left():
    machine.succeed(
        NO_DROP_INS,
        "! ls /run/systemd/system/dynix-* /run/systemd/system/*.wants/dynix-* 2>/dev/null",
        "! test -e /run/dynix/state.json && ! test -L /run/dynix/program",
    )


STATIC = "--jobs 12 --level warning"
DYNAMIC = "--jobs 4 --level warning"

start_all()
machine.wait_for_unit("worker.service")
bystander = invocation("bystander.service")

with subtest("dynix is a package in the Nix store"):
    # What /usr/bin/dynix starts, where the machine has not all of its libraries.
    machine.succeed("mkdir -p /root/dynix/bin", "cp $(ls /usr/lib/dynix/dynix || echo /usr/bin/dynix) /root/dynix/bin/")
    package = machine.succeed("nix-store --add /root/dynix").strip()
    machine.succeed("rm -r /root/dynix")
    start = f'#!/bin/sh\\nLD_LIBRARY_PATH=/usr/lib/dynix/lib exec {package}/bin/dynix "$@"\\n'
    machine.succeed(f"printf '{start}' > /usr/bin/dynix", "rm -f /usr/lib/dynix/dynix")
    machine.succeed("dynix append services.worker.jobs 4", "dynix apply")
    t.assertEqual(worker_arguments(), DYNAMIC)

with subtest("the module is removed, and with it the program that the system had"):
    machine.succeed("rm /usr/bin/dynix", "nix-store --gc")
    machine.succeed(f"test -x {package}/bin/dynix")
    switch_to_system(with_dynix=False)
    machine.fail("systemctl cat dynix-revert.service")
    t.assertEqual(worker_arguments(), STATIC)
    expect_nothing_left()

with subtest("it is taken back once: a further switch leaves the service alone"):
    before = invocation("worker.service")
    machine.succeed("nixos-rebuild switch")
    t.assertEqual(invocation("worker.service"), before)
    machine.fail("systemctl is-failed --quiet dynix-return.service")

with subtest("nothing keeps the program any longer"):
    machine.succeed("nix-store --gc")
    machine.fail(f"test -e {package}")

with subtest("nobody else was touched"):
    t.assertEqual(invocation("bystander.service"), bystander)
