# The questions of `dynix certify` for slices: for one service, what the units' text is made of, for every value of the
# options that are proved.
#
# The service's part of a plan is evaluated with a few modules of NixOS instead of all. In the place of the others
# are values that were proved to be the same for every value of the options, and for all else what ends the
# evaluation: a slice can be incomplete, never wrong.
{
  config,
  extendModules,
  lib,
  options,
  pkgs,
  # The dynamic services that are enabled.
  services,
}:

let
  pathOf = import ../dynamicism/schema/path.nix { inherit lib; };
  isTop =
    path:
    let
      found = lib.attrByPath path null options;
    in
    found != null && lib.isOption found;

  declared = import ./declared.nix;

  # The system with canaries in the place of options, and who defines an option there.
  canariesWith =
    fire: parts: targets:
    let
      canary = import ../certificate/canary.nix { inherit fire lib; };
      of = map canary.onOption;
      top = lib.filter (option: isTop (pathOf option)) targets;
      evaluation = extendModules { modules = of targets; };
      # A canary is a definition that everything meets which looks for definitions. Here modules meet it, and
      # whoever asks for the definitions of such an option does not.
      replaced =
        insteadOf: tree: set:
        lib.mapAttrs (
          name: value:
          if !tree ? ${name} then
            value
          else if builtins.isString tree.${name} then
            insteadOf tree.${name} value
          else
            replaced insteadOf tree.${name} value
        ) set;
      # An alias asks for the type of the option that it leads to.
      asDeclared =
        option: lib.mapAttrs (name: inner: if lib.elem name declared then inner else fire option);
      tree = lib.foldl' lib.recursiveUpdate { } (
        map (option: lib.setAttrByPath (pathOf option) option) top
      );
      viewedOf =
        allWith:
        parts.evaluate (
          allWith (
            arguments:
            arguments
            // {
              config = replaced (option: _: fire option) tree arguments.config;
              options = replaced asDeclared tree arguments.options;
            }
          )
          ++ of (lib.subtractLists top targets)
        );
      isTarget = lib.genAttrs (map (option: builtins.toJSON (pathOf option)) top) (_: true);
      optionOf =
        viewed: whole: path:
        lib.getAttrFromPath path (
          if isTarget ? ${builtins.toJSON path} then viewed.options else whole.options
        );
    in
    {
      modules = of targets;
      inherit (evaluation) config;
      inherit (evaluation._module.args) pkgs;
      optionAt = optionOf (viewedOf parts.allWith) evaluation;
      # The same of all modules, made by a function of how they are called.
      optionWith =
        allWith: optionOf (viewedOf allWith) (parts.evaluate (allWith (same: same) ++ of targets));
    };
  throwing = canariesWith (what: throw "dynix-canary ${what}");
  aborting = canariesWith (what: abort "dynix-canary ${what}");

  static = { inherit config options pkgs; };
  partsOf = type: import ./modules.nix { inherit lib type; };
  given =
    { type, question, ... }:
    {
      inherit lib static;
      inherit (question) live opened;
      parts = partsOf type;
      name = question.service;
      service = services.${question.service};
    };
  showPath = import ../dynamicism/schema/show-path.nix;
  targetsOf =
    service:
    import ../certificate/targets.nix {
      inherit lib options;
      services = { inherit service; };
    };
in
{
  # What a plan says of the services, and which options each has (../certificate/targets.nix); where these files are,
  # for whoever uses the slices; and the names of all packages.
  services = _: {
    path = toString ./.;
    packages = lib.genAttrs (lib.attrNames pkgs) (_: null);
    services = lib.mapAttrsToList (name: service: {
      inherit name;
      inherit (service)
        etc
        reload
        reloadStartsWorkers
        settleSeconds
        units
        ;
      options = map (option: showPath (pathOf option)) service.options;
      targets = targetsOf service;
    }) services;
  };

  # The modules to begin with: who declares the options and the units, and what all modules are given.
  begin =
    { type, question }:
    let
      parts = partsOf type;
      structure = import ./structure.nix {
        inherit lib options parts;
        live = [ ];
      };
      service = services.${question.service};
      at = path: structure.entriesOfNode (lib.attrByPath path { } options);
      declared =
        path:
        let
          found =
            (import ../dynamicism/schema/below.nix { inherit lib; }).optionOnTheWay options path;
        in
        if found == null then at path else structure.entriesOfNode found.option;
    in
    lib.unique (
      lib.concatMap (option: declared (pathOf option)) service.options
      ++ lib.concatMap (name: at [ "systemd" name ]) [
        "services"
        "units"
      ]
      ++ at [ "nixpkgs" ]
      ++ at [ "assertions" ]
      ++ structure.entriesOf (map toString options._module.args.files)
    );

  grow =
    asked:
    import ./grow.nix (
      given asked
      // {
        inherit (asked.question) givenUp;
        targets = lib.intersectLists (targetsOf services.${asked.question.service}) asked.question.options;
        canaries = throwing (partsOf asked.type) asked.question.options;
      }
    );

  prove =
    asked:
    import ./prove.nix (
      given asked
      // {
        inherit (asked.question) found;
        targets = targetsOf services.${asked.question.service};
        canaries = aborting (partsOf asked.type) asked.question.options;
        throwing = throwing (partsOf asked.type) asked.question.options;
      }
    );

  # What a plan says of the service where the dynamic file overrides none of its options, while it may override
  # these, those of the other services; without the units' texts, which are those that run. An evaluation that ends
  # says that it depends on them.
  untouched =
    { type, question }:
    let
      name = question.service;
      taken = import ./taken.nix {
        inherit lib name;
        service = services.${name};
      };
      other = (aborting (partsOf type) question.options).config;
      with' = dynamic: {
        static = config;
        inherit dynamic;
      };
      of = dynamic: [
        (taken.planOf (with' dynamic))
        (taken.valuesOf dynamic)
      ];
      units = map (
        unit:
        removeAttrs unit [
          "static"
          "dynamic"
        ]
      ) (lib.head (of other)).units;
    in
    if builtins.toJSON (of other) != builtins.toJSON (of config) then
      abort "dynix-slice '${name}' is another service"
    # The plan of the whole configuration says which ones.
    else if taken.problemsOf (with' other) != [ ] then
      abort "dynix-slice '${name}' has problems"
    else if lib.length units != lib.length services.${name}.units then
      abort "dynix-slice '${name}' has a unit without a text"
    else
      {
        inherit units;
        # What it refers to: JSON has only the texts.
        context = builtins.getContext (builtins.toJSON units);
      };
}
