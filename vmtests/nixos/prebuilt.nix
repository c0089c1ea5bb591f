# A scenario in a virtual machine where Nix has nothing to do: the activation scripts of the overrides that the
# scenario is known to make, by its recording, are built before, and a switch goes to the machine's own system.
{
  pkgs,
  dynix,
  name,
  scenario,
}:

let
  inherit (pkgs) lib;

  # Where what was built before is found in the machine; the first is that of the container machine.
  answersInside = "/usr/local/share/machine/recorded/answers.json";
  systemInside = "/run/machine/system";

  instead = pkgs.runCommand "prebuilt-programs" { nativeBuildInputs = [ pkgs.python3 ]; } ''
    mkdir -p $out/bin
    cp ${../machine/guest/recorded-nix-build} $out/bin/nix-build
    cat > $out/bin/nixos-rebuild <<'END'
    #!${pkgs.runtimeShell}
    echo "nixos-rebuild: the machine's own system, built before" >&2
    exec ${systemInside}/bin/switch-to-configuration test
    END
    chmod 0755 $out/bin/*
    patchShebangs $out/bin
  '';

  recorded = lib.importJSON (../recorded/answers + "/${name}.json");

  # A dynamic file of these overrides: option paths and values as Nix writes them.
  dynamicFile =
    overrides:
    let
      entry = number: path: ''
        # ${toString number} 2026-11-23T01:33:00Z root
            { ${path} = lib.mkOverride (-${toString number}) ${overrides.${path}}; }'';
      text = ''
        # Written by dynix. Later entries win over earlier ones and over the static configuration.
        { lib, ... }:
        {
          config = lib.mkMerge [
            ${lib.concatStringsSep "\n    " (lib.imap1 entry (builtins.attrNames overrides))}
          ];
        }
      '';
    in
    # The module reads it while it evaluates.
    builtins.unsafeDiscardStringContext (builtins.toFile "dynamic.nix" text);
in
pkgs.testers.runNixOSTest {
  name = "dynix-${name}";

  nodes.machine = {
    imports = [
      ./node.nix
      (scenario + "/configuration.nix")
    ];
    dynamicism.package = dynix;
    environment.systemPackages = [ (lib.hiPrio instead) ];
  };

  # The scripts are written for two drivers.
  skipTypeCheck = true;

  testScript =
    { nodes, ... }:
    let
      activation =
        { overrides, ... }:
        {
          inherit overrides;
          path = nodes.machine.dynamicism.applyDynamicConfiguration {
            configuration = dynamicFile overrides;
            hideValues = false; # as of a file that everybody can read
          };
        };
      dynamic = map activation recorded.dynamic;
      answers = pkgs.writeText "answers.json" (builtins.toJSON { inherit dynamic; });
      plans = map (it: "${it.path}/plan.json") dynamic;
      registration = pkgs.closureInfo { rootPaths = map (it: it.path) dynamic; };
    in
    ''
      start_all()
      machine.wait_for_unit("multi-user.target")
      machine.succeed("nix-store --load-db < ${registration}/registration")
      # A plan that was built without its dynamic file would say nothing.
      machine.succeed("jq --exit-status --slurp 'all(.[]; .overrides != [])' ${toString plans}")
      machine.succeed("install -D ${answers} ${answersInside}")
      machine.succeed("mkdir -p ${dirOf systemInside} /etc/nixos")
      machine.succeed("ln -s ${nodes.machine.system.build.toplevel} ${systemInside}")
    ''
    + builtins.readFile ../live.py
    + builtins.readFile (scenario + "/test-script.py");
}
