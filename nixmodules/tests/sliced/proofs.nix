# Slices of systems of two modules, one of which is in the slice: what is proved of them, and what a plan by them says.
{
  lib,
  # What a case gives.
  ends,
  has,
  # A package
  built,
}:
let
  # What is asked of a system of two modules, one of which is in the slice (`near`): the unit's text with an override
  # by the slice, which is that of the system; or what the case asks.
  proof =
    { near, far, found ? [ ], etc ? [ ], units ? [ "it.service" ], ask ? unitOf, special ? { }, ... }:
    let
      service = {
        options = [ "target" ];
        settleSeconds = 1;
        reload = true;
        reloadStartsWorkers = false;
        inherit etc units;
      };
      system = lib.evalModules {
        modules = [
          ./proof-base.nix
          ./proof-near.nix
          ./proof-far.nix
        ];
        specialArgs = {
          modulesPath = toString ./.;
          proof = { inherit near far; };
        }
        // special;
      };
      questions = import ../../slices/questions.nix {
        inherit lib;
        inherit (system) config extendModules options;
        inherit (system._module.args) pkgs;
        services.it = service;
      };
    in
    ask {
      inherit questions service system;
      given = {
        inherit (system) type;
        question = {
          inherit found;
          service = "it";
          options = [ "target" ];
          live = [ "proof-base.nix" "proof-near.nix" ];
          opened = [ ];
          givenUp = [ ];
        };
      };
    };
  partsOf =
    system:
    import ../../slices/modules.nix {
      inherit lib;
      inherit (system) type;
    };
  unitOf =
    { questions, system, given, ... }:
    let
      parts = partsOf system;
      more = [ { config.target = lib.mkOverride (-1) true; } ];
      textOf = evaluated: evaluated.config.systemd.units."it.service".text;
      whole = textOf (parts.evaluate (parts.all ++ more));
      # As it is kept.
      data = builtins.fromJSON (builtins.toJSON (questions.prove given));
      evaluate = import ../../slices/data.nix {
        inherit lib parts;
        names = builtins.fromJSON (builtins.toJSON (questions.services { }).packages);
      };
      sliced = textOf (evaluate data more);
    in
    if sliced != whole then
      "'${sliced}' instead of '${whole}'"
    else if builtins.getContext sliced != builtins.getContext whole then
      "another context"
    else
      builtins.unsafeDiscardStringContext (baseNameOf whole);
  # What a slice gives with the override where the packages themselves do not evaluate.
  keptOnly =
    questions: system: given: what:
    let
      broken = {
        _module.args.pkgs = abort "packages are evaluated";
      };
      parts = partsOf system;
      evaluate = import ../../slices/data.nix {
        inherit lib;
        parts = parts // {
          evaluate = modules: parts.evaluate (modules ++ [ broken ]);
        };
        names = builtins.fromJSON (builtins.toJSON (questions.services { }).packages);
      };
    in
    what
      (evaluate (builtins.fromJSON (builtins.toJSON (questions.prove given))) [
        { config.target = lib.mkOverride (-1) true; }
      ]).config;
  # Of a plan whose file is changed, and of one whose file stays.
  reloads = has (
    map (same: [
      {
        action = "reload";
        probes = [ ];
        files = [ same ];
      }
    ]) [ false true ]
  );
  uncheckedOf = { questions, given, ... }: lib.intersectLists [ "proof-near.nix" ] (questions.prove given).unchecked;
  checking =
    assertion: arguments:
    unit (_: "on") arguments
    // {
      assertions = [
        {
          assertion = assertion arguments.config;
          message = "it holds";
        }
      ];
    };
  definersOf = name: arguments: unit (_: toString (map baseNameOf arguments.options.${name}.files)) arguments;
  elements = of: {
    config,
    lib,
    ...
  }: {
    options.near = lib.mkOption {
      default = { };
      type = lib.types.attrsOf (lib.types.submodule { options.kind = lib.mkOption { type = lib.types.str; }; });
    };
    config.near.near.kind = of config;
    config.systemd.units."it.service".text = if config.target then config.near.near.kind else "off";
  };
  untouchedOf = { questions, given, ... }: questions.untouched given;
  running = toString ./running;
  scriptOf = scriptWith (toString ./dynamic.nix);
  scriptWith =
    dynamicFile: system: services:
    import ../../slices/plan.nix {
      inherit dynamicFile lib running;
      inherit (system) type;
      knownBystanders = "";
      hideValues = false;
      slices = {
        proved = [ "target" ];
        inherit services;
      };
    };
  # A plan of as many services, `it` each time, which the override touches, with the slice for one alone and the one for
  # several.
  manyOf =
    dynamicFile: number: slices:
    { questions, service, system, given, ... }:
    let
      one = service // {
        name = "it";
        targets = [ "target" ];
        untouched = null;
      } // slices (questions.prove given);
      script = scriptWith (toString dynamicFile) system (lib.genList (_: one) number);
    in
    builtins.fromJSON (builtins.unsafeDiscardStringContext script.plan);
  # Its units.
  chosenOf =
    number: slices: asked:
    map (it: (lib.head it.units).dynamic) (manyOf ./dynamic.nix number slices asked).services;
  # What a plan by slices says of the service and of another one, `it` again, that no override touches; it is what the
  # whole configuration says.
  planOf = planWith (same: same);
  # The same, where what the slice has is changed.
  planWith =
    change: untouched:
    { questions, service, system, given, ... }:
    let
      parts = partsOf system;
      dynamic = (parts.evaluate (parts.all ++ [ ./dynamic.nix ])).config;
      whole =
        dynamic:
        (import ../../dynamicism/service-plan.nix {
          inherit lib dynamic;
          hideValues = false;
          static = system.config;
          staticTextOf = import ../../dynamicism/running-text.nix running;
          textOf = unit: dynamic.systemd.units.${unit}.text;
        }).of
          "it"
          service;
      script = scriptOf system (
        map (more: service // { name = "it"; untouched = null; } // more) [
          {
            targets = [ "target" ];
            slice = change (questions.prove given);
          }
          {
            targets = [ ];
            # They are not looked at.
            alone = abort "dynix-slice alone";
            slice = abort "dynix-slice of many";
            untouched = untouched questions given;
          }
        ]
      );
      plain = it: builtins.fromJSON (builtins.unsafeDiscardStringContext (builtins.toJSON it));
      found = (plain (builtins.fromJSON (builtins.unsafeDiscardStringContext script.plan))).services;
      wanted = plain [
        (whole dynamic)
        (whole system.config)
      ];
    in
    if found != wanted then
      "${builtins.toJSON found} instead of ${builtins.toJSON wanted}"
    else if
      builtins.getContext script.plan
      != builtins.getContext (builtins.toJSON [ (whole dynamic) (whole system.config) ])
    then
      "another context: ${builtins.toJSON (builtins.getContext script.plan)}"
    else
      map (
        it:
        map (unit: {
          inherit (unit) action;
          probes = map (probe: probe.name) unit.probes or [ ];
          files = map (file: file.dynamic == file.static) unit.files or [ ];
        }) it.units
      ) found;
  # What a plan by slices says where nothing is overridden: of a file without overrides and of none, the same as the
  # whole configuration, the programs that it runs by included.
  nothingWith =
    slices:
    { questions, service, system, given, ... }:
    let
      inherit (system) config;
      programs = import ../../dynamicism/programs.nix {
        inherit config;
        inherit (system._module.args) pkgs;
      };
      one = service // {
        name = "it";
        targets = [ "target" ];
        untouched = asAsked questions given;
      } // slices (questions.prove given);
      whole = (import ../../dynamicism/service-plan.nix {
        inherit lib;
        hideValues = false;
        static = config;
        dynamic = config;
        staticTextOf = import ../../dynamicism/running-text.nix running;
        textOf = unit: config.systemd.units.${unit}.text;
      }).of
        "it"
        service;
      plain = it: builtins.fromJSON (builtins.unsafeDiscardStringContext it);
      scriptOfAll =
        dynamicFile: configuration:
        import ../../dynamicism/script.nix {
          inherit programs;
          plan = {
            version = 1;
            inherit configuration dynamicFile;
            verify = "quick";
            imported = false;
            proof = "every-value";
            evaluated = "slice";
            bystanders = "";
            problems = [ ];
            services = [ whole ];
            overrides = [ ];
            warnings = [ ];
            leaks = [ ];
          };
        };
      differs =
        { file, text }:
        let
          found = scriptWith file system [ one ];
          wanted = scriptOfAll file text;
        in
        lib.optional (found.drvPath != wanted.drvPath) {
          inherit file;
          found = plain found.plan;
          wanted = plain wanted.plan;
        };
    in
    lib.concatMap differs [
      {
        file = toString ./nothing.nix;
        text = builtins.readFile ./nothing.nix;
      }
      {
        file = toString ./none.nix;
        text = "";
      }
    ];
  # As `dynix certify` asks it, where no option of another service is proved.
  asAsked =
    questions: given:
    let
      found = questions.untouched (
        given // { question = given.question // { options = [ ]; }; }
      );
    in
    { inherit (found) context; } // builtins.fromJSON (builtins.unsafeDiscardStringContext (builtins.toJSON { inherit (found) units; }));
  probe = {
    enable = true;
    unit = "it.service";
    command = [ "answers" ];
    required = true;
    timeoutSeconds = 1;
    graceSeconds = 0;
    intervalSeconds = 1;
    deadlineSeconds = 1;
  };
  checked = change: arguments: {
    dynamicism.for.it.checks = {
      preflight = { };
      probe.answers = probe // change arguments;
    };
  };
  linked = source: arguments: {
    dynamicism.for.it.checks = {
      preflight = { };
      probe = { };
    };
    environment.etc."it.conf" = {
      enable = true;
      mode = "symlink";
      target = "it.conf";
      source = source arguments;
    };
  };
  recorded = more: { name = "it.service"; action = "restart"; } // more;
  setOf = type: lib.mkOption {
    type = type lib.types.str;
    default.verbose = "yes";
  };
  listed.near = lib.mkOption {
    type = lib.types.listOf lib.types.str;
    default = [ ];
  };
  unit = on: { config, ... }: {
    systemd.units."it.service".text = if config.target then on config else "off";
  };
  with' = options: config: on: arguments@{ lib, ... }: {
    inherit options;
    config = lib.mkMerge [ config (unit on arguments) ];
  };
  text = of: { config, pkgs, ... }: {
    systemd.units."it.service".text = if config.target then of pkgs else "off";
  };
  names = config: toString (lib.attrNames config.near);

  proofs = {
    "proved: an alias, which has the type of the option" = {
      near = arguments: unit (_: "on") arguments // {
        imports = [ (lib.mkRenamedOptionModule [ "old" ] [ "target" ]) ];
      };
      far = _: { };
      gives = has "on";
    };
    "proved: whether the option is defined" = {
      near = { lib, options, ... }: {
        options.old = lib.mkOption { default = options.target.isDefined; };
        config.systemd.units."it.service".text = "on";
      };
      far = { config, ... }: { warnings = lib.optional config.old "it is"; };
      gives = ends "target";
    };
    "proved: elements of both" = {
      near = with' { near = setOf lib.types.attrsOf; } { near.near = "near"; } names;
      far = _: { near.far = "far"; };
      gives = has "far near";
    };
    "proved: a default that the definitions of others replace" = {
      near = with' { near = setOf lib.types.attrsOf; } { } names;
      far = _: { near.far = "far"; };
      gives = ends "near has other elements";
    };
    "proved: a priority behind that of others" = {
      near = with' { near = setOf lib.types.lazyAttrsOf; } { near = lib.mkDefault { near = "near"; }; } names;
      far = _: { near.far = "far"; };
      gives = ends "near has other elements";
    };
    "proved: a hole that goes through apply" = {
      near = with' {
        near = lib.mkOption {
          type = lib.types.raw;
          default = [ ];
          apply = map (run: { inherit run; });
        };
      } { } (config: if lib.isFunction (lib.head config.near).run then "function" else "other");
      far = _: { near = [ (it: it) ]; };
      found = [ [ "pin" [ "near" ] { l = [ { a.run = null; } ]; } ] ];
      gives = ends "near";
    };
    "proved: what goes through apply, complete" = {
      near = with' {
        near = lib.mkOption {
          type = lib.types.raw;
          default = [ ];
          apply = lib.unique;
        };
      } { } (config: toString config.near);
      far = _: { near = [ "a" "a" ]; };
      found = [ [ "pin" [ "near" ] { v = [ "a" ]; } ] ];
      gives = has "a";
    };
    "proved: a file that a module names with `require`" = {
      near = _: { require = [ ./proof-required.nix ]; };
      far = _: { near = [ "far" ]; };
      gives = ends "options.near";
    };
    "proved: a file that is a condition" = {
      near =
        arguments:
        with' listed { } (_: toString (map baseNameOf arguments.options.near.files)) arguments
        // {
          imports = [ ./proof-condition.nix ];
        };
      far = _: { };
      gives = has "proof-condition.nix";
    };
    "proved: a definition outside that says it is of a file of the slice" = {
      near = with' listed { } (config: toString config.near);
      far = _: {
        near = lib.mkDefinition {
          file = ./proof-near.nix;
          value = [ "far" ];
        };
      };
      gives = ends "near";
    };
    "proved: a module outside that says it is of a file of the slice" = {
      near = with' listed { } (config: toString config.near);
      far = _: {
        imports = [
          {
            _file = ./proof-near.nix;
            near = [ "far" ];
          }
        ];
      };
      gives = ends "near";
    };
    "proved: one that does, and declares a part of an option" =
      let
        options.near = lib.mkOption {
          default.it = { };
          type = lib.types.attrsOf (lib.types.submodule { });
        };
      in
      {
        near = with' options { } (config: config.near.it.part or "none");
        far = _: {
          imports = [
            {
              _file = ./proof-near.nix;
              options.near = lib.mkOption {
                type = lib.types.attrsOf (lib.types.submodule { options.part = lib.mkOption { default = "far"; }; });
              };
            }
          ];
        };
        gives = ends "'near' is declared by a module that says it is of another one's file";
      };
    "proved: one that says it is of the module system, and changes what modules are called with" = {
      near =
        { config, pkgs, ... }:
        {
          _module.args.word = "near";
          systemd.units."it.service".text = config._module.args.word;
        };
      far =
        { config, lib, ... }:
        {
          imports = [
            {
              _file = "lib/modules.nix";
              _module.args.word = lib.mkIf config.target (lib.mkForce "far");
            }
          ];
        };
      gives = ends "what modules are called with is defined in lib/modules.nix";
    };
    "proved: a file that both import" = {
      near =
        arguments:
        with' listed { } (config: toString config.near) arguments
        // {
          imports = [ { imports = [ ./proof-condition.nix ]; } ];
        };
      # It comes first there.
      far = _: { imports = [ ./proof-condition.nix ]; };
      gives = has "on";
    };
    "proved: what no module declares, with a type" = {
      near = arguments: {
        _module.freeformType = lib.types.lazyAttrsOf lib.types.anything;
        imports = [ (unit (config: config.undeclared or "none")) ];
      };
      far = _: { undeclared = "far"; };
      gives = ends "what no module declares may be there";
    };
    "proved: a module that one outside disables" = {
      near =
        arguments:
        with' listed { } (config: toString config.near) arguments
        // {
          imports = [ ./proof-condition.nix ];
        };
      far = _: { disabledModules = [ ./proof-condition.nix ]; };
      gives = ends "a module outside disables one of these";
    };
    "proved: a module that one of the slice disables" = {
      near =
        arguments:
        with' listed { } (config: toString config.near) arguments
        // {
          imports = [ ./proof-condition.nix ];
          disabledModules = [ ./proof-condition.nix ];
        };
      far = _: { };
      gives = has "";
    };
    "packages: one that is kept, with what it refers to" = {
      near = text (pkgs: "${pkgs.tool}/bin/${pkgs.tool.name}");
      far = _: { };
      found = [ [ "package" "tool" ] ];
      gives = has "tool";
    };
    "packages: what is not kept of one" = {
      near = text (pkgs: pkgs.tool.extra or "none");
      far = _: { };
      found = [ [ "package" "tool" ] ];
      gives = has "extra";
    };
    "packages: one that is not kept" = {
      near = text (pkgs: if pkgs ? none then "none" else pkgs.tool.extra or "none");
      far = _: { };
      gives = has "extra";
    };
    "packages: one that an option changes" = {
      near = text (pkgs: pkgs.changing.name);
      far = _: { };
      found = [ [ "package" "changing" ] ];
      gives = ends "target";
    };
    "packages: none is evaluated where what is looked at was kept" = {
      near = text (pkgs: pkgs.tool.name);
      far = _: { };
      found = [ [ "package" "tool" ] ];
      ask = { questions, system, given, ... }: (keptOnly questions system given (config: config.systemd.units."it.service".text));
      gives = has "tool";
    };
    "packages: one that is looked at as what all modules are called with" = {
      near = { config, ... }: {
        systemd.units."it.service".text =
          if config.target then config._module.args.pkgs.tool.name else "off";
      };
      far = _: { };
      found = [ [ "package" "tool" ] ];
      ask = { questions, system, given, ... }: (keptOnly questions system given (config: config.systemd.units."it.service".text));
      gives = has "tool";
    };
    "proved: modules of files that refer to the store" = {
      near =
        arguments:
        unit (_: arguments.config.here) arguments
        // {
          imports = [
            {
              _file = "${built}/near.nix";
              options.here = lib.mkOption { default = "on"; };
            }
          ];
        };
      far = _: {
        imports = [
          {
            _file = "${built}/far.nix";
            options.there = lib.mkOption { };
          }
        ];
      };
      gives = has "on";
    };
    "packages: others than what all modules are called with" = {
      near = text (pkgs: pkgs.tool.name);
      far = _: { };
      found = [ [ "package" "tool" ] ];
      special.pkgs.tool.name = "other";
      gives = has "other";
    };
    "checks: those that look at no option are not evaluated again" = {
      near = arguments: checking (_: true) arguments;
      far = _: { };
      ask = uncheckedOf;
      gives = has [ "proof-near.nix" ];
    };
    "checks: one that looks at the option is" = {
      near = arguments: checking (config: config.target || true) arguments;
      far = _: { };
      ask = uncheckedOf;
      gives = has [ ];
    };
    "checks: one that does, of several modules" = {
      near = arguments: checking (_: true) arguments;
      far = arguments: { assertions = [ { assertion = !arguments.config.target; message = ""; } ]; };
      ask = uncheckedOf;
      gives = ends "target";
    };
    "checks: one that an override breaks" = {
      near = arguments: lib.recursiveUpdate (checking (config: !config.target) arguments) (checked (_: { }) arguments);
      far = _: { };
      ask = planOf asAsked;
      gives = ends "an assertion does not hold";
    };
    "checks: a warning that an override brings" = {
      near = arguments: lib.recursiveUpdate (unit (_: "on") arguments // { warnings = lib.optional arguments.config.target "on"; }) (checked (_: { }) arguments);
      far = _: { };
      ask = planOf asAsked;
      gives = ends "there are other warnings";
    };
    "checks: who defines the warnings, as an option" = {
      near = definersOf "warnings";
      far = _: { warnings = [ "far" ]; };
      gives = ends "options.warnings";
    };
    "checks: who defines the assertions, as an option" = {
      near = definersOf "assertions";
      far = _: { assertions = [ { assertion = true; message = "far"; } ]; };
      gives = ends "options.assertions";
    };
    "checks: what the warnings are declared as" = {
      near = arguments: unit (_: arguments.options.warnings.type.name) arguments;
      far = _: { };
      gives = has "listOf";
    };
    "own: a part that is the same for every value" = {
      near = elements (_: "same");
      far = _: { near.far.kind = "far"; };
      found = [ [ "own" [ "near" ] "near" "kind" { v = "same"; } ] ];
      gives = has "same";
    };
    "own: a part that is another one" = {
      near = elements (_: "same");
      far = _: { near.far.kind = "far"; };
      found = [ [ "own" [ "near" ] "near" "kind" { v = "other"; } ] ];
      gives = ends "near.near.kind is not what it was";
    };
    "own: a part that an option changes" = {
      near = elements (config: if config.target then "on" else "off");
      far = _: { near.far.kind = "far"; };
      found = [ [ "own" [ "near" ] "near" "kind" { v = "off"; } ] ];
      gives = ends "target";
    };
    # By the names of files, all of it is of the slice's module.
    "own: a part of what one defines besides that says it is of a file of the slice" = {
      near =
        { config, lib, ... }:
        {
          options.near = lib.mkOption {
            default = { };
            type = lib.types.attrsOf (
              lib.types.submodule {
                options.kind = lib.mkOption { default = "near"; };
                options.other = lib.mkOption { default = "other"; };
              }
            );
          };
          config.near.near.other = "kept";
          config.systemd.units."it.service".text = config.near.near.kind;
        };
      far =
        { config, lib, ... }:
        {
          imports = [
            {
              _file = ./proof-near.nix;
              near.near.kind = lib.mkIf config.target "far";
            }
          ];
        };
      found = [ [ "own" [ "near" ] "near" "other" { v = "kept"; } ] ];
      gives = ends "near.near.kind";
    };
    "static: a value that JSON has not bit by bit" = {
      near = _: { };
      far = _: { };
      ask =
        _:
        let
          taken = import ../../slices/taken.nix {
            inherit lib;
            name = "it";
            service = {
              options = [ "value" "text" ];
              etc = [ ];
            };
          };
          static = {
            options = { };
            config = {
              value = 0.123456789;
              text = "kept";
              dynamicism.for.it.checks.probe = { };
            };
          };
          kept = builtins.fromJSON (builtins.toJSON (taken.keptOf [ ] static));
        in
        [
          ((taken.restore kept static).valueOf "value" == static.config.value)
          ((taken.restore kept (abort "evaluated")).valueOf "text")
        ];
      gives = has [ true "kept" ];
    };
    "static: who defines an option" = {
      near = arguments: unit (_: "on") arguments // { imports = [ ./defines-target.nix ]; };
      far = _: { };
      ask = { questions, given, ... }: map baseNameOf (questions.prove given).static.files.target;
      gives = has [ "defines-target.nix" ];
    };
    "packages: whether the platforms of one are the same" = {
      near = text (
        pkgs: if pkgs.tool.hostPlatform == pkgs.tool.buildPlatform then "native" else "cross"
      );
      far = _: { };
      found = [ [ "package" "tool" ] ];
      gives = has "native";
    };
    "packages: whether what is kept of one has the same function" = {
      near = text (
        pkgs: if pkgs.tool.version == [ { of = pkgs.tool.hostPlatform; } ] then "native" else "cross"
      );
      far = _: { };
      found = [ [ "package" "tool" ] ];
      gives = has "native";
    };
    "untouched: no health check and no file" = {
      near = with' { } (checked (_: { enable = false; }) { }) (_: "on");
      far = _: { };
      ask = arguments: asAsked arguments.questions arguments.given;
      gives = has {
        units = [ (recorded { }) ];
        context = { };
      };
    };
    "untouched: a health check" = {
      near = with' { } (checked (_: { command = [ "${built}/it" ]; }) { }) (_: "on");
      far = _: { };
      ask = arguments: lib.attrValues (asAsked arguments.questions arguments.given).context;
      gives = has [ { outputs = [ "out" ]; } ];
    };
    "untouched: a health check that an override of another service enables" = {
      near = checked ({ config, ... }: { enable = config.target; });
      far = unit (_: "on");
      ask = untouchedOf;
      gives = ends "target";
    };
    "untouched: a file below /etc that one changes" = {
      near = linked ({ config, ... }: if config.target then "/on" else "/off");
      far = _: { systemd.units."it.service".text = ""; };
      etc = [ "it.conf" ];
      ask = untouchedOf;
      gives = ends "target";
    };
    "untouched: a file below /etc that is no link" = {
      near = arguments: lib.recursiveUpdate (linked (_: built) arguments) { environment.etc."it.conf".mode = "0644"; };
      far = unit (_: "on");
      etc = [ "it.conf" ];
      ask = arguments: asAsked arguments.questions arguments.given;
      gives = ends "'it' has problems";
    };
    "untouched: a unit that has no text" = {
      near = with' { } (checked (_: { }) { }) (_: "on");
      far = _: { };
      units = [ "it.service" "none.service" ];
      ask = arguments: asAsked arguments.questions arguments.given;
      gives = ends "'it' has a unit without a text";
    };
    "plan: one service is touched, and there is a slice for that" = {
      near = with' { } (checked (_: { }) { }) (_: "on");
      far = _: { };
      ask = chosenOf 1 (proved: {
        alone = proved;
        slice = abort "dynix-slice for several";
      });
      gives = has [ "on" ];
    };
    "plan: several are, and the slice for one is not for them" = {
      near = with' { } (checked (_: { }) { }) (_: "on");
      far = _: { };
      ask = chosenOf 2 (proved: {
        alone = abort "dynix-slice for one";
        slice = proved;
      });
      gives = has [ "on" "on" ];
    };
    "plan: several are, and there is only the slice for one" = {
      near = with' { } (checked (_: { }) { }) (_: "on");
      far = _: { };
      ask = chosenOf 2 (proved: {
        alone = proved;
        slice = null;
      });
      gives = ends "there is none for 'it";
    };
    "plan: several are, and what is wrong with an override is said once" = {
      near = with' { } { target = lib.mkOverride (-2) false; } (_: "on");
      far = _: { };
      ask =
        asked:
        lib.length (manyOf ./lost.nix 2 (proved: {
          alone = null;
          slice = proved;
        }) asked).problems;
      gives = has 1;
    };
    "plan: the dynamic file looks at what it does not name" = {
      near = with' { } (checked (_: { }) { }) (_: "on");
      far = _: { };
      ask = manyOf ./arguments.nix 1 (proved: {
        alone = proved;
        slice = null;
      });
      gives = ends "the dynamic file looks at 'config'";
    };
    # The limit is no option that is proved.
    "plan: the dynamic file looks at which arguments there are" = {
      near = with' { } (checked (_: { }) { }) (_: "on");
      far = _: { };
      ask = manyOf ./given.nix 1 (proved: {
        alone = proved;
        slice = null;
      });
      gives = ends "the dynamic file has more than overrides of proved options";
    };
    "plan: nothing is overridden" = {
      near = with' { } (checked (_: { command = [ "${built}/it" ]; }) { }) (_: "on");
      far = _: { };
      ask = nothingWith (proved: {
        alone = null;
        slice = proved;
      });
      gives = has [ ];
    };
    "plan: nothing is overridden, and the slice for one service is enough" = {
      near = with' { } (checked (_: { }) { }) (_: "on");
      far = _: { };
      ask = nothingWith (proved: {
        alone = proved;
        slice = abort "dynix-slice for several";
      });
      gives = has [ ];
    };
    "plan: nothing is overridden, and no service has a slice" = {
      near = with' { } (checked (_: { }) { }) (_: "on");
      far = _: { };
      ask = nothingWith (_: {
        alone = null;
        slice = null;
      });
      gives = ends "there is none of any service";
    };
    "plan: health checks of both" = {
      near = with' { } (checked (_: { command = [ "${built}/it" ]; }) { }) (_: "on");
      far = _: { };
      ask = planOf asAsked;
      gives = has (
        map (_: [
          {
            action = "restart";
            probes = [ "answers" ];
            files = [ ];
          }
        ]) [ 1 2 ]
      );
    };
    "plan: a health check that the override enables" = {
      near = arguments: lib.recursiveUpdate (checked ({ config, ... }: { enable = config.target; }) arguments) (unit (_: "on") arguments);
      far = _: { };
      ask = planOf asAsked;
      gives = has (
        map (probes: [
          {
            action = "restart";
            inherit probes;
            files = [ ];
          }
        ]) [ [ "answers" ] [ ] ]
      );
    };
    "plan: a file that the override changes, so that a reload is enough" = {
      near = arguments: lib.recursiveUpdate (linked ({ config, ... }: if config.target then built else "/off") arguments) (unit (_: "off") arguments);
      far = _: { };
      etc = [ "it.conf" ];
      ask = planOf asAsked;
      gives = reloads;
    };
    # It is evaluated.
    "plan: a static file whose derivation is gone" = {
      near = arguments: lib.recursiveUpdate (linked ({ config, ... }: if config.target then "/on" else "${built}") arguments) (unit (_: "off") arguments);
      far = _: { };
      etc = [ "it.conf" ];
      ask = planWith (
        slice:
        lib.recursiveUpdate slice {
          static.etc."it.conf".a.source = {
            s = "/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-gone";
            c."/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-gone.drv".outputs = [ "out" ];
          };
        }
      ) asAsked;
      gives = reloads;
    };
    "plan: a health check that needs what the slice lacks" = {
      near = arguments: lib.recursiveUpdate (checked ({ config, ... }: { command = lib.optional config.target config.far; }) arguments) (unit (_: "on") arguments);
      far = { lib, ... }: { options.far = lib.mkOption { default = "far"; }; };
      ask = planOf asAsked;
      gives = ends "far";
    };
    "plan: a service that looks at options of others" = {
      near = with' { } (checked (_: { }) { }) (_: "on");
      far = _: { };
      ask = planOf (_: _: null);
      gives = ends "'it' looks at options of other services";
    };
  };
in
{
  inherit proof proofs;
}
