# A new configuration file reaches a running service by a reload: real nginx under load, without one failed request.
import json

NGINX = "[Service]\nExecStart=/usr/sbin/nginx -c /etc/nginx/nginx.conf\nExecReload=/bin/kill -HUP $MAINPID\n"
CONFIGURATION = """\
daemon off;
error_log /dev/null;
pid /run/nginx.pid;
events { }
http {
  access_log off;
  server { listen 127.0.0.1:8080; location / { return 200 "%s"; } }
}
"""
# Clients without end, each request with a connection of its own; what went wrong with any is counted.
LOAD = """\
import http.client, json, os, threading
done, wrong = [], []
def ask():
    while not os.path.exists("/tmp/enough"):
        try:
            client = http.client.HTTPConnection("127.0.0.1", 8080, timeout=60)
            client.request("GET", "/")
            answer = client.getresponse()
            (done if answer.status == 200 else wrong).append(answer.read().decode())
            client.close()
        except OSError as error:
            wrong.append(repr(error))
threads = [threading.Thread(target=ask) for _ in range(4)]
for one in threads:
    one.start()
for one in threads:
    one.join()
print(json.dumps({"done": len(done), "values": sorted(set(done)), "wrong": wrong}))
"""


def stored(name, text):
    """A file in the Nix store."""
    machine.succeed(f"cat > /tmp/{name} <<'END'\n{text}END")
    return machine.succeed(f"nix-store --add /tmp/{name}").strip()


def of_nixos(path, target):
    """The link at a path below /etc, as NixOS makes it."""
    static = f"/etc/static/{path}"
    machine.succeed(f"mkdir -p $(dirname {static} /etc/{path}); ln -sfn {target} {static}; ln -sfn {static} /etc/{path}")


def plan_file(unit, text, path, static, dynamic, workers=False, settle=0):
    plan(settle=settle, **{unit: (text, text)})
    whole = json.loads(machine.succeed("cat /tmp/plan.json"))
    planned = whole["services"][0]["units"][0]
    planned |= {"action": "reload", "startsWorkers": workers}
    planned["files"] = [{"path": path, "static": static, "dynamic": dynamic}]
    machine.succeed(f"cat > /tmp/plan.json <<'END'\n{json.dumps(whole)}\nEND")


def plan_nginx(dynamic, settle=0):
    plan_file("nginx", NGINX, "nginx/nginx.conf", files["one"], dynamic, workers=True, settle=settle)


def served():
    return machine.succeed("curl -sf http://127.0.0.1:8080/")


def main_process(unit="nginx.service"):
    return machine.get_unit_property(unit, "MainPID")


def standing():
    return {unit["name"]: (unit["standing"], unit["reason"]) for unit in json.loads(machine.execute("dynix status --json")[1])["units"]}


start_all()
files = {value: stored(f"{value}.conf", CONFIGURATION % value) for value in ["one", "two", "three", "four"]}
machine.succeed("systemctl disable --now nginx.service 2>&1; rm -f /etc/nginx/nginx.conf")
of_nixos("nginx/nginx.conf", files["one"])
put("nginx.service", NGINX, start=True)
machine.wait_for_open_port(8080)
t.assertEqual(served(), "one")

with subtest("nginx takes one file after the other under load, and loses no request"):
    machine.succeed(f"cat > /tmp/load.py <<'END'\n{LOAD}END")
    machine.succeed("python3 /tmp/load.py > /tmp/load.json 2>&1 & sleep 0.5")
    before = (main_process(), invocation("nginx.service"))
    for value in ["two", "three", "four"]:
        plan_nginx(files[value])
        activate(0, "nginx.service: reloaded; its live process has the planned configuration")
        machine.wait_until_succeeds(f"curl -sf http://127.0.0.1:8080/ | grep -x {value}")
        t.assertEqual(standing(), {"nginx.service": ("live", "")})
    activate(0, "nothing to do: what runs is what is planned")
    machine.succeed("dynix reset")
    machine.wait_until_succeeds("curl -sf http://127.0.0.1:8080/ | grep -x one")
    machine.succeed("touch /tmp/enough")
    machine.wait_until_succeeds("test -s /tmp/load.json")
    found = json.loads(machine.succeed("cat /tmp/load.json"))
    machine.log(f"under load: {found}")
    t.assertEqual(found["wrong"], [])
    t.assertEqual(found["values"], ["four", "one", "three", "two"])
    assert found["done"] > 100, "too few requests to mean anything"
    t.assertEqual((main_process(), invocation("nginx.service")), before)
    t.assertEqual(machine.succeed("readlink /etc/nginx/nginx.conf").strip(), "/etc/static/nginx/nginx.conf")

with subtest("what would be done is shown, with the difference of the file"):
    plan_nginx(files["two"])
    activate(0, "would point the files of nginx.service below /etc at the new ones", "would reload nginx.service", flags="--dry-run")
    t.assertEqual(served(), "one")

with subtest("nginx goes on with its old file when it cannot use the new one: restarted, which fails, and restored"):
    plan_nginx(stored("bad.conf", "nonsense;\n"), settle=1)
    activate(3, "is restarted, as a reload was not enough: 'nginx.service' has started no new process after its reload", "the previous state is back")
    machine.wait_until_succeeds("curl -sf http://127.0.0.1:8080/ | grep -x one")
    t.assertEqual(machine.succeed("readlink /etc/nginx/nginx.conf").strip(), "/etc/static/nginx/nginx.conf")

with subtest("a switch has pointed the link back itself, and dynix-revert reloads"):
    plan_nginx(files["two"])
    activate(0)
    before = main_process()
    of_nixos("nginx/nginx.conf", files["one"])
    t.assertEqual(standing()["nginx.service"][0], "pending")
    machine.succeed("dynix reset --switching")
    machine.wait_until_succeeds("curl -sf http://127.0.0.1:8080/ | grep -x one")
    t.assertEqual(main_process(), before)

with subtest("killed before each change: the next apply or reset converges, by a reload or a restart"):
    plan_nginx(files["two"])
    activation = "dynix activate --here /tmp/plan.json"
    calls = calls_of(activation, "rename,renameat,renameat2,unlinkat")
    machine.succeed("dynix reset")
    assert len(calls) >= 4, f"too few calls to mean anything: {calls}"
    for turn, (name, number, _) in enumerate(calls):
        assert kill_at(name, number, activation), f"not killed at {name} {number}"
        assert served() in ("one", "two")
        go_on, wanted = (("dynix activate /tmp/plan.json", "two"), ("dynix reset", "one"))[turn % 2]
        machine.succeed(f"{go_on} 2>&1")
        machine.wait_until_succeeds(f"curl -sf http://127.0.0.1:8080/ | grep -x {wanted}")
        machine.succeed("dynix reset")
        t.assertEqual(machine.succeed("readlink /etc/nginx/nginx.conf").strip(), "/etc/static/nginx/nginx.conf")

with subtest("a service that ignores its reload, and one that has the file in its own mounts, are restarted"):
    numbers = {number: stored(f"pond-{number}", f"{number}\n") for number in ["1001", "1002"]}
    of_nixos("pond.conf", numbers["1001"])
    for name, lines, words in [
        ("deaf", "", "no process of 'deaf.service' has opened '/etc/pond.conf' after its reload"),
        ("bound", "TemporaryFileSystem=/etc\nBindReadOnlyPaths=/etc/pond.conf\n", "the process of 'bound.service' has another file at '/etc/pond.conf', in its own mounts"),
    ]:
        text = "[Service]\nExecStart=/bin/sh -c 'read number < /etc/pond.conf; exec /bin/sleep $$number'\nExecReload=/bin/true\n" + lines
        put(f"{name}.service", text, start=True)
        machine.wait_until_succeeds(f"grep -q 1001 /proc/$(systemctl show -P MainPID {name}.service)/cmdline")
        plan_file(name, text, "pond.conf", numbers["1001"], numbers["1002"])
        activate(0, f"'{name}.service' is restarted, as a reload was not enough: {words}", f"{name}.service: restarted")
        machine.wait_until_succeeds(f"grep -q 1002 /proc/$(systemctl show -P MainPID {name}.service)/cmdline")
        machine.succeed("dynix reset")
        machine.wait_until_succeeds(f"grep -q 1001 /proc/$(systemctl show -P MainPID {name}.service)/cmdline")
        machine.succeed(f"systemctl stop {name}.service")

with subtest("a file that is no link of NixOS's is refused"):
    machine.succeed("rm /etc/pond.conf; echo 1001 > /etc/pond.conf")
    plan_file("deaf", machine.succeed(f"cat {UNITS}/deaf.service"), "pond.conf", numbers["1001"], numbers["1002"])
    activate(1, "'/etc/pond.conf', a file of 'deaf.service', is not the link to '/etc/static/pond.conf' that NixOS makes")

with subtest("reloadIfChanged: the new ExecReload= runs, the process stays, and that is how it is shown"):
    def asking(number):
        return service(number, "X-ReloadIfChanged=true", f"ExecReload=/bin/sh -c 'echo {number} > /run/reloaded'")

    put("asks.service", asking(1000), start=True)
    before = main_process("asks.service")
    plan(settle=0, asks=(asking(1000), asking(1001)))
    keeps = "its process keeps the command line '/bin/sleep 1000'"
    activate(0, f"asks.service: reloaded; {keeps}")
    t.assertEqual(machine.succeed("cat /run/reloaded").strip(), "1001")
    t.assertEqual((main_process("asks.service"), argument("asks.service")), (before, "1000"))
    t.assertEqual(standing()["asks.service"], ("applied", keeps))
    machine.succeed("systemctl restart asks.service")
    t.assertEqual(standing()["asks.service"][0], "live")
    machine.succeed("dynix reset")
    t.assertEqual(machine.succeed("cat /run/reloaded").strip(), "1000")

with subtest("restartIfChanged = false: the process runs on, and takes the change when it is started again"):
    def leaving(number):
        return service(number, "X-RestartIfChanged=false")

    put("stays.service", leaving(1000), start=True)
    plan(settle=0, stays=(leaving(1000), leaving(1001)))
    activate(0, "stays.service: runs on as it is; it takes the planned configuration when it is started again")
    t.assertEqual(argument("stays.service"), "1000")
    t.assertEqual(standing()["stays.service"][0], "applied")
    machine.succeed("systemctl restart stays.service")
    t.assertEqual(argument("stays.service"), "1001")
    t.assertEqual(standing()["stays.service"][0], "live")
    status, said = machine.execute("dynix reset 2>&1")
    t.assertEqual(status, 1)
    t.assertIn("must not be restarted when it changes ([Service] X-RestartIfChanged=)", said)
    machine.succeed("systemctl stop stays.service", "dynix reset")
