# An overlay that takes programs from the Debian around it: links into /usr, and a stdenv that has no
# compiler and finds its tools there.
final: prev:

let
  system = prev.stdenv.hostPlatform.system;

  build =
    name: environment: script:
    derivation (
      {
        inherit name system;
        builder = "/bin/bash";
        args = [
          "-c"
          ''
            export PATH=/usr/bin
            ${script}
            exit 0 # so that the shell does not become the last command: Nix wants to see it end
          ''
        ];
      }
      // environment
    );

  # A package with links to the programs of these names in Debian's /usr.
  linksTo =
    name: programs:
    let
      package = build name { programs = toString programs; } ''
        mkdir -p $out/bin
        for program in $programs; do
          for folder in /usr/bin /usr/sbin; do
            if [ -e $folder/$program ]; then ln -s $folder/$program $out/bin/$program; fi
          done
        done
      '';
    in
    package
    // {
      pname = name;
      version = "of-debian";
      meta.mainProgram = builtins.head programs;
      # What modules ask of packages with several outputs.
      out = package;
      bin = package;
      dev = package;
      man = package;
      passthru = { };
      override = _: package;
    };
in
{
  bash = linksTo "bash" [
    "bash"
    "sh"
  ];
  bashInteractive = final.bash;
  runtimeShell = "/bin/bash";
  runtimeShellPackage = final.bash;
  coreutils = linksTo "coreutils" [
    "mkdir"
    "cp"
    "chmod"
    "cat"
    "ln"
    "rm"
    "mv"
    "env"
  ];
  findutils = linksTo "findutils" [
    "find"
    "xargs"
  ];
  gnugrep = linksTo "gnugrep" [ "grep" ];
  gnused = linksTo "gnused" [ "sed" ];
  systemd = linksTo "systemd" [
    "systemctl"
    "journalctl"
  ];
  distcc = linksTo "distcc" [
    "distccd"
    "distcc"
  ];
  dynix = linksTo "dynix" [ "dynix" ];
  glibcLocales = linksTo "glibc-locales" [ "locale" ];
  tzdata = linksTo "tzdata" [ "zdump" ];

  writeText = name: text: build name { inherit text; passAsFile = [ "text" ]; } "cp $textPath $out";
  writeScript =
    name: text:
    build name
      {
        inherit text;
        passAsFile = [ "text" ];
      }
      ''
        cp $textPath $out
        chmod 0555 $out
      '';
  writeShellScript = name: text: final.writeScript name "#!/bin/bash\n${text}";

  # Units and files of /etc are built by runCommand, whose builder is a script for this shell.
  runCommand =
    name: environment: script:
    build name environment script;
  runCommandLocal = final.runCommand;
}
