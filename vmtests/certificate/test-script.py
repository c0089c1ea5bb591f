# What is proved once for every value is not compared again, for as long as nothing changes; whatever else is in the
# place of a certificate, an apply compares as without one.
import json
import pathlib
import sys

# It runs in the container machine alone, beside the page: there is no configuration.nix here.
sys.path.append(str(pathlib.Path(activate.__code__.co_filename).parents[1] / "tools/dynix/tests"))
from format_page import compare  # noqa: E402

FOLDER = "/var/cache/dynix"


def certificates():
    return machine.execute(f"ls {FOLDER} 2>/dev/null")[1].split()


def certificate():
    (name,) = [name for name in certificates() if name.endswith(".json")]
    return f"{FOLDER}/{name}"


def certify(flags=""):
    return json.loads(machine.succeed(f"dynix certify --json {flags}"))


def check():
    """What an apply would rest on, and what is noted of the certificate."""
    record = json.loads(machine.succeed("dynix check --json"))
    return record["restsOn"], machine.succeed("dynix check 2>&1 >/dev/null")


def append(option, value):
    machine.succeed(f"dynix append services.worker.{option} {value}")


start_all()
machine.wait_for_unit("worker.service")
static = "--jobs 12 --level warning"

with subtest("without a certificate the values are compared"):
    append("jobs", 4)
    t.assertEqual(check()[0], "compared")
    said = machine.fail("dynix certify --status 2>&1")
    t.assertIn("there is no certificate", said)
    t.assertEqual(certificates(), [])
    t.assertIn("  proof     not tried: there is no certificate", machine.succeed("dynix why services.worker.jobs"))

with subtest("dynix certify proves what it can, and names what the others reach"):
    made = certify()
    t.assertEqual(made["proved"], [f"services.worker.{name}" for name in ["jobs", "level", "note"]])
    t.assertEqual(made["reaches"], {"services.worker.quota": [{"kind": "unit", "name": "counter.service"}]})
    compare("/var/cache/dynix/NAME.json", made)
    said = machine.succeed("dynix certify --status")
    t.assertIn("services.worker.jobs: proved for every value", said)
    t.assertIn("services.worker.quota: reaches 'counter.service' too", said)
    t.assertEqual(machine.succeed(f"stat -c '%a %U' {FOLDER} {certificate()}").split(), ["755", "root", "644", "root"])

with subtest("one that holds is not made again"):
    t.assertEqual(certify()["made"], made["made"])

with subtest("an apply says what it rests on, and the plan is carried out as ever"):
    t.assertEqual(check()[0], "every-value")
    t.assertEqual(json.loads(machine.succeed("dynix diff --json"))["restsOn"], "every-value")
    record = json.loads(machine.succeed("dynix apply --json"))
    t.assertEqual(record["restsOn"], "every-value")
    t.assertEqual(worker_arguments(), "--jobs 4 --level warning")
    t.assertIn("proved for every value", machine.succeed("dynix check"))
    t.assertIn("no leak: proved for every value", machine.succeed("dynix status"))
    t.assertEqual(json.loads(machine.succeed("dynix status --json"))["restsOn"], "every-value")

with subtest("why tells what an option can reach at all"):
    append("quota", 5)
    for option, reach in [("jobs", "worker.service only, proved for every value"), ("quota", "reaches 'counter.service' too")]:
        t.assertEqual(json.loads(machine.succeed(f"dynix why --json services.worker.{option}"))["reach"], reach)
        t.assertIn(f"  proof     {reach}\n", machine.succeed(f"dynix why services.worker.{option}"))
    machine.succeed("dynix undo --last")

with subtest("a comparison can be asked for"):
    for flags, rests_on in [("--no-certificate", "compared"), ("--verify=full", "full")]:
        t.assertEqual(json.loads(machine.succeed(f"dynix check --json {flags}"))["restsOn"], rests_on)

with subtest("an option that reaches another unit is refused, certificate or not"):
    append("quota", 5)
    refused = machine.fail("dynix apply 2>&1")
    t.assertIn("counter.service", refused)
    machine.succeed("dynix undo --last")

with subtest("one that is broken, foreign or of a newer version is passed over with a word"):
    file = certificate()
    machine.succeed(f"cp {file} /tmp/good")
    for change in [
        f"head -c 100 /tmp/good > {file}",
        f": > {file}",
        f"sed 's/\"version\": 1/\"version\": 2/' /tmp/good > {file}",
        f"sed 's/\"key\": \"/&0/' /tmp/good > {file}",
        f"cp /tmp/good {file} && chown daemon {FOLDER}",
    ]:
        machine.succeed(change)
        rests_on, said = check()
        t.assertEqual(rests_on, "compared", change)
        t.assertIn("the certificate is not used", said, change)
        machine.succeed(f"chown root {FOLDER}; cp /tmp/good {file}")
    t.assertEqual(check()[0], "every-value")

with subtest("a configuration edited since is never served by it"):
    machine.succeed("cp -p /etc/nixos/system.nix /root/system.nix")
    machine.succeed("sed -i 's/jobs = 12;/jobs = 13;/' /etc/nixos/system.nix")
    said = machine.fail("dynix apply 2>&1")
    t.assertIn("the certificate is not used", said)
    t.assertIn("nixos-rebuild switch", said)
    said = machine.fail("dynix certify --again 2>&1")
    t.assertIn("is not the system that runs", said)
    # The same bytes at the same time, but another file than the one that was read.
    machine.succeed("cp -p /root/system.nix /etc/nixos/system.nix")
    t.assertEqual(check()[0], "compared")
    certify()
    t.assertEqual(check()[0], "every-value")

with subtest("a file beside the configuration, which it might ask for, is a change too"):
    machine.succeed("touch /etc/nixos/hardware.nix")
    t.assertEqual(check()[0], "compared")
    machine.succeed("rm /etc/nixos/hardware.nix")
    t.assertEqual(check()[0], "every-value")

with subtest("what reads a file that is no root has no certificate"):
    machine.succeed("echo '{ }' > /srv/more.nix")
    machine.succeed("sed -i 's|^let$|let more = import /srv/more.nix;|' /etc/nixos/system.nix")
    machine.succeed("sed -i 's|config = whole;|config = builtins.seq more whole;|' /etc/nixos/system.nix")
    said = machine.fail("dynix certify 2>&1")
    t.assertIn("access to absolute path '/srv", said)  # Nix 2.26 names the folder
    t.assertIn("dynamicism.source.roots", said)
    machine.succeed("cp -p /root/system.nix /etc/nixos/system.nix")
    certify()

with subtest("what fetches something has one where that is known by its hash, and in the store"):
    machine.succeed("mkdir /tmp/source && echo '{ }' > /tmp/source/more.nix")
    hashed = machine.succeed("nix-store --add /tmp/source >&2; nix-hash --type sha256 --base32 /tmp/source").strip()
    url = "https://127.0.0.1:1/a.tar.gz"
    machine.succeed("sed -i 's|config = whole;|config = builtins.seq more whole;|' /etc/nixos/system.nix")
    machine.succeed("cp -p /etc/nixos/system.nix /root/looks.nix")
    for what, known in [(f'fetchTarball {{ url = "{url}"; sha256 = "{hashed}"; }}', True), (f'fetchTarball "{url}"', False)]:
        machine.succeed(f"sed 's|^let$|let more = import \"${{{what}}}/more.nix\";|' /root/looks.nix > /etc/nixos/system.nix")
        if known:
            certify()
            t.assertEqual(check()[0], "every-value")
        else:
            t.assertIn("nothing is fetched while it is proved", machine.fail("dynix certify 2>&1"))
    machine.succeed("cp -p /root/system.nix /etc/nixos/system.nix")
    certify()

with subtest("links lead to the configuration, and one that leads elsewhere is a change"):
    machine.succeed("mkdir /persist && mv /etc/nixos /persist/nixos && ln -s /persist/nixos /etc/nixos")
    machine.succeed("mv /persist/nixos/dynamic.nix /persist && ln -s /persist/dynamic.nix /nix /persist/nixos")
    certify()
    t.assertEqual(check()[0], "every-value")
    machine.succeed("ln -s nixos /persist/now && ln -sfn /persist/now /etc/nixos")
    t.assertEqual(check()[0], "compared")
    machine.succeed("rm /etc/nixos /persist/nixos/nix && mv /persist/nixos /etc && mv /persist/dynamic.nix /etc/nixos")
    certify()

with subtest("two at once: the second names the first"):
    hold(f"{FOLDER}/lock")
    said = machine.fail("dynix certify --again 2>&1")
    t.assertIn("sleep infinity", said)
    t.assertEqual(check()[0], "every-value")
    machine.succeed("systemctl stop holder.service")

with subtest("killed at any moment it leaves the older certificate or the newer one"):
    for tenths in range(1, 12, 2):
        machine.execute(f"timeout -s KILL 0.{tenths:02} dynix certify --again")
        t.assertEqual(check()[0], "every-value", tenths)
    t.assertEqual([name for name in certificates() if name.endswith(".json")], [file.rpartition("/")[2]])

with subtest("on a full disk there is none, and an apply compares"):
    machine.succeed(f"mount -t tmpfs -o size=4k,nr_inodes=3,mode=0755 none {FOLDER}")
    machine.execute(f"head -c 8k /dev/zero > {FOLDER}/full")
    said = machine.fail("dynix certify --again 2>&1")
    t.assertIn("error", said)
    t.assertEqual(check()[0], "compared")
    machine.succeed(f"umount {FOLDER}")
    t.assertEqual(check()[0], "every-value")

with subtest("the service makes it after a switch, for the new system"):
    machine.succeed("systemctl enable dynix-certify.service")
    machine.succeed("sed -i 's/jobs = 12;/jobs = 13;/' /etc/nixos/system.nix")
    machine.succeed("nixos-rebuild switch")
    machine.wait_until_succeeds("dynix certify --status")
    t.assertEqual(worker_arguments(), "--jobs 13 --level warning")
    t.assertEqual(check()[0], "every-value")
    wait_until_ended("dynix-certify.service")
    t.assertEqual(machine.get_unit_property("dynix-certify.service", "Result"), "success")
    # The older system is still there, and so is what is proved of it.
    t.assertEqual(len([name for name in certificates() if name.endswith(".json")]), 2)

with subtest("nothing else than root may keep one"):
    t.assertIn("only root", machine.fail("setpriv --reuid=65534 --clear-groups dynix certify --again 2>&1"))
