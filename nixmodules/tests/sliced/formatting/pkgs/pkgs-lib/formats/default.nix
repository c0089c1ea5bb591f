# The ways in which nixpkgs' formats make a file, of today and of before.
{ lib, pkgs }:
let
  tool = pkgs.buildPackages.callPackage ./tool.nix { };
  of = script: environment: generate: _: {
    type = lib.types.value;
    generate =
      name: value: pkgs.callPackage (generate (run: run name (environment value) script)) { };
  };
  structured =
    tool: value: {
      nativeBuildInputs = [ tool ];
      inherit value;
      __structuredAttrs = true;
    };
in
(if pkgs.config.allowAliases or false then { old = null; } else { })
// {
  json = _: {
    type = lib.types.value;
    generate =
      name: value:
      pkgs.callPackage (
        { runCommand, jq }: runCommand name (structured jq value) "jq .value $NIX_ATTRS_JSON_FILE > $out"
      ) { };
  };
  toml = of "convert $NIX_ATTRS_JSON_FILE $out" (structured tool) (make: { runCommand }: make runCommand);
  yaml =
    _: {
      generate =
        name: value:
        pkgs.callPackage (
          { runCommand, spliced }:
          runCommand name {
            nativeBuildInputs = [ spliced ];
            value = builtins.toJSON value;
            passAsFile = [ "value" ];
          } "convert $valuePath $out"
        ) { };
    };
  ini = _: { generate = name: value: pkgs.writeText name "[it]\nvalue = ${toString value}\n"; };
}
