{
  description = "Changes settings of running NixOS services in about a second";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { nixpkgs, ... }:
    let
      everySystem =
        outputs:
        nixpkgs.lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (
          system:
          let
            pkgs = nixpkgs.legacyPackages.${system};
          in
          outputs pkgs (pkgs.callPackage ./nixmodules/package.nix { })
        );
    in
    {
      packages = everySystem (
        _: dynix: {
          default = dynix;
          inherit dynix;
          # nix build .#allTests
          inherit (dynix) allTests;
        }
      );

      # The package has run its unit tests when it is built.
      checks = everySystem (_: dynix: dynix.tests // { package = dynix; });

      devShells = everySystem (
        pkgs: dynix: {
          default = pkgs.mkShell {
            inputsFrom = [ dynix ];
            packages = [
              pkgs.clang-tools
              pkgs.nixfmt
              pkgs.strace
            ];
          };
        }
      );

      formatter = everySystem (pkgs: _: pkgs.nixfmt-tree);

      lib = import ./nixmodules/lib.nix;

      nixosModules = import ./nixmodules/exported.nix;

      overlays.default = import ./nixmodules/overlay.nix;
    };
}
