# A user enables and disables runtime modules by sudo and by doas: Nix runs as that user, the activation alone as root.
import json
import shlex


def as_alice(code, command, *words):
    status, said = machine.execute(f"runuser -u alice -- env PATH=/tmp/watched:$PATH HOME=/home/alice {command} 2>&1")
    machine.log(f"{command} (exit {status})\n{said}")
    t.assertEqual(status, code, said)
    for word in words:
        t.assertIn(word, said)
    return said


def use(*command):
    """The setting, for the system that runs from now on."""
    # None of them hands LD_LIBRARY_PATH on, by which the container machine's programs find their libraries.
    words = [*command, "env", "LD_LIBRARY_PATH=/usr/lib/dynix/lib"]
    setting = "elevation = [ " + " ".join(f'"{word}"' for word in words) + " ];"
    machine.succeed(f"sed -i -E 's|^ *(# settings\\|elevation = .*)$|{setting}|' /etc/nixos/base.nix", "nixos-rebuild switch")
    t.assertEqual(json.loads(machine.succeed("cat /etc/dynix/modules.json"))["elevation"], words)


start_all()
machine.wait_for_unit("worker.service")
machine.succeed("useradd --create-home alice", "systemd-run --quiet --unit=test-nix-daemon nix-daemon")
machine.wait_until_succeeds("test -S /nix/var/nix/daemon-socket/socket")
machine.succeed("echo 'alice ALL=(root) NOPASSWD: ALL' > /etc/sudoers.d/alice", "echo 'permit nopass alice' > /etc/doas.conf")
machine.succeed("chmod 0440 /etc/sudoers.d/alice", "chmod 0400 /etc/doas.conf")
# Says who calls Nix.
watched = '#!/bin/sh\nid -un >> /tmp/who\nexec /usr/bin/nix-build "$@"\n'
machine.succeed("mkdir /tmp/watched", f"printf %s {shlex.quote(watched)} > /tmp/watched/nix-build")
machine.succeed("chmod +x /tmp/watched/nix-build", "touch /tmp/who", "chmod 0666 /tmp/who")

for command in (["sudo", "-n"], ["doas", "-n"]):
    with subtest(f"enable, disable and reset with {command[0]}"):
        use(*command)
        machine.succeed("truncate --size=0 /tmp/who")
        said = as_alice(0, "runtime-module enable clock", "turns on 'ticker' (required by 'clock'), 'clock'", "enabled: ticker, clock")
        t.assertEqual(said.count("turns on"), 1)
        machine.succeed("systemctl is-active ticker.service clock.service")
        t.assertEqual(machine.succeed("find /run/runtime-modules ! -user root"), "")
        # The exit code and the record come back, and an answer that needs no root asks for none.
        as_alice(3, "runtime-module enable broken", "the previous system runs again: enabled: ticker, clock")
        as_alice(5, "runtime-module enable -- '-f'", "there is no runtime module '-f'")
        as_alice(0, "runtime-module enable clock", "nothing to do")
        done = json.loads(as_alice(0, "runtime-module --json disable clock 2>/dev/null"))
        t.assertEqual((done["result"], done["enabled"]), ("done", ["ticker"]))
        as_alice(0, "runtime-module reset", "no module is enabled")
        t.assertEqual(set(machine.succeed("cat /tmp/who").split()), {"alice"})

with subtest("a command that permits nothing is no way in"):
    use("sudo", "-n")
    machine.succeed("rm /etc/sudoers.d/alice")
    as_alice(1, "runtime-module enable clock", "password is required")
    machine.fail("systemctl is-active clock.service")
