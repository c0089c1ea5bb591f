# Units that are not plain running services: what apply refuses, what it leaves stopped, and what it brings back.

start_all()
bystander = machine.get_unit_property("bystander.service", "InvocationID")

with subtest("a unit that is not there"):
    plan(nowhere_dot_service=(service(1000), service(1001)))
    activate(1, "'nowhere.service' is not a unit of the running system")

with subtest("a masked unit"):
    machine.succeed(f"ln -s /dev/null {UNITS}/masked.service; systemctl daemon-reload")
    plan(masked_dot_service=(service(1000), service(1001)))
    activate(1, "'masked.service' is masked")

with subtest("an alias, a template, and a unit that is not one of NixOS's"):
    put("real.service", service(1000))
    machine.succeed(f"ln -s real.service {UNITS}/alias.service; systemctl daemon-reload; systemctl start real.service")
    plan(alias_dot_service=(service(1000), service(1001)))
    activate(1, "is an alias of 'real.service'")
    plan(many_at__dot_service=(service(1000), service(1001)))
    activate(1, "'many@.service' is a template")
    machine.succeed("systemd-run --unit=fleeting sleep 1000")
    plan(fleeting_dot_service=(service(1000), service(1001)))
    activate(1, "'fleeting.service'")

with subtest("an inactive unit stays stopped, and starts with the change"):
    put("idle.service", service(1000))
    plan(idle_dot_service=(service(1000), service(1001)))
    activate(0, "idle.service: is not running; it will start with the planned configuration")
    t.assertEqual(machine.get_unit_property("idle.service", "ActiveState"), "inactive")
    machine.succeed("systemctl start idle.service")
    t.assertEqual(argument("idle.service"), "1001")
    reset()
    t.assertEqual(argument("idle.service"), "1000")

with subtest("one instance of a template, and not the other"):
    put("many@.service", service("100%i"))
    machine.succeed("systemctl start many@1.service many@2.service")
    other = machine.get_unit_property("many@2.service", "InvocationID")
    plan(many_at_1_dot_service=(service("100%i"), service("200%i")))
    activate(0, "many@1.service: restarted; its live process has the planned configuration")
    t.assertEqual(argument("many@1.service"), "2001")
    t.assertEqual(machine.get_unit_property("many@2.service", "InvocationID"), other)
    reset()
    t.assertEqual(argument("many@1.service"), "1001")

with subtest("a socket and its service"):
    socket = "[Socket]\nListenStream=127.0.0.1:{}\n"
    put("web.socket", socket.format(4000))
    put("web.service", service(1000))
    machine.succeed("systemctl start web.socket")
    plan(web_dot_socket=(socket.format(4000), socket.format(4001)))
    activate(0)
    machine.wait_for_open_port(4001, timeout=PATIENCE)
    # The connection has started the service, which only a plan that names it may stop.
    machine.wait_until_succeeds("systemctl is-active web.service", timeout=PATIENCE)
    plan(web_dot_socket=(socket.format(4000), socket.format(4002)))
    activate(1, "can only be restarted while 'web.service' is stopped, which is not in the plan")
    plan(web_dot_socket=(socket.format(4000), socket.format(4002)), web_dot_service=(service(1000), service(1001)))
    activate(0)
    t.assertEqual(argument("web.service"), "1001")
    machine.succeed("ss --listening --tcp --numeric 2>/dev/null | grep 4002 || grep -i ':0FA2 ' /proc/net/tcp", "dynix status")
    reset()
    t.assertEqual(argument("web.service"), "1000")
    machine.succeed("grep -qi ':0FA0 ' /proc/net/tcp")

with subtest("a service that cannot start, and starts again and again: the change that heals it, and one that does not"):
    sick = "[Service]\nExecStart=/bin/sh -c 'sleep 0.3; false'\nRestart=always\nRestartSec=100ms\nTimeoutStopSec=5\n[Unit]\nStartLimitIntervalSec=0\n"
    put("sick.service", sick)
    machine.succeed("systemctl start --no-block sick.service")
    # Until it is known for one that is started again and again, in a short run as well as in between.
    machine.wait_until_succeeds("systemctl show -P NRestarts sick.service | grep -v '^0$'", timeout=PATIENCE)
    plan(settle=20, sick_dot_service=(sick, sick.replace("0.3", "0.2")))
    activate(3, "'sick.service'")
    machine.succeed("systemctl start --no-block sick.service")
    # A reset looks as long for its end.
    plan(settle=5, sick_dot_service=(sick, sick.replace("/bin/sh -c 'sleep 0.3; false'", "/bin/sleep 1001")))
    activate(0)
    t.assertEqual(argument("sick.service"), "1001")
    # Its static configuration does not start: a reset is not done, until the unit is stopped.
    t.assertEqual(machine.execute("dynix reset")[0], 4)
    plan(idle_dot_service=(service(1000), service(1001)))
    activate(0, "'sick.service' does not stay up", "idle.service: restarted")
    reset()
    machine.succeed("systemctl stop sick.service", "systemctl reset-failed")

with subtest("a start limit that would be hit does not stop an apply"):
    rare = service(1000) + "[Unit]\nStartLimitBurst=1\nStartLimitIntervalSec=1h\n"
    put("rare.service", rare)
    machine.succeed("systemctl start rare.service")
    for round in range(3):
        plan(settle=0, rare_dot_service=(rare, rare.replace("1000", f"{1001 + round}")))
        activate(0)
        t.assertEqual(argument("rare.service"), f"{1001 + round}")
    reset()

with subtest("a service that does not say in time that it is up: the previous state comes back"):
    slow = "[Service]\nType=notify\nExecStart=/bin/sh -c '{}exec sleep {}'\nNotifyAccess=all\n"
    put("slow.service", slow.format("systemd-notify --ready; ", 1000))
    machine.succeed("systemctl start slow.service")
    plan(slow_dot_service=(slow.format("systemd-notify --ready; ", 1000), slow.format("", 1001)))
    # So long it has for the way back, too.
    activate(3, "did not restart in 10000 ms", "the previous state is back", flags="--timeout 10")
    wait_for_command("slow.service", "sleep")
    t.assertEqual(argument("slow.service"), "1000")

with subtest("a oneshot that stays up, which no process can prove"):
    once = "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true {}\n"
    put("once.service", once.format(1))
    machine.succeed("systemctl start once.service")
    plan(once_dot_service=(once.format(1), once.format(2)))
    activate(0, "restarted with the planned configuration, which no live process can show")
    reset()

with subtest("a unit that somebody is restarting just now is restarted and proved, and brought back"):
    halting = service("{}", "ExecStop=/bin/sleep 1")
    put("halting.service", halting.format(1000), start=True)
    plan(halting_dot_service=(halting.format(1000), halting.format("x")))
    machine.succeed("systemctl restart --no-block halting.service; sleep 0.3")
    activate(3, "'halting.service' did not stay up", "the previous state is back")
    t.assertEqual(argument("halting.service"), "1000")
    machine.succeed("systemctl stop halting.service")

with subtest("a oneshot in the middle of its run, which systemd forgets once it has ended"):
    brief = "[Service]\nType=oneshot\nExecStart=/bin/sleep {}\n"
    put("brief.service", brief.format(1000))
    plan(brief_dot_service=(brief.format(1000), brief.format(1)))
    machine.succeed("systemctl start --no-block brief.service")
    activate(0, "brief.service: restarted with the planned configuration, which no live process can show: systemd has forgotten")
    reset()

with subtest("a unit whose file is gone is not stopped, for it could not start again"):
    put("gone.service", service(1000), start=True)
    plan(settle=0, gone_dot_service=(service(1000), service(1001)))
    activate(0)
    machine.succeed(f"rm {UNITS}/gone.service; systemctl daemon-reload")
    status, said = machine.execute("dynix reset 2>&1")
    t.assertEqual(status, 1, said)
    t.assertIn("'gone.service' runs, and systemd could not start it again", said)
    t.assertEqual(argument("gone.service"), "1001")
    machine.succeed("systemctl stop gone.service")
    reset()

with subtest("systemd reads a unit with ':' in its name, too"):
    put("colon:one.service", service(1000), start=True)
    plan(**{"colon:one": (service(1000), service(1000, "MemoryMax=lots"))})
    activate(1, "lots")

with subtest("two units, and the second fails: the first one is back too"):
    put("first.service", service(1000))
    put("second.service", service(1000))
    machine.succeed("systemctl start first.service second.service")
    plan(first_dot_service=(service(1000), service(1001)), second_dot_service=(service(1000), service("x")))
    activate(3, "'second.service' did not stay up", "the previous state is back")
    t.assertEqual([argument("first.service"), argument("second.service")], ["1000", "1000"])
    machine.succeed(NO_DROP_INS, "! test -e /run/dynix/state.json")

with subtest("nobody else was touched"):
    t.assertEqual(machine.get_unit_property("bystander.service", "InvocationID"), bystander)
