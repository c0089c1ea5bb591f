# FORMATS.md on a machine: what dynix prints and keeps has the members that its examples have.
import json
import pathlib
import sys

# It runs in the container machine alone, beside the page: there is no configuration.nix here.
sys.path.append(str(pathlib.Path(activate.__code__.co_filename).parents[1] / "tools/dynix/tests"))
from format_page import compare, text_of  # noqa: E402

OF_APPLY_ALONE = {("", "file"), ("", "plan")}


def record(command, code=0):
    status, said = machine.execute(f"dynix {command} --json 2>/dev/null")
    machine.log(f"dynix {command} --json (exit {status})\n{said}")
    t.assertEqual(status, code)
    return json.loads(said)


def state():
    return json.loads(machine.succeed("cat /run/dynix/state.json"))


start_all()
# It starts with the worker, which a plan does not say: foreseen, and harmless.
put("report.service", "[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\nExecStart=/bin/true\n")
machine.succeed(f"mkdir {UNITS}/worker.service.wants && ln -s ../report.service {UNITS}/worker.service.wants/")
machine.succeed("systemctl daemon-reload && systemctl start report.service")
machine.wait_for_unit("worker.service")

with subtest("an override, and a look at it"):
    machine.succeed("dynix append services.worker.jobs 4 && dynix append services.worker.quota 2")
    leaking = [record("check", 1), record("diff", 1), record("apply", 1)]
    chosen = [record("check 1"), record("diff 1"), record("apply --dry-run 1")]
    machine.succeed("dynix undo services.worker.quota")
    compare("check", leaking[0], chosen[0])
    looked = record("diff")
    compare("diff", leaking[1], chosen[1], looked)

with subtest("apply, a failure that is restored, and one that is left"):
    applied = [leaking[2], record("apply --dry-run"), record("apply")]
    t.assertTrue(applied[2]["foreseen"] and applied[2]["unplanned"], "report.service is not seen")
    states = [state()]
    live = record("status")
    machine.succeed("cp -p /etc/nixos/dynamic.nix /tmp/ && echo '{' >> /etc/nixos/dynamic.nix")
    unreadable = record("status", 1)
    machine.succeed("cp -p /tmp/dynamic.nix /etc/nixos/")
    t.assertEqual(unreadable["error"]["file"], "/etc/nixos/dynamic.nix")
    t.assertEqual({**unreadable, "allLive": True, "error": None}, {**live, "error": None})
    why = record("why services.worker.jobs")
    t.assertEqual(why["states"][0]["standing"], "live")
    machine.succeed("dynix append services.worker.level broken")
    applied += [record("apply", 3), record("apply --no-restore", 4)]
    states.append(state())
    left = record("status", 1)
    t.assertTrue(states[1]["previous"] and states[1]["left"], "nothing is left")
    compare("status", live, left, unreadable)
    compare("/run/dynix/state.json", *states)
    known = {("", name) for name in ("type", "values", "static", "service", "description", "declaredIn")}
    compare("why", why, elsewhere=known | {("", name) for name in ("statesUnknown", "sameAsStatic")})

with subtest("reset and activate print the record of apply"):
    machine.succeed("dynix undo services.worker.level")
    activated = record("activate --dry-run /run/dynix/pending/plan.json")
    reset = record("reset")
    compare("apply", *applied, chosen[2], activated, reset)
    for one in activated, reset:
        t.assertFalse({"file", "plan"} & one.keys())
    t.assertEqual({one["exitCode"] for one in applied}, {0, 1, 3, 4})

with subtest("with --apply the record of the apply is a second one"):
    for command, code in ("append services.worker.jobs 6", 0), ("append services.worker.level broken", 3), ("undo --last", 0):
        status, said = machine.execute(f"dynix {command} --apply --json 2>/dev/null")
        t.assertEqual(status, code, said)
        first, end = json.JSONDecoder().raw_decode(said)
        t.assertEqual(first["file"], "/etc/nixos/dynamic.nix")
        second = json.loads(said[end:])
        t.assertEqual((second["file"], second["exitCode"]), ("/etc/nixos/dynamic.nix", code))
    machine.succeed("dynix reset")

with subtest("the examples of plan.json and state.json are read"):
    machine.succeed(f"cat > /tmp/plan.json <<'END'\n{text_of('plan.json')}END")
    refused = record("activate --dry-run /tmp/plan.json", 1)
    t.assertEqual(refused["result"], "refused")
