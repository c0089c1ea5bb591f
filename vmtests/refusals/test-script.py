# What apply refuses before it changes anything: exit code 1, one message that says what to do.


def untouched():
    """Everything that apply could change."""
    return (
        machine.get_unit_property("worker.service", "InvocationID"),
        machine.succeed("ls -A /run/systemd/system/worker.service.d 2>/dev/null || true"),
        machine.succeed("cat /run/dynix/state.json 2>/dev/null || true"),
    )


def refuses(command, *words):
    """The command exits 1, says these words, and nothing has changed."""
    before = untouched()
    status, said = machine.execute(f"({command}) 2>&1")
    machine.log(f"{command} (exit {status})\n{said}")
    t.assertEqual(status, 1)
    for word in words:
        t.assertIn(word, said)
    t.assertNotIn("terminate called", said)
    t.assertEqual(untouched(), before)


# Commands that see a machine which lacks something, in a mount namespace of their own.
def without(hide, command):
    return f"unshare --mount bash -c \"{hide} && {command}\""


start_all()
machine.wait_for_unit("worker.service")
machine.succeed("dynix append services.worker.jobs 4")

with subtest("systemd is not there"):
    no_systemd = "mount -t tmpfs none /run/systemd && mount -t tmpfs none /run/dbus"
    refuses(without(no_systemd, "dynix apply"), "systemd")
    refuses(without(no_systemd, "dynix reset"), "systemd")
    refuses(without(no_systemd, "dynix status"), "systemd")

with subtest("the caller is not root"):
    as_nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups"
    refuses(f"{as_nobody} dynix apply", "root")
    refuses(f"{as_nobody} dynix reset", "root")

with subtest("no Nix in PATH"):
    refuses("mkdir -p /tmp/empty; PATH=/tmp/empty /usr/bin/dynix apply", "nix-build")

with subtest("Nix fails: its own message is shown"):
    refuses(without("mount --bind /dev/null /etc/nixos/system.nix", "dynix apply"), "error:")
    machine.succeed("echo 'throw \"no such luck\"' > /tmp/broken.nix")
    refuses(without("mount --bind /tmp/broken.nix /etc/nixos/system.nix", "dynix apply"), "no such luck")

with subtest("the system was built without dynix"):
    refuses(without("mount -t tmpfs none /etc/dynix", "dynix apply"), "/etc/dynix/system.json")

with subtest("the dynamic file is not one"):
    machine.succeed("echo '{ broken' > /tmp/broken.nix")
    refuses(without("mount --bind /tmp/broken.nix /etc/nixos/dynamic.nix", "dynix apply"), "dynamic.nix:1:")

with subtest("an assertion of the dynamic configuration fails"):
    machine.succeed("mkdir -p /root/plan && nix-build --no-out-link -E '(import /etc/nixos/system.nix).config.dynamicism.applyDynamicConfiguration { }' > /tmp/built")
    machine.succeed("jq '.problems = [\"worker needs an even number of jobs\"]' $(cat /tmp/built)/plan.json > /tmp/plan.json")
    refuses("dynix activate /tmp/plan.json", "worker needs an even number of jobs")

with subtest("the plan is newer than the program, or none"):
    machine.succeed("jq '.version = 99' $(cat /tmp/built)/plan.json > /tmp/plan.json")
    refuses("dynix activate /tmp/plan.json", "version")
    machine.succeed("head -c 100 $(cat /tmp/built)/plan.json > /tmp/plan.json")
    refuses("dynix activate /tmp/plan.json", "/tmp/plan.json")

with subtest("a plan that a drop-in cannot express names the key"):
    machine.succeed("jq '.services[0].units[0].dynamic = \"[Unit]\\nAfter=\\n[Service]\\nExecStart=/bin/true\\n\" | .services[0].units[0].static |= sub(\"Description\"; \"After=dbus.service\\nDescription\")' $(cat /tmp/built)/plan.json > /tmp/plan.json")
    refuses("dynix activate /tmp/plan.json", "After")

with subtest("a switch is running"):
    hold("/run/nixos/switch-to-configuration.lock", unit="switching")
    refuses("dynix apply", "switch")
    machine.succeed("systemctl stop switching.service")

with subtest("and when all that is gone, it applies"):
    t.assertEqual(worker_arguments(), "--jobs 12 --level warning")
    machine.succeed("dynix apply")
    t.assertEqual(worker_arguments(), "--jobs 4 --level warning")
