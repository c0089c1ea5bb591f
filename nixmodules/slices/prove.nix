# The slice that was found, as data, if it is the system for every value of the options: what it rests on is
# evaluated with canaries that end the evaluation; and for the configuration as it is, it is equal.
{
  lib,
  parts,
  name,
  service,
  static,
  # All its options.
  targets,
  # That end the evaluation, and that throw.
  canaries,
  throwing,
  live,
  opened,
  # The lines of ./grow.nix
  found,
}:

let
  treeOf = import ./tree.nix { inherit lib; };
  taken = import ./taken.nix { inherit lib name service; };
  structure = import ./structure.nix {
    inherit lib parts live;
    inherit (static) options;
  };
  values = import ./values.nix { inherit lib; };
  writers = import ./writers.nix { inherit lib; };
  formats = import ./formats.nix { inherit lib; };
  kind = name: lib.filter (it: lib.head it == name) found;
  nth = builtins.elemAt;
  at = lib.getAttrFromPath;
  isOpened =
    let
      set = lib.genAttrs (map builtins.toJSON opened) (_: true);
    in
    path: set ? ${builtins.toJSON path};
  keptOf =
    name:
    let
      byPath = lib.listToAttrs (
        map (it: lib.nameValuePair (builtins.toJSON (nth it 1)) (nth it 2)) (kind name)
      );
    in
    path:
    let
      kept = byPath.${builtins.toJSON path} or null;
    in
    { inherit path; } // lib.optionalAttrs (kept != null) { inherit kept; };
  unknown = lib.genAttrs (map (it: builtins.toJSON (nth it 1)) (kind "unknown")) (_: true);
  isUnknown = path: unknown ? ${builtins.toJSON path};

  # Who defines it, whatever a module outside says of which file it is.
  optionAt = canaries.optionWith (
    parts.allMarked {
      inherit live;
      inherit (static) options;
      isShared = structure.keys;
    }
  );

  outside = lib.filter (it: it.outside != null) (
    map (it: {
      inherit (it) path;
      outside = if isUnknown it.path then { pin = [ ]; } else structure.outsideOf (optionAt it.path);
    }) (lib.filter (it: !lib.elem (lib.head it.path) [ "assertions" "warnings" ]) structure.loaded)
  );
  # By path, key and name, what is kept of elements of live modules.
  ownOf =
    path:
    lib.mapAttrs
      (
        _: lines:
        lib.listToAttrs (map (it: lib.nameValuePair (nth it 3) (nth it 4)) (lib.filter (it: nth it 4 != null) lines))
      )
      (lib.groupBy (it: nth it 2) (lib.filter (it: nth it 1 == path) (kind "own")));
  elementsKept = lib.groupBy (it: builtins.toJSON [ (nth it 1) (nth it 2) ]) (kind "element");
  names = lib.genAttrs (lib.attrNames static.pkgs) (_: null);
  # The live modules of which no assertion or warning looks at the options.
  unchecked =
    let
      inherit ((parts.evaluate (parts.allApart live ++ throwing.modules)).config) dynixChecks;
    in
    lib.filter (name: (builtins.tryEval (holds dynixChecks.${name})).success) live;
  holds = it: builtins.deepSeq it.warnings (lib.all (one: one.assertion) it.assertions);
  stubs = map (it: keptOf "stub" it.path) (structure.stubsOf isOpened);
  data = {
    inherit live unchecked;
    # With the canaries in place: they are the same for every value of the options.
    packages = lib.genAttrs (lib.unique (map (it: nth it 1) (kind "package"))) (
      name: values.keepPackage canaries.pkgs.${name}
    );
    calls = lib.mapAttrs (_: calls: lib.unique (map (it: nth it 2) calls)) (
      lib.groupBy (it: nth it 1) (lib.filter (it: nth it 2 != null) (kind "call"))
    );
    formats =
      if data.packages ? formats then
        formats.keep parts.root canaries.pkgs (lib.attrNames data.packages) (map lib.tail (kind "formats"))
      else
        null;
    platform = canaries.pkgs.stdenv.hostPlatform.system;
    # A hole in the place of most of them, and a list with what is kept of the others.
    stubs = treeOf (it: if it ? kept then [ it.kept ] else null) stubs;
    pins = map (
      it:
      let
        isPlain = it.outside.isPlain or false;
        found = keptOf "pin" it.path;
      in
      # What goes through `apply` once more must be all there: of a hole nobody sees what comes of it.
      (if isPlain || found ? kept.v then found else { inherit (it) path; }) // { inherit isPlain; }
    ) (lib.filter (it: it.outside ? pin) outside);
    elements = map (it: {
      inherit (it) path;
      inherit (it.outside) isSubmodule names;
      keys = lib.mapAttrs (
        key: _:
        let
          kept = elementsKept.${builtins.toJSON [ it.path key ]} or [ ];
        in
        if it.outside.isSubmodule then
          lib.filterAttrs (_: it: it != null) (
            lib.listToAttrs (map (it: lib.nameValuePair (nth it 3) (nth it 4)) kept)
          )
        else if kept == [ ] then
          null
        else
          nth (lib.head kept) 4
      ) it.outside.keys;
      # Of an element that modules outside define too there are holes, also where they say that they are of other
      # files, by which ./grow.nix takes it for one of live modules.
      own = removeAttrs (ownOf it.path) (lib.attrNames it.outside.keys);
    }) (lib.filter (it: it.outside ? keys) outside);
  };

  must = words: condition: condition || abort "dynix-slice ${words}";
  keeps =
    config: it:
    must "${lib.showOption it.path} is not what it was" (
      it.kept or null == null || values.isKept it.kept (at it.path config)
    );
  keepsElements =
    config: it:
    lib.all (
      key:
      let
        kept = it.keys.${key};
      in
      if it.isSubmodule then
        must "${lib.showOption (it.path ++ [ key ])} has other options" (
          lib.attrNames (at it.path config).${key} == it.names
        )
        && lib.all (
          name:
          keeps config {
            path = it.path ++ [ key name ];
            kept = kept.${name};
          }
        ) (lib.attrNames kept)
      else
        keeps config {
          path = it.path ++ [ key ];
          inherit kept;
        }
    ) (lib.attrNames it.keys)
    && lib.all (
      key:
      lib.all (
        name:
        keeps config {
          path = it.path ++ [ key name ];
          kept = it.own.${key}.${name};
        }
      ) (lib.attrNames it.own.${key})
    ) (lib.attrNames it.own);

  evaluate = import ./data.nix { inherit lib names parts; } data;
  # What is read in the slice is what the system has, whatever the options are.
  withCanaries = evaluate canaries.modules;
  without = evaluate [ ];
  # The assertions and warnings of all other modules, and those that the slice does without.
  others =
    (parts.evaluate (parts.allUnchecked (lib.subtractLists unchecked live) ++ canaries.modules)).config;

  # Who defines what all modules are called with, besides the module system itself, which has no mark.
  strangers =
    let
      option = optionAt [ "_module" "args" ];
      found = structure.outsideOf option;
      marked = lib.filter parts.isMarked (map (it: toString it.file) option.definitionsWithLocations);
    in
    lib.optionals (found != null) (
      lib.unique (
        map builtins.unsafeDiscardStringContext marked
        ++ lib.remove "lib/modules.nix" (lib.concatLists (lib.attrValues found.keys))
      )
    );

  # Text with all that it refers to.
  exactly = text: {
    text = builtins.unsafeDiscardStringContext text;
    context = builtins.getContext text;
  };
  programs = lib.mapAttrs (_: exactly);
  planOf =
    config:
    builtins.toJSON (
      taken.planOf {
        static = config;
        dynamic = config;
      }
    );
  plan = exactly (planOf static.config);
in
# What is kept refers to derivations, which this writes where they are not in the store.
assert builtins.deepSeq plan true;
assert structure.lacks == [ ] || abort "dynix-slice lacks ${toString structure.lacks}";
assert must "what no module declares may be there" (
  static.options._module.freeformType.value or null == null
);
assert must "a module outside disables one of these" structure.areThere;
assert must "the modules come in another order" structure.isInOrder;
# Of the module system itself.
assert must "what modules are called with is defined in ${toString strangers}" (strangers == [ ]);
assert lib.all (keeps canaries.config) (stubs ++ data.pins);
assert lib.all (keepsElements canaries.config) data.elements;
assert lib.all (keeps withCanaries.config) data.pins;
assert lib.all (keepsElements withCanaries.config) data.elements;
# A default, or a priority, of the live modules shows where the definitions of the others are not among theirs.
assert lib.all (
  it:
  must "${lib.showOption it.path} has other elements" (
    lib.attrNames (at it.path withCanaries.config) == lib.attrNames (at it.path canaries.config)
  )
) data.elements;
assert must "there are other packages" (
  lib.attrNames canaries.pkgs == lib.attrNames names
);
assert lib.all (
  function:
  lib.all (
    call:
    must "'${function}' makes something else of a text" (
      writers.holds parts.root canaries.pkgs function call
    )
  ) data.calls.${function}
) (lib.attrNames data.calls);
assert must "an assertion does not hold" (holds others);
# Its units with all that they refer to, its files and its health checks.
assert must "the service is another one" (exactly (planOf without.config) == plan);
assert must "the values of the options are others" (
  taken.valuesOf without.config == taken.valuesOf static.config
);
assert must "the programs are others" (
  programs (taken.programsOf {
    inherit (data) platform;
    inherit (without) config;
    inherit (without._module.args) pkgs;
  }) == programs (taken.programsOf { inherit (static) config pkgs; })
);
data
// {
  inherit (taken.checksOf without.config) warnings;
  static = taken.keptOf targets static;
}
