# Runtime modules: on and off, all or nothing, with the truth told throughout; and none of the ten faults of nixos-runtime-modules.
import json
import shlex

STATE = "/run/runtime-modules/state.json"
LOCK = "/run/nixos/switch-to-configuration.lock"


def system():
    return machine.succeed("readlink /run/current-system").strip()


def is_active(unit):
    return machine.execute(f"systemctl is-active --quiet {unit}")[0] == 0


def untouched_by(command, code, *words):
    """A command that is refused: neither the system nor the state is another one afterwards."""
    before = system(), machine.execute(f"cat {STATE} 2>/dev/null")[1], enabled_modules()
    said = runtime_module(code, command, *words)
    t.assertEqual((system(), machine.execute(f"cat {STATE} 2>/dev/null")[1], enabled_modules()), before)
    return said


start_all()
machine.wait_for_unit("worker.service")
base = system()
worker = machine.get_unit_property("worker.service", "InvocationID")
all_modules = [one["name"] for one in runtime_module_record("list")["modules"]]

with subtest("fault 6: a declared module is not evaluated, so that a broken one breaks no rebuild"):
    machine.succeed("echo '{ this is not Nix' > /etc/nixos/modules/syntax.nix", "nixos-rebuild switch")
    t.assertEqual((system(), enabled_modules()), (base, []))
    t.assertEqual(machine.get_unit_property("worker.service", "InvocationID"), worker)

with subtest("fault 8: a declared module is no part of the base, and what describes it is nothing but text"):
    t.assertEqual(all_modules[:4], ["ticker", "tools", "clock", "louder"])
    t.assertEqual(enabled_modules(), [])
    runtime_module(0, "list", "Available modules:\n  [ ] ticker", "it's \"$(touch /root/owned)\"", "(requires ticker; conflicts with louder)")
    runtime_module(1, "status ticker tools", "disabled\ndisabled")
    machine.succeed("! test -e /root/owned")
    machine.fail("systemctl cat ticker.service")

with subtest("fault 10: diff and --dry-run show what would change, and change nothing"):
    shown = untouched_by("diff clock tools", 0, "+ clock.service (start)", "+ clock.conf", "+ carpenter", "+ hammer", "store")
    t.assertIn("turns on 'ticker' (required by 'clock'), 'clock', 'tools'", shown)
    t.assertIn("clock.service", untouched_by("enable clock -n", 0))
    planned = runtime_module_record("diff louder")
    t.assertEqual(planned["result"], "planned")
    t.assertEqual(planned["differences"]["units"], [{"name": "worker.service", "change": "changed", "action": "restart"}])
    machine.succeed("! test -e /run/runtime-modules")

with subtest("list --size builds each module, and says what it adds; those that cannot be built are named"):
    listed = runtime_module_record("list --size", 1)
    size = {one["name"]: one["addedBytes"] for one in listed["modules"]}
    cannot = ["asserts", "unbuildable", "syntax", "throws", "missing", "clashes", "declares", "hides", "undeclared"]
    t.assertEqual(sorted(name for name in size if size[name] is None), sorted(cannot))
    t.assertEqual(len(listed["errors"]), len(cannot))
    # What they require is added with them.
    assert 0 < size["ticker"] < size["clock"], size
    runtime_module(1, "list --size", "the size of 'asserts': the modules do not go with this system", "(requires ticker; conflicts with louder; +")
    machine.succeed("! test -e /run/runtime-modules")

with subtest("enable: what is required comes along"):
    runtime_module(0, "enable clock", "turns on 'ticker' (required by 'clock'), 'clock'", "enabled: ticker, clock")
    # Measured again, as the archives of the paths that came along.
    paths = "nix-store --query --requisites {} | sort"
    added = f"comm -23 <({paths.format(system())}) <({paths.format(base)})"
    measured = machine.succeed(f"bash -c '{added} | while read -r path; do nix-store --dump $path; done | wc -c'")
    t.assertEqual(int(measured), size["clock"])
    t.assertEqual((is_active("ticker"), is_active("clock")), (True, True))
    t.assertEqual(machine.succeed("cat /etc/clock.conf"), "twelve hours")
    runtime_module(0, "status clock ticker", "enabled\nenabled")
    t.assertEqual(enabled_modules(), ["ticker", "clock"])
    t.assertEqual(machine.get_unit_property("worker.service", "InvocationID"), worker)

with subtest("fault 3: a module of any path is on when it is on, and another one does not drop it"):
    runtime_module(0, "enable odd", "enabled: ticker, clock, odd")
    runtime_module(0, "enable broken -n", "+ broken.service (start)")
    t.assertEqual((enabled_modules(), machine.succeed("cat /etc/odd.conf")), (["ticker", "clock", "odd"], "it's #1"))
    runtime_module(0, "disable clock")
    t.assertEqual((enabled_modules(), machine.succeed("cat /etc/odd.conf")), (["ticker", "odd"], "it's #1"))
    runtime_module(0, "disable odd")
    runtime_module(0, "enable clock")

with subtest("what takes effect at boot alone is shown, with a word that a module cannot change it"):
    shown = untouched_by("diff kernel", 0, "boot        ~ kernel-params", "since a reboot returns to the base: kernel-params")
    t.assertEqual(runtime_module_record("diff kernel")["differences"]["boot"], [{"name": "kernel-params", "change": "changed"}])

with subtest("a module that declares modules, or hides them, is refused"):
    for name in ["declares", "hides"]:
        untouched_by(f"enable {name}", 1, "a runtime module sets `services.runtimeModules`")
    # Another file in its place would leave no way back.
    untouched_by("enable replaces", 1, "a runtime module changes '/etc/dynix/modules.json'")

with subtest("packages and a user, beside what is on already"):
    ticker = machine.get_unit_property("ticker.service", "InvocationID")
    runtime_module(0, "enable tools", "turns on 'tools'")
    machine.succeed("id carpenter", "test \"$(/run/current-system/sw/bin/hammer)\" = hammer")
    t.assertEqual(machine.get_unit_property("ticker.service", "InvocationID"), ticker)
    t.assertEqual(enabled_modules(), ["ticker", "tools", "clock"])

with subtest("the state is a record for everybody to read and for root to write, whatever the umask"):
    state = json.loads(machine.succeed(f"cat {STATE}"))
    t.assertEqual(state["version"], 1)
    t.assertEqual(state["base"], base)
    t.assertEqual(state["applied"], {"system": system(), "enabled": ["ticker", "tools", "clock"]})
    t.assertIsNone(state["activating"])
    runtime_module(0, "-f enable tools", before="umask 000;")
    t.assertEqual(machine.succeed("find /run/runtime-modules ! -type l -perm /0022"), "")
    runtime_module(0, "-f enable tools", before="umask 777;")
    machine.succeed("useradd --create-home alice")
    machine.succeed(f"runuser -u alice -- cat {STATE}", "runuser -u alice -- runtime-module list")
    machine.fail("runuser -u alice -- touch /run/runtime-modules/state.json")

with subtest("enable of what is on builds nothing"):
    machine.succeed("mkdir -p /tmp/hangs")
    machine.succeed("printf '#!/bin/sh\\nexec sleep 1000\\n' > /tmp/hangs/nix-build; chmod +x /tmp/hangs/nix-build")
    before = system(), machine.succeed(f"cat {STATE}")
    runtime_module(0, "enable clock", "nothing to do: already enabled: clock", before="PATH=/tmp/hangs:$PATH;")
    t.assertEqual((system(), machine.succeed(f"cat {STATE}")), before)

with subtest("disable of what is required is refused by name, and forced in order"):
    untouched_by("disable ticker", 1, "'ticker' is required by 'clock', which is enabled", "--force")
    runtime_module(0, "disable ticker --force", "turns off 'clock' (requires 'ticker'), 'ticker'", "enabled: tools")
    t.assertEqual((is_active("ticker"), is_active("clock")), (False, False))
    machine.succeed("! test -e /etc/clock.conf")

with subtest("fault 9: names that are unknown, with those that look like them, and that nothing takes for anything else"):
    untouched_by("enable tocls", 5, "there is no runtime module 'tocls'", "did you mean 'tools'")
    for name in ["a b", "it's", "..", "-rf", "$(touch /root/owned)", "a\nb", "tools nothing"]:
        words = name if name == "tools nothing" else shlex.quote(name)
        untouched_by(f"enable -- {words}", 5, "there is no runtime module")
    t.assertIn("tocls", runtime_module_record("enable tocls", 5)["error"]["message"])
    machine.succeed("! test -e /root/owned")

with subtest("modules that conflict"):
    runtime_module(0, "enable clock")
    untouched_by("enable louder", 1, "conflicts with 'clock', which is enabled")
    runtime_module(0, "disable clock", "enabled: ticker, tools")

with subtest("fault 1: modules that cannot be built: neither the system nor the state changes"):
    untouched_by("enable asserts", 1, "asserts: not on this system")
    untouched_by("enable unbuildable", 1, "unbuildable")
    untouched_by("enable syntax", 1, "syntax.nix")
    untouched_by("enable throws", 1, "it throws")
    untouched_by("enable missing", 1, "runtime module 'missing': '/etc/nixos/modules/missing.nix' does not exist")
    untouched_by("enable undeclared", 1, "services.nothing")
    untouched_by("enable clashes", 1, "services.worker.program")
    # And none of them is taken for on by the next try.
    untouched_by("enable asserts", 1, "asserts: not on this system")
    t.assertEqual(runtime_module_record("enable asserts", 1)["error"]["notes"][0]["message"], "asserts: not on this system")

with subtest("an activation that fails: the previous system is back, exit 3"):
    untouched = system(), enabled_modules()
    said = runtime_module(3, "enable broken", "broken.service", "the previous system runs again: enabled: ticker, tools")
    t.assertEqual((system(), enabled_modules()), untouched)
    t.assertTrue(is_active("ticker"))
    machine.fail("systemctl cat broken.service")
    t.assertEqual(runtime_module_record("enable broken", 3)["result"], "failed-restored")
    t.assertIsNone(json.loads(machine.succeed(f"cat {STATE}"))["activating"])
    # The retry is a try again, not 'nothing to do'.
    runtime_module(3, "enable broken", "broken.service")

with subtest("a Nix that hangs and is interrupted"):
    status, said = machine.execute("PATH=/tmp/hangs:$PATH timeout --signal=INT 2 runtime-module enable clock 2>&1")
    assert status != 0, said
    machine.wait_until_fails("pgrep -f 'sleep 1000$'", timeout=PATIENCE)
    t.assertEqual(enabled_modules(), ["ticker", "tools"])

with subtest("fault 4: two at once: one after the other, no change is lost, and no reader sees half of one"):
    machine.succeed(
        "runtime-module enable clock > /tmp/one 2>&1 & one=$!; runtime-module disable tools > /tmp/two 2>&1 & two=$!; "
        "while kill -0 $one 2> /dev/null || kill -0 $two 2> /dev/null; do "
        "runtime-module --json list > /tmp/list && python3 -c 'import json; json.load(open(\"/tmp/list\"))["
        "\"warnings\"] == [] or exit(1)' || touch /tmp/torn; done; wait $one && wait $two && ! test -e /tmp/torn"
    )
    t.assertEqual(enabled_modules(), ["ticker", "clock"])
    runtime_module(0, "enable tools")

with subtest("a switch that is under way is waited for"):
    hold(LOCK, unit="other-switch")
    machine.execute("{ set +e; runtime-module disable tools; echo $? > /tmp/code; } > /tmp/waiting 2>&1 &")
    machine.wait_until_succeeds("grep 'waiting for a NixOS switch' /tmp/waiting", timeout=PATIENCE)
    machine.succeed("systemctl stop other-switch.service")
    machine.wait_until_succeeds("grep '^0$' /tmp/code", timeout=PATIENCE)
    t.assertEqual(enabled_modules(), ["ticker", "clock"])

with subtest("killed while Nix builds: nothing has changed"):
    before = system(), machine.succeed(f"cat {STATE}")
    machine.execute("PATH=/tmp/hangs:$PATH timeout --signal=KILL 1 runtime-module enable tools 2>&1")
    t.assertEqual((system(), machine.succeed(f"cat {STATE}")), before)
    runtime_module(0, "list")

with subtest("killed while the switch runs: the switch ends by itself, and the truth is told"):
    slow = "systemctl list-units --all --plain --no-legend runtime-modules-switch.service | grep ."
    machine.succeed("runtime-module enable tools > /tmp/killed 2>&1 & echo $! > /tmp/pid; "
                    f"for i in $(seq 2000); do {slow} && break; sleep 0.01; done; kill -9 $(cat /tmp/pid); wait || true")
    machine.wait_until_succeeds(f"! {slow}")
    on = enabled_modules()
    t.assertIn(on, (["ticker", "clock"], ["ticker", "tools", "clock"]))
    t.assertEqual(runtime_module_record("list")["interrupted"], True)
    runtime_module(1, "status", "an activation was interrupted")
    runtime_module(0, "enable tools", "enabled: ticker, tools, clock")
    t.assertEqual(runtime_module_record("list")["interrupted"], False)

with subtest("a state file that is truncated, foreign or newer changes nothing"):
    for text in ["", "{", '{"enabled": ["louder"]}', '{"version": 2}']:
        machine.succeed(f"printf %s {shlex.quote(text)} > {STATE}")
        t.assertEqual(enabled_modules(), ["ticker", "tools", "clock"])
        runtime_module(0, "status clock", "enabled", "state.json")
    runtime_module(0, "disable clock")
    t.assertEqual(runtime_module_record("list")["warnings"], [])
    t.assertEqual(machine.succeed(f"cat {STATE}.damaged"), '{"version": 2}')
    # Also a folder is in nobody's way.
    machine.succeed(f"rm {STATE}; mkdir {STATE}")
    runtime_module(0, "disable ticker")
    runtime_module(0, "enable ticker")
    t.assertEqual(runtime_module_record("list")["warnings"], [])

with subtest("a full disk below /run: refused before anything changes"):
    machine.succeed("mount -t tmpfs -o size=16k,mode=0755 none /run/runtime-modules", "head -c 16k /dev/zero > /run/runtime-modules/filler || true")
    before = system()
    runtime_module(1, "enable clock")
    t.assertEqual(system(), before)
    machine.succeed("umount /run/runtime-modules")

with subtest("a switch to the very same base takes all back, whatever the state says, and that is told"):
    on = enabled_modules()
    state = json.loads(machine.succeed(f"cat {STATE}"))
    state["activating"] = {"system": base, "enabled": []}  # as a reset leaves it that was killed
    machine.succeed(f"printf %s {shlex.quote(json.dumps(state))} > {STATE}", "nixos-rebuild switch")
    t.assertEqual((system(), enabled_modules()), (base, []))
    runtime_module(0, "reset")
    runtime_module(0, f"enable {' '.join(on)}")
    machine.succeed("nixos-rebuild switch")
    runtime_module(0, "list", f"a switch has turned off: {', '.join(on)}")
    runtime_module(0, f"enable {' '.join(on)}")

with subtest("fault 5: the configuration on disk has changed: nothing newer comes along"):
    machine.succeed("sed -i 's/default = 12;/default = 10;/' /etc/nixos/base.nix")
    untouched_by("enable clock", 1, "the configuration on disk is not the one that runs", "nixos-rebuild switch")
    t.assertEqual(worker_arguments(), "--jobs 12 --level warning")

with subtest("reset goes to the base that runs without Nix, whatever is on disk"):
    runtime_module(0, "reset", "turns off", before="PATH=/tmp/hangs:$PATH;")
    t.assertEqual(system(), base)
    t.assertEqual((enabled_modules(), is_active("ticker")), ([], False))
    runtime_module(0, "reset", "nothing to do: no module is enabled")

with subtest("fault 2: a disable of the last module that fails, and the reset after it"):
    machine.succeed("sed -i 's/default = 10;/default = 12;/' /etc/nixos/base.nix")
    runtime_module(0, "enable ticker")
    machine.succeed("mkdir /tmp/fails; printf '#!/bin/sh\\nexit 1\\n' > /tmp/fails/systemd-run; chmod +x /tmp/fails/systemd-run")
    runtime_module(4, "disable ticker", "'runtime-module reset' goes back", before="PATH=/tmp/fails:$PATH;")
    t.assertEqual((enabled_modules(), is_active("ticker")), (["ticker"], True))
    runtime_module(0, "reset", "turns off 'ticker'")
    t.assertEqual((enabled_modules(), is_active("ticker")), ([], False))

with subtest("a switch to another base turns all off, and says what was on"):
    runtime_module(0, "enable ticker")
    machine.succeed(
        "sed -i -e 's/default = 12;/default = 10;/' "
        "-e 's|^      modules = .$|&\\n{ name = \"late\"; path = ./modules/tools.nix; }|' /etc/nixos/base.nix",
        "nixos-rebuild switch",
    )
    t.assertEqual((enabled_modules(), is_active("ticker")), ([], False))
    t.assertEqual(worker_arguments(), "--jobs 10 --level warning")
    runtime_module(0, "list", "a switch has turned off: ticker; 'runtime-module enable ticker' turns it on again")
    runtime_module(0, "enable ticker", "enabled: ticker")

with subtest("another system with the modules, as a specialisation is, is left by force alone"):
    activated = system()
    machine.succeed(f"cp -a {activated} /var/lib/special", "ln -sfn /var/lib/special /run/current-system")
    for command in ["enable tools", "disable ticker", "rebuild", "reset"]:
        said = untouched_by(command, 1, "is not the one that runtime-module activated: perhaps a specialisation", "'--force' leaves it")
        t.assertNotIn("evaluate", said)
    runtime_module(0, "status ticker", "enabled")
    untouched_by("diff tools", 0, "perhaps a specialisation of it, so what differs is shown as from the base", "+ hammer")
    runtime_module(0, "rebuild --force", "enabled: ticker")
    t.assertEqual(system(), activated)
    machine.succeed("rm -rf /var/lib/special")

with subtest("fault 7: a change of modules keeps no module from the list that came with the switch"):
    t.assertEqual([one["name"] for one in runtime_module_record("list")["modules"]], ["late", *all_modules])
    runtime_module(0, "rebuild", "enabled: ticker")

with subtest("a module file that changes is built again by rebuild"):
    machine.succeed("sed -i s/1000001/1000003/ /etc/nixos/modules/ticker.nix")
    runtime_module(0, "enable ticker", "nothing to do")
    runtime_module(0, "rebuild")
    t.assertEqual([words[-1] for words in arguments_of("ticker.service")], ["1000003"])

with subtest("a unit of the base that fails anyway stops no change and no way back, and is named"):
    sore = 'systemd.services.old-sore = { wantedBy = [ "multi-user.target" ]; serviceConfig = { Type = "oneshot"; ExecStart = "${pkgs.coreutils}/bin/false"; }; };'
    edit = f"s|^    systemd.services.helper = {{|    {sore}\\n&|"
    machine.succeed(f"sed -i {shlex.quote(edit)} /etc/nixos/base.nix", "grep -q old-sore /etc/nixos/base.nix")
    # A switch of the real nixos-rebuild fails for it, and its system runs.
    machine.execute("nixos-rebuild switch")
    machine.wait_until_succeeds("systemctl is-failed old-sore.service")
    runtime_module(0, "enable tools", "for units that had failed before: old-sore.service", "enabled: tools")
    runtime_module(3, "enable broken", "what had not failed before: broken.service", "the previous system runs again: enabled: tools")
    t.assertEqual((enabled_modules(), runtime_module_record("list")["interrupted"]), (["tools"], False))
    # Colours would hide their names.
    runtime_module(0, "rebuild", "for units that had failed before: old-sore.service", before="export SYSTEMD_COLORS=1;")
    runtime_module(0, "reset", "no module is enabled")
    t.assertIsNone(json.loads(machine.succeed(f"cat {STATE}"))["activating"])
    machine.succeed("sed -i '/old-sore/d' /etc/nixos/base.nix", "nixos-rebuild switch")
    runtime_module(0, "enable ticker")

with subtest("fault 9: other users, by the command of the setting, or told that root has to do it"):
    said = machine.fail("runuser -u alice -- runtime-module disable ticker 2>&1")
    t.assertIn("services.runtimeModules.elevation", said)

with subtest("another user evaluates and builds, and the command of the setting makes only the activation root's"):
    # A program that makes its caller root, in the place of sudo.
    machine.succeed("install -m 4755 $(command -v setpriv) /var/lib/become-root")
    # As sudo, it hands no LD_LIBRARY_PATH on, by which the container machine's programs find their libraries.
    words = "/var/lib/become-root --reuid=0 --regid=0 --clear-groups env LD_LIBRARY_PATH=/usr/lib/dynix/lib".split()
    setting = " ".join(f'"{word}"' for word in words)
    machine.succeed(f"sed -i 's|# settings|elevation = [ {setting} ];|' /etc/nixos/base.nix", "nixos-rebuild switch")
    if machine.execute("test -S /nix/var/nix/daemon-socket/socket")[0] != 0:
        machine.succeed("systemd-run --quiet --unit=test-nix-daemon nix-daemon")
        machine.wait_until_succeeds("test -S /nix/var/nix/daemon-socket/socket")
    machine.succeed("mkdir -p /tmp/watched; touch /tmp/who; chmod 0666 /tmp/who")
    machine.succeed("printf '#!/bin/sh\nid -un >> /tmp/who\nexec %s \"$@\"\n' $(command -v nix-build) > /tmp/watched/nix-build")
    machine.succeed("chmod +x /tmp/watched/nix-build")
    as_alice = "runuser -u alice -- env PATH=/tmp/watched:$PATH HOME=/home/alice"
    said = runtime_module(0, "enable clock", "turns on 'ticker' (required by 'clock'), 'clock'", "enabled: ticker, clock", before=as_alice)
    t.assertEqual(said.count("turns on"), 1)
    t.assertEqual(machine.succeed("cat /tmp/who"), "alice\n")
    t.assertEqual((enabled_modules(), is_active("clock")), (["ticker", "clock"], True))
    t.assertEqual(machine.succeed("find /run/runtime-modules ! -user root"), "")
    machine.succeed("nix-collect-garbage 2>&1", "test -e $(readlink /run/runtime-modules/applied)")
    # Names are words for whatever stands before them, and the exit code comes back.
    runtime_module(5, "enable -- '$(touch /root/owned)'", before=as_alice)
    runtime_module(3, "enable broken", "the previous system runs again", before=as_alice)
    t.assertEqual(json.loads(machine.succeed(f"{as_alice} runtime-module --json disable clock 2>/dev/null"))["result"], "done")
    runtime_module(0, "reset", before=as_alice)
    runtime_module(0, "enable ticker")

with subtest("what runs is not collected as garbage"):
    machine.succeed("nix-collect-garbage 2>&1", "test -e /run/current-system/bin/switch-to-configuration")
    machine.succeed("test -e $(readlink /run/runtime-modules/applied)")

with subtest("a soft reboot keeps /run, and so the modules that are on"):
    soft_reboot("worker.service")
    t.assertEqual((enabled_modules(), is_active("ticker")), (["ticker"], True))

with subtest("a reboot is back at the base"):
    machine.reboot()
    machine.wait_for_unit("worker.service")
    t.assertEqual(enabled_modules(), [])
    machine.succeed("! test -e /run/runtime-modules")
    machine.fail("systemctl is-active ticker.service")
    runtime_module(0, "enable ticker", "enabled: ticker")
