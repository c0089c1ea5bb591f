# dynix without flakes: `nix-build` for the programs, `nix-build -A tests.gotosocial` and `nix-build -A allTests`
# for the tests in virtual machines.
{
  pkgs ? import <nixpkgs> { },
}:
pkgs.callPackage ./nixmodules/package.nix { }
// {
  lib = import ./nixmodules/lib.nix;
  nixosModules = import ./nixmodules/exported.nix;
  overlays.default = import ./nixmodules/overlay.nix;
}
