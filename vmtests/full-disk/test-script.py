# No space left in /run, or no room for one more file: an apply fails without a trace, and a reset says what it could not do.
import json


def text_of_drop_in():
    return machine.execute(f"cat {drop_in('worker.service')} 2>/dev/null")[1]


def with_free_pages(pages, command):
    """Runs the command while /run has so much space left, and gives it all back after."""
    limit = f"mount -o remount,size=$(( ($(df --output=used -B1024 /run | tail -1) + {pages} * 4) ))k /run"
    status, said = machine.execute(f"{limit} && {{ {command} 2>&1; }}")
    machine.succeed("mount -o remount,size=50% /run", "systemctl reset-failed")
    machine.log(f"{pages} pages left: {command} (exit {status})\n{said}")
    return status, said


def with_free_inodes(inodes, folder, command):
    """Runs the command while `folder`, a file system of its own, takes so many files more."""
    limit = f"mount -o remount,nr_inodes=$(( $(df --output=iused {folder} | tail -1) + {inodes} )) {folder}"
    status, said = machine.execute(f"{limit} && {{ {command} 2>&1; }}")
    machine.succeed(f"mount -o remount,nr_inodes=100k {folder}")
    machine.log(f"room for {inodes} files in {folder}: {command} (exit {status})\n{said}")
    return status, said


start_all()
machine.wait_for_unit("worker.service")
# Its messages go to /run too.
machine.succeed("mkdir -p /etc/systemd/journald.conf.d", "printf '[Journal]\\nStorage=none\\n' > /etc/systemd/journald.conf.d/none.conf", "systemctl restart systemd-journald")
plans = {}
for jobs in [4, 5]:
    machine.succeed(f"dynix append services.worker.jobs {jobs}", "dynix apply")
    plans[jobs] = machine.succeed("readlink -f /run/dynix/applied").strip() + "/plan.json"
machine.succeed("dynix reset", "systemctl reset-failed")

outcomes = []
for before, now in [(12, 4), (4, 5)]:
    if before != 12:
        machine.succeed(f"dynix activate {plans[before]}")
    for pages in [0, 1, 2, 3, 8000]:
        with subtest(f"from {before} to {now} jobs with {pages} pages left"):
            old = text_of_drop_in()
            status, said = with_free_pages(pages, f"dynix activate {plans[now]}")
            outcomes.append(f"{before} to {now} jobs, {pages} pages left: exit {status}")
            t.assertIn(status, [0, 1, 3] if before == 12 else [0, 1, 3, 4])
            # Below 16 MiB systemd does not read its unit files anew.
            if status == 0:
                t.assertEqual(worker_arguments(), f"--jobs {now} --level warning")
                machine.succeed(f"dynix activate {plans[before]}" if before != 12 else "dynix reset")
            else:
                assert "No space left on device" in said or "not enough space" in said, said
                t.assertIn("make room in '/run", said)
                t.assertEqual(worker_arguments(), f"--jobs {before} --level warning")
                t.assertEqual(text_of_drop_in(), old)
            if status == 4:
                # The drop-in of before is back, but it is a new file, which systemd would have to read.
                t.assertIn("systemd has not reloaded its unit files", said)
                machine.succeed(f"dynix activate {plans[before]}")
            units = json.loads(machine.execute("dynix status --json")[1])
            t.assertEqual([one["standing"] for one in units["units"]], ["live"] if before != 12 else [])
            t.assertEqual(units["problems"], [])
machine.log("\n".join(outcomes))
assert any("exit 1" in one or "exit 3" in one for one in outcomes), "the disk was never full"
assert any("exit 0" in one for one in outcomes), "nothing ever fitted"

with subtest("a reset: systemd refuses to read its files anew, which is said; with room again it comes to its end"):
    machine.succeed(f"dynix activate {plans[4]}")
    status, said = with_free_pages(0, "dynix reset")
    t.assertEqual(status, 4)
    t.assertIn("not enough space", said)
    t.assertIn("make room in '/run'", said)
    machine.fail("dynix status")
    machine.succeed("dynix reset")
    t.assertEqual(worker_arguments(), "--jobs 12 --level warning")
    t.assertEqual(text_of_drop_in(), "")

with subtest("no room for one more file: it is said where, and that it is not the space that lacks"):
    hint = "hint: '{0}' takes no file more, whatever room it has: take some away; 'df -i {0}' shows how many there are\n"
    for inodes in range(1, 9):
        status, said = with_free_inodes(inodes, "/run", "dynix apply")
        t.assertIn(status, [0, 1, 3])
        if status != 0:
            t.assertIn(hint.format("/run"), said)
            t.assertEqual(worker_arguments(), "--jobs 12 --level warning")
            t.assertEqual(text_of_drop_in(), "")
        machine.succeed("dynix reset", "systemctl reset-failed")
    # The dynamic file's folder is what is full, and not the one above it.
    machine.succeed("cp -a /etc/nixos /root/nixos", "mount -t tmpfs none /etc/nixos", "cp -a /root/nixos/. /etc/nixos")
    before = machine.succeed("cat /etc/nixos/dynamic.nix")
    for command in ["dynix append services.worker.jobs 6", "dynix undo --all"]:
        status, said = with_free_inodes(0, "/etc/nixos", command)
        t.assertEqual(status, 1)
        t.assertIn(hint.format("/etc/nixos"), said)
        t.assertEqual(machine.succeed("cat /etc/nixos/dynamic.nix"), before)
    machine.succeed("umount /etc/nixos")
