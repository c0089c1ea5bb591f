# Health checks: what they say before a change and after it decides it; with real nginx, on a real systemd.
import shlex

# As strict as the units of NixOS are. A probe must reach the network all the same.
STRICT = [
    "User=daemon",
    "LimitNOFILE=512",
    "Environment=MARK=of-the-unit",
    "RuntimeDirectory=a",
    "ProtectSystem=strict",
    "PrivateTmp=yes",
    "PrivateNetwork=yes",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "RestrictAddressFamilies=AF_UNIX",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
]


def shell(script):
    return ["/bin/bash", "-e", "-c", script]


def preflight(script, timeout=PATIENCE):
    return {"preflights": [{"name": "syntax", "command": shell(script), "timeoutSeconds": timeout}]}


def probe(script, before=None, deadline=PATIENCE, timeout=PATIENCE):
    one = {"name": "http", "command": shell(script), "timeoutSeconds": timeout}
    one |= {"graceSeconds": 0, "intervalSeconds": 1, "deadlineSeconds": deadline}
    return {"probes": [one | ({"before": shell(before)} if before else {})]}


def expect_nothing_left():
    """Neither a unit of a check nor a process of one."""
    t.assertEqual(machine.succeed("systemctl list-units --all --plain --no-legend 'dynix-check-*'"), "")
    t.assertEqual(machine.execute("pgrep -f '^sleep 1000'")[1], "")


start_all()
old = service(9001, *STRICT)
new = service(9002, *STRICT)
put("a.service", old, start=True)
before = invocation("a.service")


def expect_untouched_unit():
    t.assertEqual((invocation("a.service"), argument("a.service")), (before, "9001"))
    machine.fail("ls /run/systemd/system/a.service.d")
    machine.fail("ls /run/dynix/state.json")
    expect_nothing_left()


with subtest("a preflight that fails: refused, with what it wrote, and it was confined as the unit is"):
    confined = """
        echo "user $(id -un), $(ulimit -n) files, $MARK"
        : > /run/a/seen && echo 'its own folder'
        (: > /etc/seen) 2>/dev/null || echo 'not /etc'
        (: < /dev/tcp/127.0.0.1/1) 2>&1 || true
        grep -E '^(NoNewPrivs|CapBnd|Seccomp):' /proc/self/status
        exit 3
    """
    plan(checks=preflight(confined), a=(old, new))
    wrote = ["user daemon, 512 files, of-the-unit", "its own folder", "not /etc", "Address family not supported"]
    wrote += ["NoNewPrivs:\t1", "CapBnd:\t0000000000000000", "Seccomp:\t2"]
    activate(1, "the preflight 'syntax' of 'a.service' refuses", "ended with status 3", *wrote)
    # The unit's folder is not gone with the command.
    machine.succeed("ls /run/a/seen")
    expect_untouched_unit()

with subtest("a preflight that hangs is ended, with its children"):
    plan(checks=preflight("trap '' TERM; sleep 1000 & sleep 1000", timeout=1), a=(old, new))
    activate(1, "did not end in 1000 ms")
    expect_untouched_unit()

with subtest("a preflight that writes a megabyte: its end is shown"):
    plan(checks=preflight("seq 200000; printf '\\033[2J\\377'; exit 1"), a=(old, new))
    status, said = machine.execute("dynix activate /tmp/plan.json 2>&1")
    machine.log(said)
    t.assertEqual(status, 1)
    t.assertIn("the end of the 1288900 bytes that it wrote:\n", said)
    t.assertIn("| 200000\n", said)
    t.assertNotIn("\033", said)
    t.assertLess(len(said), 3000)
    expect_untouched_unit()

with subtest("a preflight that writes without end is cut, and ended in its time"):
    plan(checks=preflight("exec yes", timeout=5), a=(old, new))
    status, said = machine.execute("dynix activate /tmp/plan.json 2>&1")
    t.assertEqual(status, 1)
    t.assertIn("did not end in 5000 ms; the end of the ", said)
    t.assertEqual(said.count("  | y\n"), 20)
    t.assertLess(len(said), 3000)
    expect_untouched_unit()

with subtest("of a preflight a few lines are shown, and of long ones a few bytes"):
    plan(checks=preflight("head -c 100000 /dev/zero | tr '\\0' x; exit 1"), a=(old, new))
    status, said = machine.execute("dynix activate /tmp/plan.json 2>&1")
    t.assertEqual(status, 1)
    t.assertEqual(said.count("x" * 1200), 1)
    t.assertNotIn("x" * 1201, said)
    expect_untouched_unit()

with subtest("SIGTERM while a preflight writes without end"):
    plan(checks=preflight("exec yes"), a=(old, new))
    machine.execute("rm -f /tmp/code; (dynix activate /tmp/plan.json >/tmp/said 2>&1 || echo $? > /tmp/code) >/dev/null 2>&1 & true")
    machine.wait_until_succeeds("pgrep -x yes")
    machine.succeed("pkill -TERM -x dynix -o")
    machine.wait_until_succeeds("grep . /tmp/code", timeout=PATIENCE)
    t.assertEqual(machine.succeed("cat /tmp/code").strip(), "1")
    t.assertIn("interrupted", machine.succeed("cat /tmp/said"))
    expect_untouched_unit()

with subtest("a preflight of a program that is not there"):
    plan(checks={"preflights": [{"name": "syntax", "command": ["/nowhere"], "timeoutSeconds": PATIENCE}]}, a=(old, new))
    activate(1, "cannot be executed")
    expect_untouched_unit()

with subtest("an activation that is killed takes its check with it"):
    plan(checks=preflight("sleep 1000", timeout=1000), a=(old, new))
    machine.execute("dynix activate /tmp/plan.json >/dev/null 2>&1 & true")
    machine.wait_until_succeeds("pgrep -f '^sleep 1000'")
    machine.succeed("systemctl kill --signal=KILL 'dynix-activation-*.service'")
    machine.wait_until_fails("pgrep -f '^sleep 1000'")
    machine.wait_until_fails("pgrep -x dynix")
    machine.wait_until_fails("systemctl list-units --all --plain --no-legend 'dynix-check-*' | grep .", timeout=PATIENCE)
    expect_untouched_unit()

with subtest("SIGTERM during a preflight"):
    machine.execute("rm -f /tmp/code; (dynix activate /tmp/plan.json >/tmp/said 2>&1 || echo $? > /tmp/code) >/dev/null 2>&1 & true")
    machine.wait_until_succeeds("pgrep -f '^sleep 1000'")
    machine.succeed("pkill -TERM -x dynix -o")
    machine.wait_until_succeeds("grep . /tmp/code", timeout=PATIENCE)
    t.assertEqual(machine.succeed("cat /tmp/code").strip(), "1")
    t.assertIn("interrupted", machine.succeed("cat /tmp/said"))
    expect_untouched_unit()

with subtest("a probe that never succeeds: the previous state is back"):
    plan(checks=probe("echo 'not yet'; exit 4", deadline=10), a=(old, new))
    activate(3, "did not succeed in 10000 ms", "ended with status 4", "| not yet", "the previous state is back")
    t.assertEqual(argument("a.service"), "9001")
    expect_nothing_left()

with subtest("a probe that succeeds while children of it write on: that counts, and they end with it"):
    plan(checks=probe("trap '' TERM; yes & sleep 1000 & echo 'well'; exit 0"), a=(old, new))
    activate(0, "a.service: restarted")
    expect_nothing_left()
    # One that was killed is listed until systemd has waited for it.
    machine.wait_until_fails("pgrep -x yes", timeout=PATIENCE)
    reset()

with subtest("one that fails before the change too is left out, and that is said"):
    plan(checks=probe("exit 1", before="echo nobody; exit 1"), a=(old, new))
    activate(0, "the probe 'http' of 'a.service' is left out", "| nobody")
    t.assertEqual(argument("a.service"), "9002")
    reset()

with subtest("a probe that turns well late, and reaches the machine's network from a unit that does not"):
    machine.execute("(sleep 3; exec python3 -m http.server --bind 127.0.0.1 8000 -d /var/empty) >/dev/null 2>&1 & true")
    ask = "exec 3<>/dev/tcp/127.0.0.1/8000; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; read -r answer <&3 || true; case $answer in HTTP/*) ;; *) exit 1 ;; esac"
    plan(checks=probe(ask), a=(old, new))
    activate(0)
    t.assertEqual(argument("a.service"), "9002")
    reset()

with subtest("the folder of a unit with a dynamic user stays where it is"):
    dynamic = ["DynamicUser=yes", "RuntimeDirectory=d", "StateDirectory=d"]
    put("d.service", service(9001, *dynamic), start=True)
    checks = preflight("touch /var/lib/d/seen") | probe("true", before="true")
    plan(checks=checks, d=(service(9001, *dynamic), service(9002, *dynamic)))
    activate(0)
    machine.succeed("test -d /run/d && test ! -L /run/d")
    reset()

NGINX = """
error_log stderr;
pid /run/web/nginx.pid;
events {{ }}
http {{
  client_body_temp_path /run/web/body; proxy_temp_path /run/web/proxy; fastcgi_temp_path /run/web/fastcgi;
  uwsgi_temp_path /run/web/uwsgi; scgi_temp_path /run/web/scgi; access_log off;
  server {{ listen 127.0.0.1:8080; {} }}
}}
"""


def web(name):
    # As the module of NixOS has it.
    return "\n".join([
        "[Service]", f"ExecStart=/usr/sbin/nginx -g 'daemon off;' -c /srv/{name}.conf", "User=www-data",
        "RuntimeDirectory=web", "ProtectSystem=strict", "PrivateTmp=yes", "NoNewPrivileges=yes",
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6", "",
    ])


def web_plan(name):
    ask = "exec 3<>/dev/tcp/127.0.0.1/8080; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; read -r answer <&3 || true; case $answer in HTTP/*) ;; *) echo 'no answer'; exit 1 ;; esac"
    checks = preflight(f"exec /usr/sbin/nginx -g 'daemon off;' -c /srv/{name}.conf -t") | probe(ask, before=ask, deadline=10)
    plan(checks=checks, web=(web("static"), web(name)))


def answer():
    return machine.wait_until_succeeds("curl -sf http://127.0.0.1:8080/", timeout=PATIENCE)


with subtest("nginx: its own checker refuses a configuration, and it serves on"):
    machine.execute("systemctl disable --now nginx.service")
    for name, line in [
        ("static", "return 200 static;"), ("good", "return 200 dynamic;"), ("typo", "retrun 200 x;"),
        # Its checker accepts that, and nobody is ever answered.
        ("mute", "return 444;"),
    ]:
        machine.succeed(f"echo {shlex.quote(NGINX.format(line))} > /srv/{name}.conf")
    put("web.service", web("static"), start=True)
    machine.wait_until_succeeds("curl -sf http://127.0.0.1:8080/")
    run = invocation("web.service")
    web_plan("typo")
    activate(1, 'unknown directive "retrun" in /srv/typo.conf')
    t.assertEqual((answer(), invocation("web.service")), ("static", run))

with subtest("nginx: a configuration with which it answers nobody is taken back"):
    web_plan("mute")
    activate(3, "| no answer")
    t.assertEqual(answer(), "static")

with subtest("nginx: a good configuration"):
    web_plan("good")
    activate(0)
    t.assertEqual(answer(), "dynamic")
    dry = machine.succeed("dynix activate --dry-run /tmp/plan.json")
    t.assertIn("nothing to do", dry)
    reset()
    t.assertEqual(answer(), "static")

with subtest("a dry run names the checks"):
    dry = machine.succeed("dynix activate --dry-run /tmp/plan.json")
    machine.log(dry)
    t.assertIn("would run the preflight 'syntax' of web.service\n", dry)
    t.assertIn("would wait until the probe 'http' of web.service succeeds\n", dry)
    expect_nothing_left()
