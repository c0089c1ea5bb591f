# A scenario in a virtual machine in which everything is done for real and offline: `dynix apply` and
# `runtime-module` evaluate and build, and so does `nixos-rebuild switch`.
{
  pkgs,
  dynix,
  scenario,
  name ? "evaluated",
  # Where in /etc/nixos the scenario's own configuration is, beside all that is in this folder.
  configuration ? "configuration.nix",
  folder ? null,
}:

let
  inherit (pkgs) lib;
  nixpkgs = lib.cleanSource pkgs.path;
  # The modules and scenarios of this project, for the machine.
  project = lib.fileset.toSource {
    root = ../..;
    fileset = lib.fileset.unions [
      ../../nixmodules
      ../.
    ];
  };

  configurationInside =
    pkgs.writeText "configuration.nix" # nix
      ''
        { lib, modulesPath, ... }:
        {
          imports = [
            (modulesPath + "/virtualisation/qemu-vm.nix")
            (modulesPath + "/testing/test-instrumentation.nix")
            (lib.modules.importJSON ./network.json)
            ${project}/vmtests/nixos/node.nix
            ${if folder == null then "${project}/vmtests/${baseNameOf scenario}/${configuration}" else "./${configuration}"}
          ];
          dynamicism.package = builtins.storePath "${dynix}";
          # The machine boots what the test's driver gives it.
          boot.loader.grub.enable = false;
        }
      '';
in
pkgs.testers.runNixOSTest {
  name = "dynix-${name}";

  nodes.machine = {
    imports = [
      ./node.nix
      ((if folder == null then scenario else folder) + "/${configuration}")
    ];
    dynamicism.package = dynix;

    # Everything that was needed to build this system, so that another can be built without a network.
    system.includeBuildDependencies = true;
    nix.nixPath = [
      "nixpkgs=${nixpkgs}"
      "nixos-config=/etc/nixos/configuration.nix"
    ];
    virtualisation = {
      cores = 2;
      diskSize = 8192;
      memorySize = 4096;
    };
  };

  # The scripts are written for two drivers.
  skipTypeCheck = true;

  testScript =
    { nodes, ... }:
    let
      network = pkgs.writeText "network.json" (
        builtins.toJSON nodes.machine.system.build.networkConfig
      );
    in
    ''
      start_all()
      machine.wait_for_unit("multi-user.target")
      ${lib.optionalString (folder != null) ''machine.succeed("mkdir -p /etc/nixos && cp -rL --no-preserve=mode ${folder}/. /etc/nixos")''}
      machine.succeed("install -D ${configurationInside} /etc/nixos/configuration.nix")
      machine.succeed("install -D ${network} /etc/nixos/network.json")
      machine.succeed("nixos-rebuild switch 2>&1")
    ''
    + builtins.readFile ../live.py
    + builtins.readFile (scenario + "/test-script.py");
}
