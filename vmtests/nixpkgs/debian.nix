# An overlay that takes programs from the Debian around it: links into /usr, and a stdenv that has no
# compiler and finds its tools there.
{ lib }:
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

  # nixpkgs' own functions that write a text and run a command, with this in the place of its stdenv, of which no program
  # is there. So they are called and looked at as on any NixOS.
  ofDebian = {
    shell = "/bin/bash";
    shellDryRun = "/bin/bash -n";
    mkDerivation =
      environment:
      build environment.name
        # What a stdenv keeps from the builder.
        (removeAttrs environment [
          "meta"
          "name"
          "passthru"
          "pos"
        ])
        ''
          set -e
          if [ -e "$buildCommandPath" ]; then . "$buildCommandPath"; else eval "$buildCommand"; fi
        '';
  };
  folder = prev.path + "/pkgs/build-support/trivial-builders";
  fileOfBuilders = builtins.head (
    builtins.filter builtins.pathExists [
      folder
      (folder + ".nix")
      # Of a nixpkgs that has no more than the tests need.
      ./trivial-builders.nix
    ]
  );
  trivialBuilders =
    let
      function = import fileOfBuilders;
    in
    function (
      builtins.mapAttrs (
        name: _:
        {
          inherit lib;
          inherit (final.xorg) lndir;
          stdenv = ofDebian;
          stdenvNoCC = ofDebian;
        }
        .${name} or final.${name}
      ) (builtins.functionArgs function)
    );

  asPackage =
    name: program: package:
    package
    // {
      pname = name;
      version = "of-debian";
      meta.mainProgram = program;
      # What modules ask of packages with several outputs.
      out = package;
      bin = package;
      dev = package;
      man = package;
      passthru = { };
      override = _: package;
    };

  # A package with links to the programs of these names in Debian's /usr.
  linksTo =
    name: programs:
    asPackage name (builtins.head programs) (
      build name { programs = toString programs; } ''
        mkdir -p $out/bin
        for program in $programs; do
          for folder in /usr/bin /usr/sbin; do
            if [ -e $folder/$program ]; then ln -s $folder/$program $out/bin/$program; fi
          done
        done
      ''
    );

  # A package whose one program is what a scenario puts into its machine for a service that Debian lacks.
  standIn =
    name: program:
    asPackage name program (
      build "${name}-stand-in" { } ''
        mkdir -p $out/bin
        ln -s /usr/local/bin/${name}-stand-in $out/bin/${program}
      ''
    );

  # TOML of values that are no sets further down than one level.
  toml =
    value:
    if builtins.isAttrs value then
      "{ ${builtins.concatStringsSep ", " (lib.mapAttrsToList assign value)} }"
    else if builtins.isList value then
      "[ ${builtins.concatStringsSep ", " (map toml value)} ]"
    else
      builtins.toJSON value;
  assign = name: value: "${builtins.toJSON name} = ${toml value}";
in
# They stand where nixpkgs has them, by which dynix knows them (nixmodules/slices/writers.nix).
builtins.intersectAttrs {
  runCommand = null;
  runCommandLocal = null;
  runCommandNoCC = null;
  runCommandNoCCLocal = null;
  writeScript = null;
  writeScriptBin = null;
  writeShellScript = null;
  writeShellScriptBin = null;
  writeText = null;
  writeTextFile = null;
} trivialBuilders
// {
  bash =
    linksTo "bash" [
      "bash"
      "sh"
    ]
    // {
      # By this a module knows a login shell.
      shellPath = "/bin/bash";
    };
  bashInteractive = final.bash;
  runtimeShell = "/bin/bash";
  runtimeShellPackage = final.bash;
  coreutils = linksTo "coreutils" [
    "mkdir"
    "cp"
    "chmod"
    "install"
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
  systemd =
    linksTo "systemd" [
      "systemctl"
      "journalctl"
    ]
    // {
      # It stands in the name of the system, and changes with what a switch cannot change.
      interfaceVersion = 2;
    };
  distcc = linksTo "distcc" [
    "distccd"
    "distcc"
  ];
  dynix = linksTo "dynix" [ "dynix" ];
  gotosocial = standIn "gotosocial" "gotosocial";
  harmonia = standIn "harmonia" "harmonia-cache";
  glibcLocales = linksTo "glibc-locales" [ "locale" ];
  tzdata = linksTo "tzdata" [ "zdump" ];

  # What modules write settings with. JSON is YAML too.
  formats =
    let
      inherit (lib) types;
      nested =
        scalars:
        let
          value = types.oneOf (scalars ++ [ (types.attrsOf value) (types.listOf value) ]);
        in
        value;
      scalars = [ types.bool types.int types.float types.str types.path ];
    in
    {
      toml = _: {
        type = types.toml or (nested scalars);
        generate =
          name: value:
          final.writeText name (
            lib.concatStrings (map (line: line + "\n") (lib.mapAttrsToList assign value))
          );
      };
      yaml = _: {
        type = types.json or (types.nullOr (nested scalars));
        generate = name: value: final.writeText name (builtins.toJSON value);
      };
    };
}
