# `formats` of nixpkgs over the packages of a slice: it gives what the packages' own gives, and to look at these ends the
# evaluation. Nothing is kept of another one.
{
  alike,
  case,
  ends,
  has,
  isAlike,
  lib,
}:
let
  values = import ../../slices/values.nix { inherit lib; };
  writers = import ../../slices/writers.nix { inherit lib; };
  formats = import ../../slices/formats.nix { inherit lib; };
  root = toString ./formatting;
  nixpkgs = import ./formatting/pkgs/top-level;
  plain = nixpkgs { };

  looked = [
    "formats"
    "gone"
    "jq"
    "runCommand"
    "writeText"
  ];
  said = [
    [ "config" "allowAliases" ]
    [ "arguments" [ "runCommand" "jq" ] ]
    [ "arguments" [ "runCommand" "spliced" ] ]
    [ "file" "buildPackages" "pkgs/pkgs-lib/formats/tool.nix" ]
  ];
  # As it is read again.
  keptOf = pkgs: builtins.fromJSON (builtins.toJSON (formats.keep root pkgs looked said));
  # The packages of a slice, where a file of each format was written.
  slice =
    pkgs: change:
    let
      written = {
        name = "written";
        environment = {
          nativeBuildInputs = [ pkgs.jq ];
          __structuredAttrs = true;
        };
        command = "jq .value $NIX_ATTRS_JSON_FILE > $out";
      };
      called = args: writers.keep root pkgs "runCommand" args;
      kept =
        {
          packages = lib.genAttrs [ "jq" "spliced" ] (name: values.keepPackage pkgs.${name});
          calls = {
            runCommand = lib.filter (call: call != null) [
              (called written)
              (called (
                written
                // {
                  environment = written.environment // {
                    nativeBuildInputs = [ (pkgs.callPackage ./formatting/pkgs/pkgs-lib/formats/tool.nix { }) ];
                  };
                  command = "convert $NIX_ATTRS_JSON_FILE $out";
                }
              ))
              (called {
                name = "written";
                environment = {
                  nativeBuildInputs = [ pkgs.spliced ];
                  passAsFile = [ "value" ];
                };
                command = "convert $valuePath $out";
              })
            ];
            writeText = [ (writers.keep root pkgs "writeText" { name = "written"; }) ];
          };
          formats = keptOf pkgs;
        };
      data = builtins.fromJSON (builtins.toJSON kept);
    in
    import ../../slices/packages.nix {
      inherit lib root;
      names = lib.mapAttrs (_: _: null) pkgs;
    } (data // change data) (lib.mapAttrs (name: _: abort "dynix-slice ${name} of the packages") pkgs);
  generated = pkgs: format: (pkgs.formats.${format} { }).generate "written";
  isSame =
    pkgs: format:
    lib.all (
      value: alike (generated (slice pkgs (_: { })) format value) (generated pkgs format value) == isAlike.has
    );
  texts = [ "" "text" "${plain.jq}" ];
  anything = texts ++ [
    null
    { }
    { a.b = [ 1 true { package = plain.jq; } ]; }
  ];
  isKept = gives: pkgs: case (has gives) (keptOf pkgs != null);
  withOverlay = overlay: nixpkgs { inherit overlay; };
  endsWith = what: change: format: case (ends what) ((generated (slice plain change) format "text").outPath);
in
{
  "formats that write a text" = case (has true) (isSame plain "ini" texts);
  "formats that write a value" = case (has true) (isSame plain "json" anything);
  "formats that write a value as a text" = case (has true) (isSame plain "yaml" anything);
  "formats with a program of their own" = case (has true) (isSame plain "toml" anything);
  "formats, with an overlay that changes a program" = case (has true) (
    let
      pkgs = withOverlay (_: prev: { jq = prev.jq // { inherit (prev.spliced) drvPath outPath; }; });
    in
    isSame pkgs "json" anything && isSame pkgs "toml" anything
    && (generated pkgs "json" "").outPath != (generated plain "json" "").outPath
  );
  "formats, with aliases" = case (has true) (
    (slice (nixpkgs { config.allowAliases = true; }) (_: { })).formats ? old && !plain.formats ? old
  );

  "formats, as they are" = isKept true plain;
  "which packages formats are called with" = case (has [ "formats" "jq" "runCommand" "writeText" ]) (keptOf plain).packages;
  "formats that an overlay replaces" = isKept false (withOverlay (_: prev: { inherit (prev) formats; }));
  "one of the formats that an overlay replaces" = isKept false (
    withOverlay (_: prev: { formats = prev.formats // { inherit (prev.formats) json; }; })
  );
  "formats, with another callPackage" = isKept false (withOverlay (_: prev: { inherit (prev) callPackage; }));
  "formats, with packages in other scopes" = isKept false (withOverlay (_: prev: { inherit (prev) newScope; }));
  "formats, with another lib" = isKept false (
    withOverlay (_: prev: { lib = prev.lib // { inherit (prev.lib) types; }; })
  );
  "formats of another lib than nixpkgs' own" = isKept false (
    nixpkgs { lib = plain.lib // { types.value.check = _: true; }; }
  );
  "formats of a nixpkgs in another place" = case (has null) (formats.keep "/nowhere" plain looked said);
  "formats of another file" = isKept false (
    plain
    // {
      formats = import ./formatting/pkgs/pkgs-lib/formats { inherit (plain) lib; pkgs = plain; } // {
        json = null;
      };
    }
  );

  "formats, with another function that writes" = case (ends "runCommand of the packages") (
    let
      pkgs = withOverlay (_: prev: { runCommand = name: prev.runCommand "our-${name}"; });
    in
    (generated (slice pkgs (_: { calls = { }; })) "json" "text").outPath
  );
  "formats of packages that something was added to" = case (ends "pkgs of the packages") (
    let
      pkgs = plain // {
        writeText = name: plain.writeText "our-${name}";
      };
    in
    (generated (slice pkgs (_: { })) "ini" "text").outPath
  );
  "formats that look at what was not looked at" = endsWith "pkgs of the packages" (data: {
    formats = data.formats // { packages = [ ]; };
  }) "ini";
  "formats with what callPackage has alone" = case (ends "callPackage of the packages") (
    let
      pkgs = nixpkgs { spliced = final: { spliced = final.jq; }; };
    in
    (generated (slice pkgs (_: { })) "yaml" "text").outPath
  );
  "formats with what is spliced" = case (has [ "runCommand" "jq" ]) (
    (keptOf (nixpkgs { spliced = final: { spliced = final.spliced // { __spliced = null; }; }; })).arguments
  );
  "formats with a function that was not kept" = case (has [ "runCommand" "jq" "spliced" ]) (
    (keptOf plain).arguments
  );
  "formats of a package that was not looked at" = endsWith "callPackage of the packages" (data: {
    formats = data.formats // { arguments = [ "runCommand" ]; };
  }) "json";
  "formats with a file that was not looked at" = endsWith "buildPackages of the packages" (data: {
    formats = data.formats // { files = { }; };
  }) "toml";
  "formats, with a part of the configuration that was not looked at" = case (ends "config of the packages") (
    (slice (nixpkgs { config.allowAliases = true; }) (data: {
      formats = data.formats // { config.a.allowAliases = null; };
    })).formats ? old
  );
}
