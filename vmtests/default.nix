# The scenarios of NixOS services as tests in NixOS virtual machines, with the real services.
#
# They are quick: whatever Nix would build in the machine is built before. `evaluated` and `runtime-modules` are the
# slow ones, in which Nix evaluates and builds inside the machine, offline, and nixos-rebuild switches it.
{ pkgs, dynix }:

let
  inherit (pkgs) lib;
  isScenario =
    name: kind:
    kind == "directory"
    && builtins.pathExists (./. + "/${name}/configuration.nix")
    && builtins.pathExists (./. + "/${name}/test-script.py");
  scenarios = lib.filterAttrs isScenario (builtins.readDir ./.);
in
lib.mapAttrs (
  name: _:
  import ./nixos/prebuilt.nix {
    inherit pkgs dynix name;
    scenario = ./. + "/${name}";
  }
) scenarios
// {
  evaluated = import ./nixos/evaluated.nix {
    inherit pkgs dynix;
    scenario = ./distccd;
  };
  runtime-modules = import ./nixos/evaluated.nix {
    inherit pkgs dynix;
    name = "runtime-modules";
    scenario = ./runtime-modules;
    # A virtual machine has it in /etc/nixos, where the scenario changes it.
    folder = ./runtime-modules/files/etc/nixos;
    configuration = "machine.nix";
  };
}
