# A unit that fails with its new settings: apply exits 3, and the unit runs exactly what it ran before.
import json


def text_of_drop_in():
    return machine.execute(f"cat {drop_in('worker.service')} 2>/dev/null")[1]


def apply(flags, code):
    """Applies and expects an exit code; what dynix said."""
    status, said = machine.execute(f"dynix apply {flags} 2>&1")
    machine.log(f"dynix apply {flags} (exit {status})\n{said}")
    t.assertEqual(status, code)
    return said


start_all()
machine.wait_for_unit("worker.service")
bystander = machine.get_unit_property("bystander.service", "InvocationID")

with subtest("an override that works"):
    t.assertEqual(worker_arguments(), "--jobs 12 --level warning")
    machine.succeed("dynix append services.worker.jobs 4")
    apply("", 0)
    t.assertEqual(worker_arguments(), "--jobs 4 --level warning")
    machine.succeed("dynix status")
    good = text_of_drop_in()
    assert good, "there is no drop-in"

# Long enough for one that fails after a moment.
settle_for(5)
for level, when in [("broken", "at once"), ("flapping", "after a moment")]:
    with subtest(f"an override with which the unit fails {when}"):
        machine.succeed(f"dynix append services.worker.level {level}")
        said = apply("", 3)
        assert "worker.service" in said, "the message does not name the unit"
        t.assertEqual(text_of_drop_in(), good)
        t.assertEqual(worker_arguments(), "--jobs 4 --level warning")
        machine.require_unit_state("worker.service")

with subtest("status says that what runs is not what was appended"):
    status, said = machine.execute("dynix status --json")
    machine.log(said)
    t.assertNotEqual(status, 0)
    rows = {row["option"]: row for row in json.loads(said)["overrides"]}
    t.assertIn("services.worker.level", rows)

with subtest("--no-restore leaves the failed unit and says what is left"):
    said = apply("--no-restore", 4)
    assert "worker.service" in said, "the message does not name the unit"

with subtest("an override that works takes it on from there"):
    settle_for(1)
    machine.succeed("dynix append services.worker.level error")
    apply("", 0)
    t.assertEqual(worker_arguments(), "--jobs 4 --level error")
    machine.succeed("dynix status")

with subtest("nobody else was touched"):
    t.assertEqual(machine.get_unit_property("bystander.service", "InvocationID"), bystander)
