# An override of a service with health checks is evaluated by its slice, and the plan is that of the whole configuration.
import json
import re


def jobs():
    # Then it is no start script any more.
    machine.wait_for_open_port(3632)
    return {value_after(words, "--jobs") for words in arguments_of("distccd.service") if words[0].endswith("distccd")}


def planned(flags=""):
    """The services of a plan, and of what it was made."""
    record = json.loads(machine.succeed(f"dynix apply --dry-run --json {flags}"))
    plan = json.loads(machine.succeed(f"cat {record['plan']}"))
    return plan["services"], record["restsOn"], record["evaluated"]


def derivations(flags=""):
    """What the script of a plan is derived from, by name."""
    record = json.loads(machine.succeed(f"dynix apply --dry-run --json {flags}"))
    deriver = machine.succeed(f"nix-store --query --deriver $(dirname {record['plan']})").strip()
    references = machine.succeed(f"nix-store --query --references {deriver}").split()
    return [path.split("-", 1)[1] for path in references if path.endswith(".drv")]


start_all()
machine.wait_for_unit("distccd.service")
machine.wait_for_unit("ticker.service")

# A certificate is not for what asks for its surroundings, but in a nixpkgs, which this passes for.
machine.succeed("mkdir -p /root/tree/vmtests/machine && cp -r /dynix/nixmodules /root/tree")
machine.succeed("mkdir -p /root/tree/lib/systems && touch /root/tree/lib/modules.nix /root/tree/lib/systems/doubles.nix")
machine.succeed("cp -r /dynix/vmtests/nixpkgs /root/tree/vmtests && cp -r /dynix/vmtests/machine/guest /root/tree/vmtests/machine")
roots = {"/dynix": machine.succeed("nix-store --add /root/tree").strip()}
if machine.execute("test -d /nixpkgs-lib")[0] == 0:
    roots["/nixpkgs-lib"] = machine.succeed("nix-store --add /nixpkgs-lib").strip()
for folder, path in roots.items():
    machine.succeed(f"sed -i 's|{folder}\\b|{path}|' /etc/nixos/system.nix")
machine.succeed(f"echo '[ {' '.join(map(json.dumps, roots.values()))} ]' > /etc/nixos/roots.nix")
machine.succeed("nixos-rebuild switch 2>&1")

with subtest("there is a slice of every service"):
    made = json.loads(machine.succeed("dynix certify --json"))
    t.assertIn("services.distccd.maxJobs", made["proved"])
    t.assertIn("services.ticker.seconds", made["proved"])
    t.assertIn("services.ticker.sound", made["proved"])
    t.assertEqual(made["slices"]["without"], {})

with subtest("an override of distccd is evaluated by its slice, health checks of both included"):
    machine.succeed("dynix append services.distccd.maxJobs 4")
    services, rests_on, evaluated = planned()
    t.assertEqual((rests_on, evaluated), ("every-value", "slice"))
    whole, _, evaluated = planned("--no-certificate")
    t.assertEqual(evaluated, "whole")
    t.assertEqual(services, whole)
    t.assertEqual([[probe["name"] for probe in unit["probes"]] for service in services for unit in service["units"]], [["listens"], ["sleeps"]])
    record = json.loads(machine.succeed("dynix apply --json"))
    t.assertEqual(record["evaluated"], "slice")
    t.assertIn(("probe", "listens"), [(step["step"], step.get("check")) for step in record["steps"]])
    t.assertEqual(jobs(), {"4"})

with subtest("what was built when the slices were made is not derived once more"):
    t.assertIn("coreutils.drv", derivations("--no-certificate"))
    t.assertEqual(derivations(), ["start-distccd.drv"])

with subtest("a value that asks for its surroundings gets the answer that it gets without a slice"):
    for asked in ["builtins.pathExists /usr/bin", 'builtins.getEnv "PATH" != ""', "lib.pathIsDirectory /usr/bin"]:
        machine.succeed(f"dynix append services.distccd.maxJobs --expr 'if {asked} then 5 else 6'")
        services, _, evaluated = planned()
        t.assertEqual(evaluated, "slice")
        t.assertEqual(services, planned("--no-certificate")[0])
        machine.succeed("dynix undo --last")

with subtest("an override that a health check looks at is in the check"):
    machine.succeed("dynix append services.ticker.seconds 901")
    services, _, evaluated = planned()
    t.assertEqual(evaluated, "slice")
    t.assertEqual(services, planned("--no-certificate")[0])
    t.assertIn("test 901 -lt 900", json.dumps(services))
    machine.fail("dynix apply")
    t.assertEqual(jobs(), {"4"})
    machine.succeed("dynix undo --last")

with subtest("so is an override that changes the service's file below /etc"):
    machine.succeed("dynix append services.ticker.sound tock")
    services, rests_on, evaluated = planned()
    t.assertEqual((rests_on, evaluated), ("every-value", "slice"))
    t.assertEqual(services, planned("--no-certificate")[0])
    machine.succeed("dynix apply")
    t.assertEqual(machine.succeed("cat /etc/ticker.conf"), "sound=tock\n")
    machine.succeed("dynix undo --last", "dynix apply")
    t.assertEqual(machine.succeed("cat /etc/ticker.conf"), "sound=tick\n")

with subtest("no overrides, and no dynamic file, are evaluated by the slices too, without a note"):
    machine.succeed("dynix undo --all")
    for take_away in ["true", "rm /etc/nixos/dynamic.nix"]:
        machine.succeed(take_away)
        services, rests_on, evaluated = planned()
        t.assertEqual((rests_on, evaluated), ("every-value", "slice"), take_away)
        t.assertEqual(services, planned("--no-certificate")[0], take_away)
        for command in ["diff", "check"]:
            record = json.loads(machine.succeed(f"dynix {command} --json"))
            t.assertEqual((record["restsOn"], record["evaluated"]), ("every-value", "slice"), command)
            t.assertNotIn("suffice", machine.succeed(f"dynix {command} 2>&1"))
    t.assertIn("dynamic.nix' does not exist, so nothing is overridden\n", machine.succeed("dynix check"))
    t.assertEqual(jobs(), {"4"})
    record = json.loads(machine.succeed("dynix apply --json"))
    t.assertEqual(record["evaluated"], "slice")
    t.assertEqual(jobs(), {"12"})
    machine.succeed("dynix append services.distccd.maxJobs 4")
    t.assertNotIn("does not exist", machine.succeed("dynix check"))

with subtest("a link that leads to the configuration is no obstacle"):
    machine.succeed("mkdir /persist && mv /etc/nixos /persist/nixos && ln -s /persist/nixos /etc/nixos", "dynix certify")
    services, rests_on, evaluated = planned()
    t.assertEqual((rests_on, evaluated), ("every-value", "slice"))
    t.assertEqual(services, planned("--no-certificate")[0])
    machine.succeed("rm /etc/nixos && mv /persist/nixos /etc && rmdir /persist")
    said = machine.succeed("dynix certify 2>&1")
    t.assertEqual(planned()[2], "slice")

with subtest("it says how long each part took, and all of it"):
    certify, slices, both = map(float, re.search(r"certify +(\S+) s\n +slices +(\S+) s\n.* in (\S+) s", said).groups())
    t.assertAlmostEqual(certify + slices, both, delta=0.1)

with subtest("what the slice is not for is evaluated with the whole configuration"):
    machine.succeed("sed -i 's/maxJobs = 12;/maxJobs = 13;/' /etc/nixos/configuration.nix")
    said = machine.fail("dynix apply --dry-run 2>&1")
    t.assertIn("the certificate is not used", said)
