# What is said of a unit speaks of what its processes have: of credentials, and of values that systemd cannot read.
import json


def unit(*lines):
    return service(1000, *lines)


def change(before, after, name="a"):
    put(f"{name}.service", before)
    machine.succeed(f"systemctl restart {name}.service")
    plan(**{f"{name}_dot_service": (before, after)})


def standing(name="a.service"):
    """The exit code of status, and its state and reason of the unit."""
    code, said = machine.execute("dynix status --json")
    found = {one["name"]: one for one in json.loads(said)["units"]}[name]
    return code, found["standing"], found["reason"]


def reset():
    machine.succeed("dynix reset", "systemctl reset-failed", NO_DROP_INS)


start_all()
machine.succeed("mkdir /run/secrets; printf old > /run/secrets/old; printf new > /run/secrets/new")
proved = "a.service: restarted; its live process has the planned configuration"

with subtest("a credential from another file, from a text, with other bytes: proved by what the process has"):
    for before, after in (
        ("LoadCredential=key:/run/secrets/old", "LoadCredential=key:/run/secrets/new"),
        ("LoadCredential=key:/run/secrets/old", "SetCredential=key:a%n\\n\\x00\\101:b c"),
        ("SetCredential=key:x", "SetCredential=key:y\nLoadCredential=key:/run/secrets/new"),
        ("LoadCredential=key:/run/secrets/old", "LoadCredential=key:/run/secrets/none\nSetCredential=key:instead"),
        ("LoadCredential=key:/run/secrets/old", ""),
        ("LoadCredential=key:/run/secrets/old\nDynamicUser=yes\nPrivateMounts=yes", "SetCredential=key:y\nDynamicUser=yes\nPrivateMounts=yes"),
    ):
        change(unit(before), unit(after))
        activate(0, proved)
        t.assertEqual(standing(), (0, "live", ""))
        reset()

with subtest("a unit whose credential is not there does not start, and comes back as it was"):
    change(unit("LoadCredential=key:/run/secrets/old"), unit("LoadCredential=key:/run/secrets/none"))
    activate(3, "the previous state is back", "status 243")
    machine.succeed("systemctl reset-failed")

with subtest("the file of a credential that the override brought has changed: it is not shown as live"):
    change(unit("LoadCredential=key:/run/secrets/old"), unit("LoadCredential=key:/run/secrets/new"))
    activate(0, proved)
    machine.succeed("printf newer > /run/secrets/new")
    t.assertEqual(standing(), (1, "applied", "credential 'key' is not what '/run/secrets/new' holds now"))
    machine.succeed("systemctl restart a.service")
    t.assertEqual(standing(), (0, "live", ""))
    reset()

with subtest("the file of a credential beside the override has changed: what is live stays so, and that is named"):
    beside = "LoadCredential=key:/run/secrets/old"
    change(unit(beside), unit(beside, "Environment=C=1"))
    activate(0, proved)
    machine.succeed("printf older > /run/secrets/old")
    reason = "credential 'key' is not what '/run/secrets/old' holds now: 'systemctl restart a.service' loads it"
    t.assertEqual(standing(), (0, "live", reason))
    activate(0, "'a.service': credential 'key' is not what '/run/secrets/old' holds now")
    reset()

with subtest("a credential that the process has no more, and one that cannot be compared"):
    change(unit(), unit("SetCredential=key:text"))
    activate(0, proved)
    main = machine.get_unit_property("a.service", "MainPID")
    machine.succeed(f"nsenter -t {main} -m umount /run/credentials/a.service || umount /run/credentials/a.service")
    t.assertEqual(standing()[1:], ("pending", "wanted='credential key of SetCredential=' live='no credential key'"))
    reset()
    machine.succeed("mkdir /run/secrets/folder; printf x > /run/secrets/folder/x")
    change(unit(), unit("LoadCredential=key:/run/secrets/folder"))
    activate(0, "which no live process can show", "credential 'key' is not compared: '/run/secrets/folder' is no regular file")
    t.assertEqual(standing()[0], 1)
    reset()

with subtest("no value of a credential is in what dynix keeps"):
    change(unit("LoadCredential=key:/run/secrets/old"), unit("LoadCredential=key:/run/secrets/new"))
    machine.succeed("printf SecretBytes > /run/secrets/new")
    activate(0, proved)
    machine.fail("grep -r SecretBytes /run/dynix /run/systemd/system /etc/systemd/system")
    reset()

with subtest("a value that systemd cannot read is found before anything is done, without root too"):
    plain = unit("MemoryMax=1G")
    for wrong in (unit("MemoryMax=lots"), unit("MemoryMax=1G", "[Unit]", "JobTimeoutSec=soon"), unit("MemoryMax=1G", "UMask=999")):
        change(plain, wrong)
        for flags in ("--dry-run", ""):
            activate(1, "error: systemd cannot read '", "of 'a.service': ", "change or undo the override", flags=flags)
    t.assertIn("systemd cannot read", machine.execute("runuser -u nobody -- dynix activate --dry-run /tmp/plan.json 2>&1")[1])
    change(plain, unit("MemoryMax=1G", "Type=oneshot", "Restart=always"))
    activate(1, "systemd would not load 'a.service' with the change", "Refusing", flags="--dry-run")
    put("b.timer", "[Timer]\nOnCalendar=daily\n")
    put("b.service", unit())
    plan(b_dot_timer=("[Timer]\nOnCalendar=daily\n", "[Timer]\nOnCalendar=whenever\n"))
    activate(1, "systemd would not load 'b.timer' with the change", "ignoring: whenever; Timer unit lacks value setting")
    change(plain, unit("MemoryMax=1G", "SystemCallFilter=~@nonsense"))
    activate(0, "warning: systemd ignores 'SystemCallFilter=~@nonsense' of 'a.service', as it would after a rebuild")
    t.assertEqual(machine.execute("ls /tmp/dynix-units.* /run/systemd/system/dynix_*")[0], 2)
    reset()
