# dynix status --watch goes on whatever becomes of what it looks at, and ends cleanly when it is asked to.


def expect(line):
    machine.wait_until_succeeds(f"grep -qF '{line}' /tmp/watched", timeout=PATIENCE)


start_all()
machine.wait_for_unit("worker.service")
machine.succeed("dynix append services.worker.jobs 4")

with subtest("off a terminal every change is a block of lines below the time"):
    machine.succeed("systemd-run --unit=watch sh -c 'exec dynix status --watch > /tmp/watched'")
    expect("static   services.worker.jobs = 4")
    machine.succeed("dynix apply")
    expect("live     services.worker.jobs = 4")
    expect("live     worker.service is active (running)")
    times = machine.succeed("grep -cE '^[0-9-]+T[0-9:]+Z$' /tmp/watched")
    t.assertLess(int(times), 12)
    machine.fail("grep -q \"$(printf '\\033')\" /tmp/watched")

with subtest("files that are half written, gone and back do not end it"):
    machine.succeed("cp /run/dynix/state.json /tmp/state.json", "echo '{' > /run/dynix/state.json")
    expect("/run/dynix/state.json")
    machine.succeed("rm /run/dynix/state.json")
    expect("worker.service has a dynix drop-in that no apply recorded")
    machine.succeed("mv /etc/nixos/dynamic.nix /tmp/dynamic.nix; echo '{' > /etc/nixos/dynamic.nix")
    expect("/etc/nixos/dynamic.nix:")
    last = machine.succeed("tac /tmp/watched | sed -E '/^[0-9-]+T[0-9:]+Z$/q'")
    t.assertIn("worker.service has a dynix drop-in that no apply recorded", last)
    machine.succeed("mv /tmp/dynamic.nix /etc/nixos/dynamic.nix", "cp /tmp/state.json /run/dynix/state.json", "systemctl daemon-reexec")

with subtest("Ctrl-C ends it, with success"):
    machine.succeed("systemctl is-active watch.service")
    machine.succeed("systemctl kill --signal=INT watch.service")
    wait_until_ended("watch.service")
    machine.succeed("! systemctl is-failed watch.service")

with subtest("on a terminal the view stays in its place"):
    watch = "timeout --foreground --preserve-status --signal=INT 10 dynix status --watch"
    machine.succeed(f"TERM=xterm script --quiet --return --command '{watch}' /tmp/typed </dev/null")
    typed = machine.succeed("tr '\\033' '^' < /tmp/typed")
    t.assertIn("live     services.worker.jobs = 4", typed)
    t.assertGreater(typed.count("^[J"), 1)
    t.assertIn("^[2A", typed)

with subtest("it is a view for people"):
    t.assertIn("--watch and --json exclude each other", machine.fail("dynix status --watch --json 2>&1"))
