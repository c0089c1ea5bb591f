# A configuration in a flake: what dynix evaluates is what nixos-rebuild builds, and what git ignores is left alone.
import json

REPOSITORY = "/home/me/dotfiles"
HOST = f"{REPOSITORY}/hosts/machine"
SECRET = "nobody-reads-this"


def write(path, text):
    machine.succeed(f"mkdir -p $(dirname {path}); cat > {path} <<'END'\n{text}\nEND")


def git(*words):
    machine.succeed(f"git -C {REPOSITORY} -c user.name=me -c user.email=me@here {' '.join(words)}")


def switch(flake):
    machine.succeed(f"nixos-rebuild switch --flake '{flake}'")


def refuses(command, *words):
    said = machine.fail(f"{command} 2>&1")
    for word in words:
        t.assertIn(word, said)


def check():
    """What an apply would rest on, and what is noted of the certificate."""
    record = json.loads(machine.succeed("dynix check --json"))
    return record["restsOn"], machine.succeed("dynix check 2>&1 >/dev/null")


start_all()
machine.wait_for_unit("worker.service")

with subtest("a repository with a flake in a folder, an input beside it, and /etc/nixos as a link"):
    # The system of the machine, with two values from outside.
    machine.succeed(f"mkdir -p {HOST}", f"mv /etc/nixos/system.nix {HOST}/", "rm -r /etc/nixos", f"ln -s {HOST} /etc/nixos")
    # What a pure evaluation may read is in the flake.
    machine.succeed(f"cp /usr/local/share/machine/{{fingerprint,static-system}}.nix {HOST}/")
    kind = machine.succeed("nix-instantiate --eval --expr builtins.currentSystem").strip()
    machine.succeed(
        f"sed -i -e 's/builtins.currentSystem/{kind}/' -e 's,import /usr/local/share/machine/,import ./,' {HOST}/*.nix",
        "sed -i -e '0,/^let$/s//{ level, note }:\\nlet/' -e 's/^    level = \"warning\";/    inherit level;/' "
        "-e 's/^    note = \"static\";/    inherit note;/' -e 's/kind = \"file\";/kind = \"flake\";/' "
        "-e 's,file = \"/etc/nixos/system.nix\";,flake = \"/etc/nixos\";,' "
        f"-e 's/attribute = \\[ \\];/attribute = [ \"nixosConfigurations\" \"machine\" ];/' {HOST}/system.nix"
    )
    write(f"{HOST}/flake.nix", """{
  inputs.common.url = "path:../../common";
  outputs = { self, common }: {
    nixosConfigurations.machine = import ./system.nix { note = "${self}"; inherit (common) level; };
  };
}""")
    write(f"{REPOSITORY}/common/flake.nix", '{ outputs = _: { level = "warning"; }; }')
    write(f"{REPOSITORY}/.gitignore", "dynamic.nix*\n/hosts/machine/password")
    write(f"{HOST}/password", SECRET)
    machine.succeed(f"chmod 0600 {HOST}/password")
    git("init --quiet --initial-branch=main")
    git("add .")
    machine.succeed(f"nix --extra-experimental-features 'nix-command flakes' flake lock {HOST}")
    git("add .")
    git("commit --quiet --message first")
    switch("/etc/nixos#machine")
    t.assertEqual(worker_arguments(), "--jobs 12 --level warning")

with subtest("an override is applied on top of what nixos-rebuild built"):
    machine.succeed("dynix append services.worker.jobs 4", "dynix apply", "dynix status")
    t.assertEqual(worker_arguments(), "--jobs 4 --level warning")

with subtest("what git tracks and the lock names is what a certificate is made of"):
    said = machine.succeed("dynix certify")
    t.assertIn("services.worker.jobs: proved for every value", said)
    t.assertEqual(check()[0], "every-value")
    machine.succeed("dynix append services.worker.jobs 6", "dynix apply", "dynix status")
    t.assertEqual(worker_arguments(), "--jobs 6 --level warning")
    t.assertIn("worker.service only, proved for every value", machine.succeed("dynix why services.worker.jobs"))

with subtest("it holds whatever git does not track, and not for what it tracks, input or not"):
    write(f"{HOST}/untracked.nix", "{ }")
    t.assertEqual(check()[0], "every-value")
    for file, change in [(f"{HOST}/system.nix", "$a # edited"), (f"{REPOSITORY}/common/flake.nix", "$a # edited")]:
        machine.succeed(f"cp -p {file} /root/kept", f"sed -i '{change}' {file}")
        # The source is in the unit, so that it is another one.
        refuses("dynix check", "the certificate is not used", "'worker.service'", "nixos-rebuild switch")
        machine.succeed(f"cp -p /root/kept {file}")
        t.assertEqual(check()[0], "every-value", file)

with subtest("a pure evaluation reads no file outside, and asks for no environment"):
    machine.succeed(f"cp -p {HOST}/system.nix /root/kept")
    for question in ["builtins.readFile /etc/hostname", "builtins.fetchGit /home/me/dotfiles"]:
        machine.succeed(f"sed -i 's|config = whole;|config = builtins.seq ({question}) whole;|' {HOST}/system.nix")
        t.assertIn("pure", machine.fail("dynix certify --again 2>&1"))
        machine.succeed(f"cp -p /root/kept {HOST}/system.nix")
    t.assertEqual(check()[0], "every-value")

with subtest("what is fetched by its hash is the same thing for ever"):
    machine.succeed("mkdir /root/fetched && echo '{ }' > /root/fetched/default.nix && tar -C /root -czf /root/fetched.tar.gz fetched")
    digest = machine.succeed("nix-prefetch-url --unpack file:///root/fetched.tar.gz 2>/dev/null").strip()
    fetched = f'builtins.fetchTarball {{ url = "file:///root/fetched.tar.gz"; sha256 = "{digest}"; }}'
    machine.succeed(f"sed -i 's|config = whole;|config = builtins.seq (import ({fetched})) whole;|' {HOST}/system.nix")
    switch("/etc/nixos#machine")
    machine.succeed("dynix certify")
    t.assertEqual(check()[0], "every-value")
    machine.succeed(f"cp -p /root/kept {HOST}/system.nix")
    switch("/etc/nixos#machine")
    t.assertEqual(check()[0], "every-value")

with subtest("without an input there is none, with a word, and an apply says what Nix says"):
    machine.succeed(f"cp -p {HOST}/flake.nix /root/kept")
    machine.succeed(f"sed -i 's,inputs.common,inputs.more.url = \"path:/srv/nothing\"; inputs.common,' {HOST}/flake.nix")
    said = machine.fail("dynix certify --again 2>&1")
    t.assertIn("'nix flake lock'", said)
    machine.succeed(f"cp -p /root/kept {HOST}/flake.nix")
    t.assertEqual(check()[0], "every-value")
    machine.succeed("dynix undo --last", "dynix apply")

with subtest("what git does not track is neither copied nor a change of the configuration"):
    write(f"{HOST}/password", f"{SECRET}-either")
    write(f"{HOST}/scratch", SECRET)
    machine.succeed("dynix append services.worker.jobs 5", "dynix check", "dynix apply", "dynix status")
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning")
    machine.succeed(f"! grep --recursive --quiet {SECRET} /nix/store")

with subtest("what it tracks is one, committed or not, until the switch"):
    machine.succeed(f"sed -i 's/warning/error/' {REPOSITORY}/common/flake.nix")
    refuses("dynix apply", "'worker.service'", "--level error", "nixos-rebuild switch")
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning")
    switch("/etc/nixos#machine")
    t.assertEqual(worker_arguments(), "--jobs 12 --level error")
    machine.succeed("dynix apply")
    t.assertEqual(worker_arguments(), "--jobs 5 --level error")

with subtest("a branch is what it is, whatever is checked out"):
    machine.succeed(f"sed -i 's,flake = \"/etc/nixos\",flake = \"/etc/nixos?ref=stable\",' {HOST}/system.nix")
    git("commit --quiet --all --message second")
    git("branch stable")
    switch("/etc/nixos?ref=stable#machine")
    machine.succeed(f"sed -i 's/error/info/' {REPOSITORY}/common/flake.nix", "dynix apply", "dynix status")
    t.assertEqual(worker_arguments(), "--jobs 5 --level error")

with subtest("a flake that is gone is named"):
    machine.succeed(f"mv {HOST}/flake.nix {HOST}/other.nix")
    refuses("dynix check", "there is no flake.nix in '/etc/nixos' nor above it", "dynamicism.source.flake")
    t.assertEqual(worker_arguments(), "--jobs 5 --level error")
