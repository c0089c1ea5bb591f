# What an old configuration has started it stops, whatever is in force when an activation ends; and an apply or a reset is done only when the unit runs.


def run_of(unit):
    return machine.get_unit_property(unit, "InvocationID")


def stops(number):
    """A service whose stop command says by which configuration it is stopped."""
    return service(1000 + number, f"ExecStop=/bin/sh -c 'echo stopped by {number} >> /tmp/stops'")


def stopped_by():
    said = machine.succeed("cat /tmp/stops; rm /tmp/stops")
    return [line.removeprefix("stopped by ") for line in said.splitlines()]


def listens(port):
    # State 0A; a connection that was closed stays in the table for a minute (proc(5), /proc/net/tcp).
    return f":{port:04X} 00000000:0000 0A " in machine.succeed("cat /proc/net/tcp")


def reset(code, *words, flags=""):
    status, said = machine.execute(f"dynix reset {flags} 2>&1")
    machine.log(f"(exit {status})\n{said}")
    t.assertEqual(status, code)
    for word in words:
        t.assertIn(word, said)


start_all()
bystander = run_of("bystander.service")
put("bad.service", service(1000))
machine.succeed("systemctl start bad.service")
bad = (service(1000), service("x"))

with subtest("apply, reset, the reset of a switch and a restore: the configuration that has started it stops it"):
    put("stops.service", stops(0))
    machine.succeed("systemctl start stops.service")
    plan(stops_dot_service=(stops(0), stops(1)))
    activate(0)
    t.assertEqual(stopped_by(), ["0"])
    t.assertEqual(argument("stops.service"), "1001")
    reset(0)
    t.assertEqual(stopped_by(), ["1"])
    activate(0)
    machine.succeed("rm /tmp/stops")
    reset(0, flags="--switching")
    t.assertEqual(stopped_by(), ["1"])
    plan(stops_dot_service=(stops(0), stops(1)), bad_dot_service=bad)
    activate(3, "'bad.service'", "the previous state is back")
    t.assertEqual(stopped_by(), ["0", "1"])
    t.assertEqual(argument("stops.service"), "1000")

with subtest("a reset is not done while the unit dies on its static configuration, at once or soon"):
    for dies in ("exit 1", "sleep 0.3; exit 1"):
        put("dies.service", service(1000))
        machine.succeed("systemctl start dies.service")
        # A reset looks as long for its end.
        plan(settle=4, dies_dot_service=(service(1000), service(1001)))
        activate(0)
        put("dies.service", f"[Service]\nExecStart=/bin/sh -c '{dies}'\n")
        for flags in ("", "--switching"):
            reset(4, "'dies.service' does not run its static configuration", flags=flags)
            machine.succeed("test -e /run/dynix/state.json", NO_DROP_INS)
            machine.fail("dynix status")
        put("dies.service", service(1000))
        reset(0)
        t.assertEqual(argument("dies.service"), "1000")
        machine.succeed("! test -e /run/dynix/state.json", "systemctl stop dies.service")

with subtest("a command that cannot be executed, and no time to settle"):
    put("quick.service", service(1000))
    machine.succeed("systemctl start quick.service")
    plan(settle=0, quick_dot_service=(service(1000), "[Service]\nExecStart=/nowhere\n"))
    activate(3, "'quick.service'", "the previous state is back")
    t.assertEqual(argument("quick.service"), "1000")

with subtest("a socket that moves and a service that may not run that long: all is back when another unit fails"):
    web = "[Socket]\nListenStream=127.0.0.1:{}\n"
    long = service(1000, "RuntimeMaxSec={}")
    put("web.socket", web.format(4000))
    put("web.service", service(1000))
    put("long.service", long.format("1h"))
    machine.succeed("systemctl start web.socket long.service; sleep 2")
    moved = {"web_dot_socket": (web.format(4000), web.format(4001)), "long_dot_service": (long.format("1h"), long.format("1s"))}
    plan(**moved, bad_dot_service=bad)
    activate(3, "the previous state is back")
    assert listens(4000) and not listens(4001)
    t.assertEqual(argument("long.service"), "1000")
    with subtest("and when systemd cannot load a unit, right after the reload"):
        plan(**moved, bad_dot_service=(service(1000), "[Service]\nExecStart=relative\n"))
        activate(3, "the previous state is back")
        assert listens(4000) and not listens(4001)
        machine.succeed("systemctl is-active long.service bad.service")
    with subtest("a connection has started the service, which has no drop-in: a reset brings its socket back"):
        plan(web_dot_socket=moved["web_dot_socket"])
        for flags in ("", "--switching"):
            activate(0)
            machine.wait_for_open_port(4001, timeout=PATIENCE)
            machine.wait_until_succeeds("systemctl is-active web.service", timeout=PATIENCE)
            t.assertIn("stop web.service", machine.succeed("dynix reset --dry-run"))
            reset(0, flags=flags)
            assert listens(4000) and not listens(4001)
            machine.succeed("systemctl is-active web.socket web.service", "systemctl stop web.service")

with subtest("a unit that waits for its database goes on waiting when another one fails"):
    waits = "[Service]\nExecStart=/bin/sh -c 'test -e /tmp/database && exec sleep {}'\nRestart=always\nRestartSec=500ms\n"
    put("waits.service", waits.format(1000))
    machine.succeed("systemctl start --no-block waits.service")
    machine.wait_until_succeeds("systemctl show -P SubState waits.service | grep auto-restart", timeout=PATIENCE)
    plan(waits_dot_service=(waits.format(1000), waits.format(1001)), bad_dot_service=bad)
    activate(3, "the previous state is back")
    machine.succeed("touch /tmp/database")
    wait_for_command("waits.service", "sleep")
    t.assertEqual(argument("waits.service"), "1000")

with subtest("a frozen unit is refused"):
    put("cold.service", service(1000))
    machine.succeed("systemctl start cold.service")
    t.assertEqual(argument("cold.service"), "1000")
    machine.succeed("systemctl freeze cold.service")
    cold = run_of("cold.service")
    plan(cold_dot_service=(service(1000), service(1001)))
    activate(1, "'cold.service' is frozen")
    machine.succeed("systemctl thaw cold.service")
    t.assertEqual(run_of("cold.service"), cold)

with subtest("--no-restore tells of each unit what it has"):
    plan(cold_dot_service=(service(1000), service(1001)), bad_dot_service=bad)
    activate(4, "'cold.service': its drop-in is not the previous one, and it", "'bad.service': ran before, and is", flags="--no-restore")
    reset(0)

with subtest("nobody else was touched"):
    t.assertEqual(run_of("bystander.service"), bystander)
