# What would leave a system that no rebuild gives is refused: overrides that reach further than the plan, and a
# configuration on disk that is not the one that runs.
import json


def untouched():
    """Everything that apply could change."""
    return (
        machine.get_unit_property("worker.service", "InvocationID"),
        machine.succeed("ls -A /run/systemd/system/worker.service.d 2>/dev/null || true"),
        machine.succeed("cat /run/dynix/state.json 2>/dev/null || true"),
    )


def refuses(command, *words):
    """The command exits 1, says these words, and nothing has changed. Returns what it printed to stdout."""
    before = untouched()
    status, printed = machine.execute(f"{command} 2>/tmp/said")
    said = machine.succeed("cat /tmp/said")
    machine.log(f"{command} (exit {status})\n{said}")
    t.assertEqual(status, 1)
    for word in words:
        t.assertIn(word, said)
    t.assertEqual(untouched(), before)
    return printed


start_all()
machine.wait_for_unit("worker.service")
static = "--jobs 12 --level warning"
t.assertEqual(worker_arguments(), static)

with subtest("an override that stays in its service passes"):
    machine.succeed("dynix append services.worker.jobs 4")
    t.assertIn("no leak", machine.succeed("dynix check"))
    t.assertIn("the complete systems", machine.succeed("dynix check --verify=full"))
    t.assertEqual(worker_arguments(), static)

with subtest("one that reaches another unit is refused by every command, and named"):
    machine.succeed("dynix append services.worker.quota 5")
    for command in ["dynix check", "dynix diff", "dynix apply --dry-run", "dynix apply"]:
        refuses(command, "counter.service", "/usr/bin/sleep 1 -> ", "--allow-leak", "nixos-rebuild switch")
    said = json.loads(refuses("dynix apply --json --verify=full", "counter.service"))
    t.assertEqual(said["verify"], "full")
    for command, member in [("check", "refusals"), ("diff", "refusals"), ("apply", "errors")]:
        refusal = json.loads(refuses(f"dynix {command} --json", "counter.service"))[member][0]
        t.assertIn("/usr/bin/sleep 1 -> ", "".join(note["message"] for note in refusal["notes"]))
    t.assertEqual([(leak["kind"], leak["name"]) for leak in said["leaks"]], [("unit", "counter.service")])
    t.assertEqual(worker_arguments(), static)

with subtest("--allow-leak goes on, and says what is left as it is"):
    warned = machine.succeed("dynix apply --allow-leak 2>&1")
    t.assertIn("warning: ", warned)
    t.assertIn("counter.service", warned)
    t.assertEqual(worker_arguments(), "--jobs 4 --level warning")

with subtest("allowed once is not allowed for ever"):
    refuses("dynix apply", "counter.service")

with subtest("without that override there is no leak"):
    machine.succeed("dynix undo services.worker.quota")
    machine.succeed("dynix apply")
    t.assertEqual(worker_arguments(), "--jobs 4 --level warning")

with subtest("a configuration that was changed and not switched to is refused, with or without --allow-leak"):
    machine.succeed("sed -i 's/level = \"warning\"/level = \"info\"/' /etc/nixos/system.nix")
    for command in ["dynix check", "dynix diff", "dynix apply", "dynix apply --allow-leak"]:
        refuses(command, "'worker.service'", "--level warning", "--level info", "nixos-rebuild switch")

with subtest("reset does not ask for the configuration on disk"):
    machine.succeed("dynix reset")
    t.assertEqual(worker_arguments(), static)

with subtest("after the switch it is applied"):
    machine.succeed("nixos-rebuild switch")
    t.assertEqual(worker_arguments(), "--jobs 12 --level info")
    machine.succeed("dynix apply")
    t.assertEqual(worker_arguments(), "--jobs 4 --level info")
