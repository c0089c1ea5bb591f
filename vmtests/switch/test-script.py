# A switch to a changed static configuration: the service runs the new static one, and no override survives.


def set_static_jobs(jobs):
    machine.succeed(f"sed -i 's/^    jobs = .*/    jobs = {jobs};/' /etc/nixos/system.nix", "nixos-rebuild switch")


start_all()
machine.wait_for_unit("worker.service")
bystander = invocation("bystander.service")

with subtest("without overrides a switch restarts what changed, once"):
    set_static_jobs(10)
    t.assertEqual(worker_arguments(), "--jobs 10 --level warning")
    before = invocation("worker.service")
    machine.succeed("nixos-rebuild switch")
    t.assertEqual(invocation("worker.service"), before)

with subtest("an override of one option, and a static change of the same unit"):
    machine.succeed("dynix append services.worker.level error", "dynix apply")
    t.assertEqual(worker_arguments(), "--jobs 10 --level error")
    set_static_jobs(8)
    t.assertEqual(worker_arguments(), "--jobs 8 --level warning")
    machine.fail("dynix status")

with subtest("the override applies over the new static configuration"):
    machine.succeed("dynix apply")
    t.assertEqual(worker_arguments(), "--jobs 8 --level error")
    machine.succeed("dynix status")

with subtest("a static change that was not switched to: apply refuses to bring it in by the back door"):
    machine.succeed("sed -i 's/^    jobs = .*/    jobs = 6;/' /etc/nixos/system.nix")
    machine.fail("dynix apply")
    t.assertEqual(worker_arguments(), "--jobs 8 --level error")
    set_static_jobs(6)
    t.assertEqual(worker_arguments(), "--jobs 6 --level warning")

with subtest("nobody else was touched"):
    t.assertEqual(invocation("bystander.service"), bystander)
