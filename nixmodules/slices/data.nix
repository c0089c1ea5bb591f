# A slice that `dynix certify` has worked out, evaluated. What it lacks ends the evaluation, also within
# builtins.tryEval and `or`.
{
  lib,
  # ./modules.nix
  parts,
}:
let
  values = import ./values.nix { inherit lib; };
  evaluate = import ./evaluate.nix { inherit lib parts; };
  lacked = path: abort "dynix-slice ${lib.showOption path}";
in
data: more:
evaluate {
  inherit (data) live;
  inherit more;
  stubs = map (it: {
    inherit (it) path;
    value = values.restore (lacked it.path) (it.kept or null);
  }) data.stubs;
  pins = map (it: {
    inherit (it) path isPlain;
    value = values.restore (lacked it.path) (it.kept or null);
  }) data.pins;
  elements = map (it: {
    inherit (it) path;
    keys = lib.mapAttrs (
      key: kept:
      if it.isSubmodule then
        lib.genAttrs it.names (
          name: values.restore (lacked (it.path ++ [ key name ])) (kept.${name} or null)
        )
      else
        values.restore (lacked (it.path ++ [ key ])) kept
    ) it.keys;
  }) data.elements;
  declaration = path: lacked ([ "options" ] ++ path);
}
