# To systemd, a unit with the drop-in of dynix is the unit whose file a rebuild would write, property by property.
import collections
import random

# By section, values of directives: "" clears. Of those that may go away, a drop-in can bring the default back.
GOES = {
    "Service": {
        "AmbientCapabilities": ["CAP_KILL", "~CAP_CHOWN", "", "CAP_SETUID"],
        "BindPaths": ["/a:/b", "/c", ""],
        "BindReadOnlyPaths": ["/d", "/a:/e", ""],
        "CPUAffinity": ["0", "1-2", ""],
        "CPUQuota": ["20%", "150%", ""],
        "CacheDirectory": ["a", "b c", ""],
        "CacheDirectoryMode": ["0700", "0711"],
        "CapabilityBoundingSet": ["CAP_KILL", "~CAP_CHOWN CAP_KILL", "", "CAP_CHOWN CAP_SETUID", "~"],
        "ConfigurationDirectory": ["a", ""],
        "ConfigurationDirectoryMode": ["0700", "0711"],
        "Delegate": ["yes", "no", "cpu", "memory pids", ""],
        "DeviceAllow": ["/dev/null rw", "char-pts", ""],
        "Environment": ["A=1", '"B=x y" C=3', "A=%n", ""],
        "EnvironmentFile": ["-/etc/a", "-/etc/b", ""],
        "ExecReload": ["/bin/kill -HUP $MAINPID", "/bin/true", ""],
        "ExecStartPost": ["/bin/true 1", "-/bin/true 2", ""],
        "ExecStartPre": ["/bin/true 1", "+/bin/true 2", ""],
        "ExecStopPost": ["/bin/true p", ""],
        "IOSchedulingClass": ["idle", "best-effort", ""],
        "IPAddressAllow": ["10.0.0.0/8", "localhost", ""],
        "IPAddressDeny": ["any", "10.1.1.1", ""],
        "InaccessiblePaths": ["/i", ""],
        "KillMode": ["process", "mixed"],
        "KillSignal": ["SIGINT", "SIGQUIT"],
        "LoadCredential": ["a:/a", "b:/b", "a:/c", ""],
        "LoadCredentialEncrypted": ["e:/e", "a:/z", ""],
        "LogsDirectory": ["l", "l m", ""],
        "LogsDirectoryMode": ["0700", "0711"],
        "MemoryHigh": ["1G", "infinity"],
        "MemoryMax": ["1G", "infinity"],
        "NoNewPrivileges": ["yes", "no"],
        "PassEnvironment": ["A B", "C", ""],
        "PrivateTmp": ["yes", "no"],
        "ProtectHome": ["yes", "read-only", "tmpfs"],
        "ProtectSystem": ["yes", "full", "strict"],
        "ReadWritePaths": ["/a", "-/b", ""],
        "Restart": ["always", "on-failure"],
        "RestrictAddressFamilies": ["AF_INET", "~AF_UNIX", "", "AF_INET6 AF_UNIX"],
        "RestrictNamespaces": ["yes", "net", "~ipc user", ""],
        "RuntimeDirectory": ["a", "b/c", ""],
        "RuntimeDirectoryMode": ["0700", "0711"],
        "RuntimeDirectoryPreserve": ["yes", "restart"],
        "SetCredential": ["c:x", "a:it", ""],
        "StandardInput": ["tty", "data"],
        "StandardInputText": ["one", "two", ""],
        "StateDirectory": ["a b", "c", ""],
        "StateDirectoryMode": ["0700", "0711"],
        "SuccessExitStatus": ["1", "SIGKILL 7", ""],
        "SupplementaryGroups": ["adm", "adm tty", ""],
        "SystemCallErrorNumber": ["EPERM", "EACCES"],
        "SystemCallFilter": ["@system-service", "~@mount", "read write", "~read:EPERM", ""],
        "TemporaryFileSystem": ["/t", "/u:ro", ""],
        "UMask": ["0077", "0027"],
        "UnsetEnvironment": ["A", "B=3", ""],
        "User": ["nobody", "root", ""],
        "WorkingDirectory": ["/", "-/tmp", "~"],
    },
    "Socket": {
        "DirectoryMode": ["0700", "0711"],
        "ListenDatagram": ["/run/d", "4101", ""],
        "ListenStream": ["/run/s", "4102", ""],
        "MaxConnections": ["5", "6"],
        "PassCredentials": ["yes", "no"],
        "SocketMode": ["0600", "0660"],
    },
    "Timer": {
        "OnActiveSec": ["1h", "2h", ""],
        "OnCalendar": ["daily", "weekly", ""],
        "Persistent": ["yes", "no"],
    },
}
# And of those that may only change.
STAYS = {
    "Service": {
        "CPUSchedulingPolicy": ["batch", "fifo", "rr"],
        "CPUSchedulingPriority": ["5", "20"],
        "LimitNOFILE": ["5", "5:10"],
        "Nice": ["1", "-5"],
        "OOMScoreAdjust": ["5", "-5"],
        "StandardOutput": ["journal", "null", "file:/run/a"],
        "TimeoutSec": ["5", "7"],
        "TimeoutStartSec": ["6", "infinity"],
        "TimeoutStopSec": ["8", "9"],
    },
    "Socket": {"Backlog": ["5", "6"]},
    "Timer": {"AccuracySec": ["1s", "2s"]},
}
# Without these systemd would not take the file, nor where they are cleared.
LAST = {
    "Service": "ExecStart=/bin/sleep 1000\n",
    "Socket": "ListenStream=/run/last\n",
    "Timer": "OnBootSec=1000h\n",
}
# Of the unit by its own name, and of when systemd read it.
OWN = {"DropInPaths", "FragmentPath", "Id", "InvocationID", "Names", "NeedDaemonReload"}
# Sets, which systemd shows in any order.
SETS = {"After", "Before", "Conflicts", "IPAddressAllow", "IPAddressDeny", "Requires", "RequiresMountsFor", "RestrictAddressFamilies", "SystemCallFilter", "Wants"}
choose = random.Random(1)


def lines_of(section, keys):
    """Of each directive some values, in the order in which NixOS writes them."""
    values = GOES[section] | STAYS[section]
    chosen = {key: [choose.choice(values[key]) for _ in range(choose.choice([1, 1, 2, 3]))] for key in keys}
    return {key: chosen[key] for key in sorted(chosen)}


def changed(section, lines):
    """Some of them with other values, one new, and one gone."""
    found = dict(lines) | lines_of(section, choose.sample(sorted(lines), min(len(lines), 2)))
    found |= lines_of(section, [choose.choice(sorted(GOES[section]))])
    for key in choose.sample(sorted(lines), 1):
        if key in GOES[section]:
            found.pop(key)
    return {key: found[key] for key in sorted(found)}


def text_of(section, lines):
    return f"[{section}]\n" + "".join(f"{key}={value}\n" for key, values in lines.items() for value in values) + LAST[section]


def properties_of(unit):
    """What systemd says of it, without its name."""
    shown = machine.succeed(f"systemctl show {unit}").replace(unit.partition(".")[0], "it")
    found = collections.defaultdict(list)
    for line in shown.splitlines():
        key, _, value = line.partition("=")
        if key not in OWN and "Timestamp" not in key:
            found[key].append(sorted(value.split()) if key in SETS else value)
    return found


def any_unit():
    """The kind of a unit, and its static and its planned text."""
    section = choose.choices(["Service", "Socket", "Timer"], [8, 1, 1])[0]
    known = sorted(GOES[section] | STAYS[section])
    static = lines_of(section, choose.sample(known, choose.randint(1, len(known))))
    return section, text_of(section, static), text_of(section, changed(section, static))


start_all()
for round in range(3):
    with subtest(f"a dozen units, for the {round + 1}. time"):
        texts = [any_unit() for _ in range(12)]
        files = {}
        for number, (section, static, dynamic) in enumerate(texts):
            for name, text in (("got", static), ("want", dynamic)):
                files[f"{name}-{number}.service"] = service(1000)
                files[f"{name}-{number}.{section.lower()}"] = text
        machine.succeed(f"rm -f {UNITS}/got-* {UNITS}/want-*")
        put_all(files)
        plan(**{f"got-{number}.{section.lower()}": (static, dynamic) for number, (section, static, dynamic) in enumerate(texts)})
        activate(0)
        for number, (section, static, dynamic) in enumerate(texts):
            got, want = (properties_of(f"{name}-{number}.{section.lower()}") for name in ("got", "want"))
            t.assertGreater(len(got), 50)
            others = {key: (got[key], want[key]) for key in {*got, *want} if got[key] != want[key]}
            written = machine.execute(f"cat {drop_in(f'got-{number}.{section.lower()}')}")[1]
            t.assertEqual(others, {}, f"\nof\n{static}\nwith\n{written}\ninstead of\n{dynamic}")
        reset()
