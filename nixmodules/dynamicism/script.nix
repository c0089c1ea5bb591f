# The activation script of a plan.
{
  # Paths of a shell and of the coreutils' and dynix's packages, and the platform that they run on.
  programs,
  plan,
}:
# Not runCommandLocal: its stdenv would be four fifths of the time that this takes to build. What it sets
# besides is set below.
derivation {
  name = "dynix-activation";
  system = programs.platform;
  builder = programs.shell;
  args = [
    "-c"
    ''
      ${programs.coreutils}/bin/mkdir -p "$out/bin"
      ${programs.coreutils}/bin/cp "$planPath" "$out/plan.json"
      ${programs.coreutils}/bin/cp "$scriptPath" "$out/bin/activate"
      ${programs.coreutils}/bin/chmod 0555 "$out/bin/activate"
      # Nix takes the end of the builder's output for its death, and kills it. chmod closes its
      # output before it exits, so it must not be what the shell becomes.
      exit 0
    ''
  ];
  plan = builtins.toJSON plan;
  script = ''
    #!${programs.shell}
    exec ${programs.dynix}/bin/dynix activate "$@" ${placeholder "out"}/plan.json
  '';
  passAsFile = [
    "plan"
    "script"
  ];
  preferLocalBuild = true;
  allowSubstitutes = false;
}
