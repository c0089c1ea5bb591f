# A configuration in a flake: what dynix evaluates is what nixos-rebuild builds, and what git ignores is left alone.
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


start_all()
machine.wait_for_unit("worker.service")

with subtest("a repository with a flake in a folder, an input beside it, and /etc/nixos as a link"):
    # The system of the machine, with two values from outside.
    machine.succeed(f"mkdir -p {HOST}", f"mv /etc/nixos/system.nix {HOST}/", "rm -r /etc/nixos", f"ln -s {HOST} /etc/nixos")
    machine.succeed(
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
