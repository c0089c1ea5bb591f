# Overrides reach the running distccd one after the other, and a switch takes them all back.
#
# The order is that of a person at work: look, append, apply, look again. What the service runs with is read
# from the arguments of its processes, never from what systemd intends.
import json


def live_settings():
    """The settings of the daemon and of every worker it has forked: they must all agree."""
    daemons = [words for words in arguments_of("distccd.service") if words[0].endswith("distccd")]
    assert daemons, "distccd.service has no process of distccd"
    seen = {
        (value_after(words, "--jobs"), value_after(words, "--job-lifetime"), value_after(words, "--log-level"))
        for words in daemons
    }
    assert len(seen) == 1, f"the processes of distccd do not agree: {seen}"
    jobs, lifetime, level = seen.pop()
    return {"maxJobs": int(jobs), "jobTimeout": int(lifetime), "logLevel": level}


def expect(**wanted):
    machine.wait_for_open_port(3632)
    live = live_settings()
    machine.log(f"live: {live}")
    t.assertEqual(live, wanted)


static = {"jobTimeout": 900, "maxJobs": 12, "logLevel": "warning"}

start_all()
machine.wait_for_unit("multi-user.target")
machine.wait_for_unit("distccd.service")

with subtest("the static configuration is in effect"):
    expect(**static)
    others = running_services(but="distccd.service")
    assert others, "no other service runs, so nothing can show that others stay alone"

with subtest("append maxJobs = 4: nothing runs differently yet"):
    machine.succeed("dynix append services.distccd.maxJobs 4 --message 'fewer jobs'")
    machine.succeed("cat /etc/nixos/dynamic.nix")
    expect(**static)
    machine.fail("dynix status")
    assert "maxJobs" in machine.succeed("dynix diff")
    expect(**static)

with subtest("apply: the running distccd has --jobs 4, and everything else is as before"):
    machine.succeed("dynix apply")
    expect(**{**static, "maxJobs": 4})
    expect_untouched(others)
    machine.succeed("dynix status")

with subtest("apply again: nothing to do, and nothing restarts"):
    before = process_start("distccd.service")
    machine.succeed("dynix apply")
    t.assertEqual(process_start("distccd.service"), before)

with subtest("append logLevel = error and apply: both overrides are live"):
    machine.succeed("dynix append services.distccd.logLevel error")
    machine.succeed("dynix apply")
    expect(**{**static, "maxJobs": 4, "logLevel": "error"})
    expect_untouched(others)
    shown = json.loads(machine.succeed("dynix show --json"))["overrides"]
    wanted = {"services.distccd.logLevel": '"error"', "services.distccd.maxJobs": "4"}
    t.assertEqual({it["option"]: it["expression"] for it in shown}, wanted)

with subtest("nixos-rebuild switch: both are back to static"):
    machine.succeed("nixos-rebuild switch 2>&1")
    expect(**static)
    machine.fail("dynix status")
    others = running_services(but="distccd.service")

with subtest("apply takes the same two overrides again, and reset takes them back"):
    machine.succeed("dynix apply")
    expect(**{**static, "maxJobs": 4, "logLevel": "error"})
    machine.succeed("dynix reset")
    expect(**static)
    machine.succeed(NO_DROP_INS)
    expect_untouched(others)
