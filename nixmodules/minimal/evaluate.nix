# A system with a module list of one's own, and no check of what it lacks. ./default.nix has the checks.
{
  lib,
  evalConfig,
  modulesPath,
}:
{
  modules,
  moduleList,
  # As of ./default.nix; null: what no loaded module declares is not looked at.
  index,
  # A system with all modules: what extends this one extends that one, as by the argument `extendModules` of modules.
  # What is added may define what no loaded module declares. Null: this one is extended.
  whole ? null,
  ...
}@given:
let
  names = import ./names.nix { inherit lib modulesPath; };
  evaluateWith =
    more:
    evalConfig (
      removeAttrs given [
        "index"
        "moduleList"
        "whole"
      ]
      // {
        inherit lib;
        # Not among the user's own modules, which are to be found again as they are (./source.nix).
        baseModules =
          map names.resolve moduleList
          # The manual describes all options, whatever is loaded.
          ++ [ { _module.args.baseModules = lib.mkForce (import ./all-modules.nix { inherit modulesPath; }); } ]
          ++ lib.optional isExtended { _module.args.extendModules = lib.mkForce extendModules; }
          ++ more;
        modules = map names.resolve modules;
      }
    );
  inherit (whole.options._module.args.value) extendModules;
  # The module system of NixOS 21.05 extends nothing.
  isExtended = whole != null && (lib.evalModules { modules = [ ]; }) ? extendModules;
  unchecked = evaluateWith [ { _module.check = false; } ];
  undeclared = import ./undeclared.nix {
    inherit lib index;
    inherit (unchecked) options;
  };
  evaluated = evaluateWith [ undeclared.module ];
  keeping = evaluateWith [ undeclared.keeping ];
in
(
  if index == null then
    unchecked // { undeclared = [ ]; }
  else
    evaluated // { undeclared = undeclared.definitions keeping.options; }
)
// lib.optionalAttrs isExtended { inherit extendModules; }
