# The activation script of a plan.
{
  # Paths of a shell and of the coreutils' and dynix's packages, and the platform that they run on.
  programs,
  plan,
  # What is made of a text that refers to derivations.
  asBuilt ? text: text,
  # Paths of what must have been built, too.
  checks ? [ ],
}:
let
  shell = asBuilt programs.shell;
  coreutils = asBuilt programs.coreutils;
  dynix = asBuilt programs.dynix;
in
# Not runCommandLocal: its stdenv would be four fifths of the time that this takes to build. What it sets
# besides is set below.
derivation {
  name = "dynix-activation";
  system = programs.platform;
  builder = shell;
  args = [
    "-c"
    ''
      set -e
      # One program, and the shell's own means for the rest: to start each takes as long as all that they do. What the
      # shell leaves away, newlines at the end, JSON does not have.
      ${coreutils}/bin/install -D -m 0555 "$scriptPath" "$out/bin/activate"
      printf %s "$(<"$planPath")" > "$out/plan.json"
      # Nix takes the end of the builder's output for its death, and kills it. A program that closes its
      # output before it exits must not be what the shell becomes.
      exit 0
    ''
  ];
  plan = asBuilt (builtins.toJSON plan);
  script = ''
    #!${shell}
    exec ${dynix}/bin/dynix activate "$@" ${placeholder "out"}/plan.json
  '';
  passAsFile = [
    "plan"
    "script"
  ];
  ${if checks == [ ] then null else "passedChecks"} = checks;
  preferLocalBuild = true;
  allowSubstitutes = false;
}
