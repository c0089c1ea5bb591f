# A slice that `dynix certify` has worked out, evaluated. What it lacks ends the evaluation, also within
# builtins.tryEval and `or`.
{
  lib,
  # ./modules.nix
  parts,
  # The names of all packages, as a set. Without them, packages are evaluated.
  names ? null,
}:
let
  values = import ./values.nix { inherit lib; };
  evaluate = import ./evaluate.nix { inherit lib parts; };
  lacked = path: abort "dynix-slice ${lib.showOption path}";
in
data: more:
let
  packages =
    if names != null && data ? packages then
      import ./packages.nix {
        inherit lib names;
        inherit (parts) root;
      } data
    else
      same: same;
  declaration = path: lacked ([ "options" ] ++ path);
  # What is made of each stub: of its path and what is kept of it, null or a list with that.
  stubsOf =
    of:
    let
      at =
        path:
        lib.mapAttrs (
          name: inner: (if builtins.isAttrs inner then at else of) (path ++ [ name ]) inner
        );
    in
    at [ ] data.stubs;
in
evaluate {
    inherit more packages;
    inherit (data) live;
    unchecked = data.unchecked or [ ];
    stubs = stubsOf (
      path: kept: values.restore (lacked path) (if kept == null then null else lib.head kept)
    );
    stubDeclarations = stubsOf (path: _: declaration path);
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
      own =
        ours:
        lib.mapAttrs (
          key: kept: ours.${key} // lib.mapAttrs (name: values.restore ours.${key}.${name}) kept
        ) it.own or { };
    }) data.elements;
    inherit declaration;
}
