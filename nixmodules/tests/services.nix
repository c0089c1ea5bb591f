# What each service's module makes dynamic, and what a plan then changes, with today's modules of the
# services and with those of older nixpkgs.
let
  inherit (import ./plans.nix) changesOf ownServices planOf systemOfGeneration;
  evaluate = systemOfGeneration;

  running = ownServices;

  generations = {
    today = evaluate "today" running;
    nested = evaluate "nested" running;
    flat = evaluate "flat" running;
  };

  whatIsDynamic =
    system: service:
    let
      found = system.config.dynamicism.for.${service};
    in
    {
      inherit (found) options units;
    };

  # Assertions and warnings of dynix that a user would read.
  complaintsOf =
    system:
    map (it: it.message) (
      builtins.filter (
        it: !it.assertion && builtins.match "dynix: .*" it.message != null
      ) system.config.assertions
    );

  inEvery =
    name: check:
    map (generation: {
      name = "${name}, ${generation}";
      value = check generation generations.${generation};
    }) (builtins.attrNames generations);

  distccd = map (name: "services.distccd.${name}") [
    "allowedClients"
    "jobTimeout"
    "logLevel"
    "maxJobs"
    "nice"
    "stats.enable"
    "zeroconf"
  ];
  nestedHarmonia = map (name: "services.harmonia.cache.${name}") [
    "settings"
    "signKeyPath"
    "signKeyPaths"
  ];
  flatHarmonia = map (name: "services.harmonia.${name}") [
    "settings"
    "signKeyPath"
    "signKeyPaths"
  ];
in
builtins.listToAttrs (
  inEvery "nothing to complain about" (
    _: system: {
      found = complaintsOf system;
      wanted = [ ];
    }
  )
  ++ inEvery "without overrides the dynamic units are the static ones" (
    _: system:
    let
      plan = planOf system ./dynamic/does-not-exist.nix;
    in
    {
      found = {
        inherit (plan) problems overrides;
        changes = changesOf plan;
      };
      wanted = {
        problems = [ ];
        overrides = [ ];
        changes = { };
      };
    }
  )
  ++ inEvery "distccd" (
    _: system: {
      found = whatIsDynamic system "distccd";
      wanted = {
        options = distccd;
        units = [ "distccd.service" ];
      };
    }
  )
  ++ inEvery "overrides of distccd" (
    _: system:
    let
      plan = planOf system ./dynamic/distccd.nix;
    in
    {
      found = {
        inherit (plan) problems overrides;
        changes = changesOf plan;
      };
      wanted = {
        problems = [ ];
        overrides = [
          {
            option = "services.distccd.logLevel";
            static = "warning";
            dynamic = "error";
          }
          {
            option = "services.distccd.maxJobs";
            static = null;
            dynamic = 4;
          }
        ];
        changes."distccd.service" = [ "ExecStart=start-distccd" ];
      };
    }
  )
  ++ inEvery "gotosocial" (
    _: system: {
      found = whatIsDynamic system "gotosocial";
      wanted = {
        options = [ "services.gotosocial.settings" ];
        units = [ "gotosocial.service" ];
      };
    }
  )
  ++ inEvery "an override of gotosocial" (
    _: system:
    let
      plan = planOf system ./dynamic/gotosocial.nix;
    in
    {
      found = {
        inherit (plan) problems overrides;
        changes = changesOf plan;
      };
      wanted = {
        problems = [ ];
        overrides = [
          {
            option = "services.gotosocial.settings.application-name";
            static = "gotosocial";
            dynamic = "yay!";
          }
        ];
        changes."gotosocial.service" = [
          "X-Restart-Triggers=config.yml"
          "ExecStart=gotosocial-stand-in/bin/gotosocial --config-path config.yml server start"
        ];
      };
    }
  )
  ++ inEvery "an assertion of gotosocial that an override breaks is a problem of the plan" (
    _: system: {
      found = (planOf system ./dynamic/gotosocial-no-host.nix).problems;
      wanted = [
        "failed assertion: `services.gotosocial.settings.host` must be set, and cannot be changed later."
      ];
    }
  )
  ++ inEvery "harmonia" (
    generation: system: {
      found = whatIsDynamic system "harmonia";
      wanted = {
        options = if generation == "flat" then flatHarmonia else nestedHarmonia;
        units = [ "harmonia.service" ] ++ (if generation == "today" then [ "harmonia.socket" ] else [ ]);
      };
    }
  )
  ++ inEvery "overrides of harmonia" (
    generation: system:
    let
      flat = generation == "flat";
      prefix = if flat then "services.harmonia" else "services.harmonia.cache";
      plan = planOf system (if flat then ./dynamic/harmonia-flat.nix else ./dynamic/harmonia-nested.nix);
    in
    {
      found = {
        inherit (plan) problems overrides;
        changes = changesOf plan;
      };
      wanted = {
        problems = [ ];
        overrides = [
          {
            option = "${prefix}.settings.max_connection_rate";
            static = if flat then null else 256;
            dynamic = 100;
          }
          {
            option = "${prefix}.settings.workers";
            static = if flat then null else 4;
            dynamic = 20;
          }
        ];
        changes."harmonia.service" = [ ''Environment="CONFIG_FILE=harmonia.toml"'' ];
      };
    }
  )
  ++ [
    {
      name = "an override by harmonia's older name is one of the newer";
      value = {
        found = (planOf generations.today ./dynamic/harmonia-flat.nix).overrides;
        wanted = (planOf generations.today ./dynamic/harmonia-nested.nix).overrides;
      };
    }
    {
      name = "a new address of harmonia changes its socket too";
      value = {
        found = changesOf (planOf generations.today ./dynamic/harmonia-bind.nix);
        wanted = {
          "harmonia.service" = [ ''Environment="CONFIG_FILE=harmonia.toml"'' ];
          "harmonia.socket" = [ "ListenStream=127.0.0.1:5001" ];
        };
      };
    }
    {
      name = "a key of harmonia changes its service alone";
      value = {
        found = changesOf (planOf generations.today ./dynamic/harmonia-keys.nix);
        wanted."harmonia.service" = [
          ''Environment="SIGN_KEY_PATHS=%d/sign-key-0"''
          "LoadCredential=sign-key-0:/var/lib/secrets/harmonia"
        ];
      };
    }
    {
      name = "a nixpkgs without the services";
      value = {
        found = map (whatIsDynamic (evaluate "none" { dynamicism.enable = true; })) [
          "gotosocial"
          "harmonia"
        ];
        wanted = [
          {
            options = [ "services.gotosocial.settings" ];
            units = [ "gotosocial.service" ];
          }
          {
            options = [ ];
            units = [ "harmonia.service" ];
          }
        ];
      };
    }
    {
      name = "a service that is not enabled";
      value = {
        found = complaintsOf (
          evaluate "today" {
            dynamicism.enable = true;
            dynamicism.for.harmonia.enable = true;
          }
        );
        wanted = [
          "dynix: 'dynamicism.for.harmonia.units' names a unit that this configuration does not have. Enable the service, or correct the unit's name (with its suffix)."
        ];
      };
    }
  ]
)
