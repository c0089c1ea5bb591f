# Finds what a slice needs: evaluates the modules that are live so far with all else in its place, and says on
# standard error what they look at of that, one line of JSON each:
#
#   trace: dynix-slice ["trying",PATH]              what is evaluated next, if that ends all
#   trace: dynix-slice ["open",PATH]                a group of options
#   trace: dynix-slice ["stub",PATH,KEPT]           an option, with what is the same for every value (./values.nix)
#   trace: dynix-slice ["pin",PATH,KEPT]            an option of live modules that others define
#   trace: dynix-slice ["element",PATH,KEY,NAME,KEPT]
#   trace: dynix-slice ["own",PATH,KEY,NAME,KEPT]   a part of what live modules define, with what is the same of it
#   trace: dynix-slice ["package",NAME]             a package
#   trace: dynix-slice ["call",NAME,KEPT]           a call of a function that writes a text (./writers.nix)
#   trace: dynix-slice ["formats",…]                what nixpkgs' formats look at besides packages (./formats.nix)
#   trace: dynix-slice ["unknown",PATH]             nobody knows who defines it for every value
#   trace: dynix-slice ["live",PATH,MODULES]        modules of NixOS that the slice needs, for this
{
  lib,
  parts,
  name,
  service,
  # Its options that are proved.
  targets,
  # The system, and the same with canaries that throw.
  static,
  canaries,
  # Of `ask` below
  live,
  opened,
  givenUp,
}:

let
  values = import ./values.nix { inherit lib; };
  writers = import ./writers.nix { inherit lib; };
  formats = import ./formats.nix { inherit lib; };
  treeOf = import ./tree.nix { inherit lib; };
  taken = import ./taken.nix { inherit lib name service; };
  structure = import ./structure.nix {
    inherit lib parts live;
    inherit (static) options;
  };
  say = what: builtins.trace "dynix-slice ${builtins.toJSON what}";
  set = paths: lib.genAttrs (map builtins.toJSON paths) (_: true);
  isOpened = path: (set opened) ? ${builtins.toJSON path};
  isGivenUp = path: (set givenUp) ? ${builtins.toJSON path};

  # A value that says when it is looked at what of it is the same for every value of the options.
  said = saidOf (_: true);
  # The same, where what is kept must be fit for it.
  saidOf =
    isFit: words: path: entries: was: under:
    let
      all = if isGivenUp path then null else values.keep under;
      kept = if isFit all then all else null;
      hole = value: say [ "live" path entries ] value;
    in
    say [ "trying" path ] (
      builtins.deepSeq kept (say (words ++ [ kept ]) (values.watch hole kept was))
    );
  at = lib.getAttrFromPath;
  saidCall =
    function: args: _: was:
    let
      path = [
        "pkgs"
        function
        (builtins.toJSON (writers.keepArgs args))
      ];
      kept = if isGivenUp path then null else writers.keep parts.root canaries.pkgs function args;
    in
    say [ "trying" path ] (builtins.deepSeq kept (say [ "call" function kept ] was));

  hasOwnFormats =
    let
      tried = builtins.tryEval (formats.isOfNixpkgs parts.root canaries.pkgs);
    in
    tried.success && tried.value;

  stubValue =
    path: node:
    if lib.isOption node then
      said [ "stub" path ] path (structure.entriesOfNode node) (at path static.config) (
        at path canaries.config
      )
    else
      say [ "open" path ] (
        lib.mapAttrs (name: inner: stubValue (path ++ [ name ]) inner) node
      );

  known = map (
    it:
    let
      tried = builtins.tryEval (
        let
          found = structure.outsideOf (canaries.optionAt it.path);
        in
        builtins.deepSeq found found
      );
      isKnown = !isGivenUp it.path && tried.success;
    in
    {
      inherit (it) path;
      isKnown = say [ "trying" it.path ] (
        if isKnown then true else say [ "unknown" it.path ] false
      );
      outside = if isKnown then tried.value else { };
    }
  ) (lib.filter (it: !lib.elem (lib.head it.path) [ "assertions" "warnings" ]) structure.loaded);
  outside = lib.filter (it: builtins.seq it.isKnown (it.outside != null)) known;

  pins = map (it: {
    inherit (it) path;
    isPlain = it.outside.isPlain or false;
    value =
      if !it.isKnown then
        say [ "live" it.path [ ] ] (at it.path static.config)
      else
        # As ./prove.nix keeps it.
        saidOf (kept: it.outside.isPlain || kept ? v) [ "pin" it.path ] it.path (structure.entriesOf it.outside.pin) (at it.path static.config) (
          at it.path canaries.config
        );
  }) (lib.filter (it: !it.isKnown || it.outside ? pin) outside);
  elements = map (it: {
    inherit (it) path;
    keys = lib.mapAttrs (
      key: files:
      let
        entries = structure.entriesOf files;
        was = (at it.path static.config).${key};
        under = (at it.path canaries.config).${key};
        value = name: was: under: said [ "element" it.path key name ] (it.path ++ [ key ] ++ lib.optional (name != "") name) entries was under;
      in
      if it.outside.isSubmodule then
        lib.genAttrs it.outside.names (name: value name was.${name} under.${name})
      else
        value "" was under
    ) it.outside.keys;
    # What is the same for every value need not be evaluated of these modules.
    own =
      ours:
      lib.optionalAttrs it.outside.isSubmodule (
        lib.mapAttrs (
          key: one:
          one
          // lib.genAttrs (lib.intersectLists it.outside.names (lib.attrNames one)) (
            name:
            let
              path = it.path ++ [ key name ];
              kept = if isGivenUp path then null else values.keep (at path canaries.config);
            in
            say [ "trying" path ] (
              builtins.deepSeq kept (say [ "own" it.path key name kept ] (values.restore one.${name} kept))
            )
          )
        ) (removeAttrs ours (lib.attrNames it.outside.keys))
      );
  }) (lib.filter (it: it.isKnown && it.outside ? keys) outside);

  with' =
    more:
    import ./evaluate.nix { inherit lib parts; } (given // { inherit more; });
  evaluated = with' [ ];
  # What looks at the overrides of a dynamic file looks at more: here at those that leave all as it is.
  same.config = lib.mkMerge (
    map (
      target:
      let
        path = taken.pathOf target;
      in
      lib.setAttrByPath path (lib.mkOverride (-1) (at path static.config))
    ) targets
  );
  overrides = import ../dynamicism/overrides.nix {
    inherit lib;
    inherit (taken) plain;
    static = evaluated;
    dynamic = with' [ same ];
    extend = module: with' [ module ];
    content = same.config;
    dynamicFile = "";
    hideValues = false;
  };
  given = {
    inherit live pins elements;
    packages =
      were:
      let
        all = builtins.mapAttrs (
          name: package:
          say [ "package" name ] (
            if name == "formats" && hasOwnFormats then
              formats.watch parts.root were all (words: say ([ "formats" ] ++ words))
            else
              writers.watch name package saidCall
          )
        ) were;
      in
      all;
    stubs = treeOf (it: stubValue it.path it.node) stubs;
    stubDeclarations = treeOf (it: declaration it.path) stubs;
    inherit declaration;
  };
  stubs = structure.stubsOf isOpened;
  declaration =
    path:
    let
      node = at path static.options;
    in
    say [ "live" ([ "options" ] ++ path) (structure.entriesOfNode node) ] node;
in
say [ "live" [ ] structure.lacks ] (
  if structure.lacks != [ ] then
    true
  else
    builtins.deepSeq [
      (taken.planOf {
        static = evaluated.config;
        dynamic = evaluated.config;
      })
      (taken.valuesOf evaluated.config)
      (taken.programsOf {
        inherit (evaluated) config;
        inherit (evaluated._module.args) pkgs;
      })
      (taken.checksOf evaluated.config)
      # Not every value can be given again.
      (builtins.tryEval (builtins.deepSeq overrides.problems true))
    ] true
)
