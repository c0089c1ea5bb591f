# Overrides of dynix and runtime modules: neither undoes the other unseen.
import json


def jobs_of_helper():
    return value_after(of_main("helper.service"), "--jobs")


def confirmation():
    return json.loads(machine.succeed("cat /var/lib/dynix/confirmation.json"))


start_all()
machine.wait_for_unit("worker.service")
runtime_module(0, "enable ticker")

with subtest("what dynix has applied stays, where the modules do not change its unit"):
    machine.succeed("dynix append services.worker.jobs 4", "dynix apply")
    t.assertIn("--jobs 4", worker_arguments())
    worker = machine.get_unit_property("worker.service", "InvocationID")
    said = runtime_module(0, "enable clock")
    t.assertNotIn("takes back", said)
    t.assertIn("--jobs 4", worker_arguments())
    t.assertEqual(machine.get_unit_property("worker.service", "InvocationID"), worker)
    machine.succeed("dynix status")
    runtime_module(3, "enable broken")
    t.assertIn("--jobs 4", worker_arguments())
    runtime_module(0, "disable clock")
    t.assertEqual(machine.get_unit_property("worker.service", "InvocationID"), worker)

with subtest("and is taken back where they do, which is said before; that of other units stays"):
    machine.succeed("dynix append services.helper.jobs 5", "dynix apply")
    helper = machine.get_unit_property("helper.service", "InvocationID")
    t.assertEqual(runtime_module_record("diff louder")["overridesTakenBack"], ["services.worker.jobs = 4"])
    runtime_module(0, "enable louder", "takes back the overrides of dynix, since worker.service changes: services.worker.jobs = 4; all others stay")
    t.assertEqual((worker_arguments(), jobs_of_helper()), ("--jobs 12 --level error", "5"))
    t.assertEqual(machine.get_unit_property("helper.service", "InvocationID"), helper)
    machine.succeed(f"! test -e {drop_in('worker.service')}")
    shown = {one["option"]: one["standing"] for one in json.loads(machine.execute("dynix status --json")[1])["overrides"]}
    t.assertEqual(shown, {"services.worker.jobs": "pending", "services.helper.jobs": "live"})
    runtime_module(0, "disable louder")
    t.assertEqual((worker_arguments(), jobs_of_helper()), ("--jobs 12 --level warning", "5"))
    machine.succeed("dynix apply", "dynix status")
    t.assertEqual((worker_arguments(), jobs_of_helper()), ("--jobs 4 --level warning", "5"))

with subtest("an activation that fails puts back what it has taken back, too"):
    helper = machine.get_unit_property("helper.service", "InvocationID")
    said = runtime_module(3, "enable louder broken", "takes back the overrides of dynix", "the previous system runs again")
    t.assertEqual((worker_arguments(), jobs_of_helper()), ("--jobs 4 --level warning", "5"))
    t.assertEqual(machine.get_unit_property("helper.service", "InvocationID"), helper)
    machine.succeed("dynix status")
    t.assertEqual(runtime_module_record("enable louder broken", 3)["overridesTakenBack"], [])

with subtest("but for what somebody takes out of the file meanwhile"):
    machine.succeed(
        "{ runtime-module enable louder broken > /root/said 2>&1 || echo $? > /root/ended; } &"
        " until grep -q activating /run/runtime-modules/state.json; do sleep 0.01; done; dynix undo services.worker.jobs; wait"
    )
    said = machine.succeed("cat /root/said")
    machine.log(said)
    t.assertEqual(machine.succeed("cat /root/ended").strip(), "4")
    t.assertIn("overrides of dynix are not applied any more: services.worker.jobs = 4", said)
    t.assertIn("somebody has changed them meanwhile", said)
    t.assertEqual((worker_arguments(), jobs_of_helper()), ("--jobs 12 --level warning", "5"))
    machine.succeed("dynix append services.worker.jobs 4", "dynix apply", "dynix status")

with subtest("where the plan that is applied is no part of the store, nothing beside it is run, and what is lost is named"):
    machine.succeed("cp /run/dynix/applied/plan.json /root/", "dynix activate /root/plan.json", "mkdir /root/bin")
    machine.succeed("printf '#!/bin/sh\\ntouch /root/owned\\n' > /root/bin/activate", "chmod +x /root/bin/activate")
    runtime_module(4, "enable louder broken", "overrides of dynix are not applied any more: services.worker.jobs = 4", "'dynix apply'", "the previous system runs again")
    machine.succeed("! test -e /root/owned")
    t.assertEqual((worker_arguments(), jobs_of_helper()), ("--jobs 12 --level warning", "5"))
    machine.succeed("dynix apply", "dynix status")

with subtest("an override of a unit that a module changes is one of the module's text"):
    runtime_module(0, "enable louder")
    machine.succeed("dynix apply", "dynix status")
    t.assertEqual((worker_arguments(), jobs_of_helper()), ("--jobs 4 --level error", "5"))
    runtime_module(0, "disable louder", "takes back the overrides of dynix, since worker.service changes: services.worker.jobs = 4")
    t.assertEqual((worker_arguments(), jobs_of_helper()), ("--jobs 12 --level warning", "5"))
    machine.succeed("dynix apply", "dynix status")

with subtest("an override that reaches a unit of a module is refused by name, as one that reaches a unit of the base"):
    runtime_module(0, "enable follower")
    machine.succeed("dynix append services.worker.jobs 5")
    said = machine.fail("dynix apply 2>&1")
    machine.log(said)
    t.assertIn("follower.service", said)
    t.assertEqual(worker_arguments(), "--jobs 4 --level warning")
    machine.succeed("dynix undo services.worker.jobs", "dynix append services.worker.jobs 4")
    runtime_module(0, "disable follower")

with subtest("a service that a module brings has overrides as any other, for as long as it is on"):
    runtime_module(0, "enable miner")
    machine.succeed("dynix append services.miner.depth 1000201", "dynix apply", "dynix status")
    t.assertEqual(arguments_of("miner.service")[0][-1], "1000201")
    runtime_module(0, "disable miner", "takes back the overrides of dynix, since miner.service changes: services.miner.depth = 1000201")
    said = machine.fail("dynix apply 2>&1")
    machine.log(said)
    t.assertIn("services.miner", said)
    t.assertEqual((worker_arguments(), jobs_of_helper()), ("--jobs 4 --level warning", "5"))
    runtime_module(0, "enable miner")
    machine.succeed("dynix apply", "dynix status")
    t.assertEqual(arguments_of("miner.service")[0][-1], "1000201")

with subtest("a module's file that has changed is drift, and what brings it in is named"):
    machine.succeed("sed -i 's/wantedBy/environment.DEEP = \"1\"; wantedBy/' /etc/nixos/modules/miner.nix", "dynix append services.miner.depth 1000202")
    said = machine.fail("dynix apply 2>&1")
    machine.log(said)
    t.assertIn("'runtime-module rebuild'", said)
    runtime_module(0, "rebuild", "takes back the overrides of dynix, since miner.service changes")
    machine.succeed("dynix apply", "dynix status")
    t.assertEqual(arguments_of("miner.service")[0][-1], "1000202")
    machine.succeed("dynix undo services.miner.depth")
    runtime_module(0, "disable miner")
    machine.succeed("dynix apply", "dynix status")

with subtest("an apply that waits to be confirmed goes on waiting where the modules do not change its unit"):
    machine.succeed("dynix append services.worker.jobs 6", "SUDO_USER=alice dynix apply --confirm 60s")
    runtime_module(0, "enable clock")
    t.assertEqual(worker_arguments(), "--jobs 6 --level warning")
    t.assertEqual(confirmation()["phase"], "waiting")
    machine.wait_until_succeeds("grep -q taken-back /var/lib/dynix/confirmation.json", timeout=PATIENCE)
    t.assertEqual((worker_arguments(), jobs_of_helper()), ("--jobs 4 --level warning", "5"))
    t.assertEqual(enabled_modules(), ["ticker", "clock"])
    runtime_module(0, "disable clock")
    machine.succeed("dynix status")

with subtest("and can be confirmed with the modules on"):
    machine.succeed("dynix append services.worker.jobs 7", "SUDO_USER=alice dynix apply --confirm 600s")
    runtime_module(0, "enable clock")
    machine.succeed("SUDO_USER=alice dynix confirm", "dynix status")
    runtime_module(0, "disable clock")
    t.assertEqual(worker_arguments(), "--jobs 7 --level warning")

with subtest("where they do, it is taken back with all that is applied, and that is said before"):
    machine.succeed("dynix append services.worker.jobs 8", "SUDO_USER=alice dynix apply --confirm 600s")
    lost = ["services.helper.jobs = 5", "services.worker.jobs = 8"]
    t.assertEqual(runtime_module_record("diff louder")["overridesTakenBack"], lost)
    said = runtime_module(0, "enable louder", f"since worker.service changes and an apply waits to be confirmed: {', '.join(lost)};")
    t.assertNotIn("stay", said)
    t.assertIn("what the dynamic file still has of them", said)
    t.assertNotIn("applies them again", said)
    t.assertEqual((worker_arguments(), jobs_of_helper()), ("--jobs 12 --level error", "3"))
    t.assertEqual(confirmation()["phase"], "taken-back")
    runtime_module(0, "disable louder")
    # Nobody has confirmed it, so it is no entry any more.
    machine.succeed("dynix apply", "dynix status")
    t.assertEqual((worker_arguments(), jobs_of_helper()), ("--jobs 7 --level warning", "5"))

with subtest("and an activation that fails does not apply again what nobody has confirmed"):
    machine.succeed("dynix append services.worker.jobs 9", "SUDO_USER=alice dynix apply --confirm 600s")
    lost = "services.helper.jobs = 5, services.worker.jobs = 9"
    said = runtime_module(4, "enable louder broken", f"overrides of dynix are not applied any more: {lost}", "the previous system runs again")
    t.assertNotIn("applies them again", said)
    t.assertEqual((worker_arguments(), jobs_of_helper()), ("--jobs 12 --level warning", "3"))
