# Only the plan changes: every relation of systemd.unit(5), with all units compared before and after.

TARGET = "[Unit]\nDescription=a target\n"


def runs():
    """Every unit that has run, with its run; scopes and devices come and go by themselves."""
    wait_until_activations_ended()
    shown = machine.succeed("systemctl show '*' --property=Id,InvocationID,ActiveState")
    units = [dict(line.split("=", 1) for line in one.splitlines()) for one in shown.split("\n\n") if one]
    return {
        unit["Id"]: (unit["InvocationID"], unit["ActiveState"])
        for unit in units
        if unit.get("InvocationID") and not unit["Id"].endswith((".scope", ".device"))
    }


def changed(before, after):
    return {unit for unit in before.keys() | after.keys() if before.get(unit) != after.get(unit)}


def unit_lines(lines):
    return "[Unit]\n" + "".join(line + "\n" for line in lines)


def case(planned=(), other=(), running=True):
    """planned.service runs and other.service may, and nothing of an earlier case is left; then each gets its lines of
    [Unit]. Returns planned's text."""
    machine.execute("dynix reset; systemctl stop planned.service other.service mine.target helper.service; systemctl reset-failed")
    machine.succeed(f"cd {UNITS}; rm -rf planned.service* other.service* mine.target* helper.service*")
    put_all({"planned.service": service(1000), "other.service": service(1000)})
    machine.succeed("systemctl start planned.service" + (" other.service" if running else ""))
    text = unit_lines(planned) + service(1000)
    put_all({"other.service": unit_lines(other) + service(1000), "planned.service": text})
    plan(settle=0, planned_dot_service=(text, text.replace("1000", "1001")))
    return text


def refused(*words):
    """The activation names what it refuses, and nothing at all has changed."""
    before = runs()
    activate(1, *words)
    t.assertEqual(changed(before, runs()), set())


def done_alone(*words, flags="", but=()):
    before = runs()
    activate(0, *words, flags=flags)
    t.assertEqual(changed(before, runs()) - set(but), {"planned.service"})


start_all()

with subtest("what runs beside the unit and would go down with it is refused by name"):
    for planned, other in [
        ([], ["Requires=planned.service"]),
        ([], ["Requisite=planned.service"]),
        ([], ["BindsTo=planned.service"]),
        ([], ["PartOf=planned.service"]),
        ([], ["StopPropagatedFrom=planned.service"]),
        (["PropagatesStopTo=other.service"], []),
    ]:
        machine.log(f"planned {planned}, other {other}")
        case(planned, other)
        refused("'other.service'", "not in the plan")
        before = runs()
        machine.succeed("systemctl stop planned.service")
        t.assertIn("other.service", changed(before, runs()), "systemd leaves it alone: the refusal is for nothing")

with subtest("what the plan names, and needs no change, goes down with the unit: it comes up again, is proved, and is named"):
    for relation in ["Requires", "BindsTo", "PartOf", "StopPropagatedFrom"]:
        for more in [[], ["ExecStop=/bin/true"]]:
            machine.log(f"{relation}, {more}")
            case()
            text = service(1000, *more)
            other = unit_lines([f"{relation}=planned.service", "After=planned.service"]) + service("2000", "ExecStartPre=/bin/sh -c 'test ! -e /run/broken'")
            put_all({"planned.service": text, "other.service": other})
            machine.succeed("systemctl restart planned.service; systemctl start other.service")
            plan(planned_dot_service=(text, text.replace("1000", "1001")), other_dot_service=(other, other))
            stops_first = more or relation == "StopPropagatedFrom"
            activate(0, "start other.service" if stops_first else "restart other.service", flags="--dry-run")
            first = invocation("other.service")
            activate(0, "other.service: restarted; its live process has the planned configuration")
            assert invocation("other.service") != first
            t.assertEqual(argument("other.service"), "2000")
            second = invocation("other.service")
            machine.succeed("dynix reset 2>&1 | tee /tmp/said; grep '^other.service: restarted' /tmp/said")
            assert invocation("other.service") != second
            t.assertEqual(argument("other.service"), "2000")
    # One that does not come up is a failure of the apply, and of the reset.
    machine.succeed("touch /run/broken")
    activate(4, "'other.service'")
    machine.succeed("rm /run/broken", "dynix reset", "systemctl start other.service")
    other = other.replace("[Service]", "[Service]\nX-RestartIfChanged=false")
    put("other.service", other)
    machine.succeed("systemctl restart other.service")
    plan(planned_dot_service=(text, text.replace("1000", "1001")), other_dot_service=(other, other.replace("2000", "2001")))
    refused("'other.service' must not be restarted when it changes", "and systemd stops it with another unit of the plan")

with subtest("what runs beside the unit and has nothing to lose is left alone"):
    for planned, other in [
        ([], ["Wants=planned.service"]),
        ([], ["Upholds=planned.service"]),
        ([], ["After=planned.service", "ReloadPropagatedFrom=planned.service", "JoinsNamespaceOf=planned.service"]),
        (["Requires=other.service"], []),
        (["Requisite=other.service"], []),
        (["BindsTo=other.service"], []),
        (["PartOf=other.service"], []),
        (["Wants=other.service"], []),
        (["Upholds=other.service"], []),
        (["After=other.service", "PropagatesReloadTo=other.service", "OnFailure=other.service"], []),
    ]:
        machine.log(f"planned {planned}, other {other}")
        case(planned, other)
        done_alone()
        before = runs()
        machine.succeed("dynix reset")
        t.assertEqual(changed(before, runs()), {"planned.service"})

with subtest("what is stopped and would start is refused by name"):
    for relation in ["Requires", "Wants"]:
        case([f"{relation}=other.service"], running=False)
        refused("'planned.service' starts 'other.service' with it", "systemctl start other.service")
        machine.succeed("systemctl restart planned.service")
        machine.wait_for_unit("other.service", timeout=PATIENCE)

with subtest("what has to run, or to be there, and is not"):
    case(["Requisite=other.service"], running=False)
    refused("'planned.service' would not start: it requires 'other.service'")
    case(["Requires=other.service"], running=False)
    machine.succeed("systemctl mask --runtime other.service || true", f"ln -sf /dev/null {UNITS}/other.service; systemctl daemon-reload")
    refused("'planned.service' would not start: it requires 'other.service', which cannot be started: masked")
    machine.succeed("systemctl unmask --runtime other.service || true")

with subtest("a unit that has failed would stop the rival that runs"):
    for planned, other in [(["Conflicts=other.service"], []), ([], ["Conflicts=planned.service"])]:
        case(planned, other)
        machine.succeed("systemctl kill --signal=KILL planned.service")
        machine.wait_until_succeeds("systemctl is-failed planned.service", timeout=PATIENCE)
        machine.succeed("systemctl start other.service") if machine.execute("systemctl is-active other.service")[0] else None
        machine.succeed("systemctl is-failed planned.service")
        refused("'planned.service' conflicts with 'other.service', so systemd would stop it too")

with subtest("a dependent that waits to be started again"):
    case([], ["Requires=planned.service"])
    put("other.service", "[Unit]\nRequires=planned.service\n[Service]\nExecStart=/bin/false\nRestart=always\nRestartSec=1h\n")
    machine.succeed("systemctl restart other.service")
    machine.wait_until_succeeds("systemctl show -P SubState other.service | grep auto-restart", timeout=PATIENCE)
    refused("'other.service' depends on 'planned.service'")

with subtest("a target that requires the unit: listed, and refused for what it would start"):
    case(running=False)
    put("mine.target", TARGET + "Requires=planned.service\n")
    machine.succeed("systemctl start mine.target")
    machine.succeed("dynix activate --dry-run /tmp/plan.json | grep 'systemd would also restart mine.target'")
    done_alone("'mine.target', which is not in the plan, was restarted: as its dependencies have it", but=["mine.target"])
    machine.succeed("dynix reset --dry-run | grep 'systemd would also restart mine.target'", "dynix reset")
    put("mine.target", TARGET + "Requires=planned.service\nWants=other.service\n")
    refused("'planned.service' starts 'other.service' with it, so systemd would start it too")
    put("other.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n")
    machine.succeed("systemctl start other.service")
    refused("so systemd would start it too", "mine.target")

with subtest("StopWhenUnneeded="):
    case(["Wants=helper.service"])
    put("helper.service", "[Unit]\nStopWhenUnneeded=yes\n" + service(1000))
    machine.succeed("systemctl restart planned.service")
    machine.wait_for_unit("helper.service")
    machine.succeed("dynix activate --dry-run /tmp/plan.json | grep 'systemd would also restart helper.service.*StopWhenUnneeded='")
    done_alone(but=["helper.service"])
    machine.wait_for_unit("helper.service")

with subtest("a oneshot that the unit starts runs again, and is listed"):
    case(["Wants=helper.service", "After=helper.service"])
    put("helper.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n")
    refused("'planned.service' starts 'helper.service' with it")
    machine.succeed("systemctl start helper.service")
    machine.succeed("dynix activate --dry-run /tmp/plan.json | grep 'systemd would also start helper.service'")
    done_alone("'helper.service', which is not in the plan, was started", but=["helper.service"])

with subtest("what systemd itself starts is told in the result"):
    text = case(["OnFailure=other.service"], running=False)
    plan(settle=1, planned_dot_service=(text, text.replace("/bin/sleep 1000", "/bin/false")))
    activate(3, "'other.service', which is not in the plan, was started: OnFailure= of 'planned.service'")
    text = case(running=False)
    put("other.path", "[Path]\nPathExists=/tmp/there\n")
    machine.succeed("rm -f /tmp/there; systemctl start other.path")
    plan(settle=1, planned_dot_service=(text, text + "ExecStartPre=/bin/touch /tmp/there\n"))
    activate(0, "'other.service', which is not in the plan, was started: 'other.path' triggers it")
    machine.succeed("systemctl stop other.path; rm /tmp/there")

with subtest("what nobody could know is told as well"):
    text = case()
    plan(settle=1, planned_dot_service=(text, text + "ExecStartPre=/bin/systemctl restart other.service\n"))
    activate(0, "warning", "'other.service', which is not in the plan, was restarted: by nothing that was known beforehand")

with subtest("reset has the same eyes"):
    text = case()
    activate(0)
    put("other.service", "[Unit]\nRequires=planned.service\n" + service(1000))
    before = runs()
    for flags in ["--dry-run", ""]:
        status, said = machine.execute(f"dynix reset {flags} 2>&1")
        t.assertEqual(status, 1)
        t.assertIn("'other.service' depends on 'planned.service'", said)
    t.assertEqual(changed(before, runs()), set())
    put("other.service", service(1000))
    machine.succeed("dynix reset")

with subtest("what the unit wants, and has failed meanwhile, keeps no reset from going back"):
    case(["Wants=helper.service"])
    put("helper.service", service(1000))
    machine.succeed("systemctl start helper.service")
    activate(0)
    machine.succeed("systemctl kill --signal=KILL helper.service")
    machine.wait_until_succeeds("systemctl is-failed helper.service", timeout=PATIENCE)
    machine.succeed("dynix reset --dry-run | grep 'systemd would also start helper.service.*it has failed'")
    machine.succeed("dynix reset 2>&1 | tee /tmp/said; grep \"'helper.service', which is not in the plan, was started\" /tmp/said")
    machine.wait_for_unit("helper.service", timeout=PATIENCE)

with subtest("what the unit says of its own restarts"):
    case(["X-ReloadIfChanged=true"])
    refused("'planned.service' wants to be reloaded and not restarted", "has no ExecReload= to reload with")
    case(["X-RestartIfChanged=false"])
    before = runs()
    activate(0, "planned.service: runs on as it is; it takes the planned configuration when it is started again")
    t.assertEqual(changed(before, runs()), set())
    t.assertEqual(argument("planned.service"), "1000")
    machine.succeed("dynix reset")
    t.assertEqual(changed(before, runs()), set())
    case(["X-StopIfChanged=false"])
    done_alone()

with subtest("a change that only a switch looks at restarts, once"):
    text = case(["X-Restart-Triggers=/one"])
    plan(settle=0, planned_dot_service=(text, text.replace("/one", "/two")))
    done_alone()
    before = runs()
    activate(0)
    t.assertEqual(changed(before, runs()), set())

with subtest("an administrator's drop-in that hides the override"):
    text = case() + "MemoryMax=1G\nEnvironment=A=1\n"
    put("planned.service", text)
    plan(settle=0, planned_dot_service=(text, text.replace("1G", "2G").replace("A=1", "A=2")))
    machine.succeed("systemctl set-property --runtime planned.service MemoryMax=3G")
    refused("/run/systemd/system.control/planned.service.d/50-MemoryMax.conf", "sets MemoryMax")
    machine.succeed("rm -r /run/systemd/system.control/planned.service.d; systemctl daemon-reload")
    for folder in ["/run/systemd/system/planned.service.d", f"{UNITS}/planned.service.d", f"{UNITS}/service.d"]:
        machine.succeed(f"mkdir -p {folder}; printf '[Service]\\nEnvironment=A=3\\n' > {folder}/override.conf; systemctl daemon-reload")
        refused(f"{folder}/override.conf", "sets Environment")
        machine.succeed(f"printf '[Service]\\nEnvironment=B=3\\n' > {folder}/override.conf; systemctl daemon-reload")
        done_alone()
        machine.succeed(f"dynix reset; rm -r {folder}; systemctl daemon-reload")

with subtest("somebody's pending change is not brought into force"):
    for unit in ["planned.service", "other.service"]:
        case()
        machine.succeed(f"mkdir -p {UNITS}/{unit}.d; printf '[Service]\\nNice=1\\n' > {UNITS}/{unit}.d/10.conf")
        refused(f"the unit files of '{unit}' have changed since systemd read them", "systemctl daemon-reload")
        machine.succeed("systemctl daemon-reload")
        done_alone()
