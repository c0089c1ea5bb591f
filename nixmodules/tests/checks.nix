# Health checks: what a plan says of them, what may be declared, and those of each service's own file.
let
  inherit (import ./plans.nix) ownServices planOf systemOf systemOfGeneration;

  bar =
    checks:
    systemOf (
      { config, ... }:
      {
        imports = [ ./leaks/bar.nix ];
        dynamicism.for.bar.checks = checks config;
      }
    );
  planOfBar =
    checks:
    let
      plan = planOf (bar checks) ./dynamic/bar-threads.nix;
      unit = builtins.head (builtins.head plan.services).units;
    in
    {
      inherit (plan) leaks problems;
      preflights = unit.preflights or "not there";
      probes = unit.probes or "not there";
    };
  # Without the shell in front, which is that of the nixpkgs.
  scriptOf = command: builtins.elemAt command 3;
  withScripts = map (
    it:
    it
    // {
      command = scriptOf it.command;
    }
    // (if it ? before then { before = scriptOf it.before; } else { })
  );

  complaintsOf =
    checks:
    map (it: it.message) (
      builtins.filter (it: !it.assertion && builtins.match "dynix: .*" it.message != null) (bar checks)
      .config.assertions
    );

  scriptsOf =
    generation: dynamicFile:
    let
      system = systemOfGeneration generation ownServices;
      plan = planOf system dynamicFile;
      probes = builtins.concatMap (
        service: builtins.concatMap (unit: unit.probes or [ ]) service.units
      ) plan.services;
      # What the script begins with: what it looks at.
      begin =
        command:
        builtins.head (builtins.match "((host=[^\n]*\n)?port=[^\n]*)\n.*" (scriptOf command));
    in
    map (probe: {
      inherit (probe) name;
      before = begin probe.before;
      after = begin probe.command;
    }) probes;
  same = name: begin: {
    inherit name;
    before = begin;
    after = begin;
  };
  harmonia = same "http" "host='localhost'\nport='5000'";
  gotosocial = same "http" "host='127.0.0.1'\nport='8080'";
  distccd = same "listens" "port='3632'";

  # An older lib quotes only what has to be quoted.
  quoted = map (
    probe:
    builtins.mapAttrs (
      _: text: builtins.replaceStrings [ "'" ] [ "" ] text
    ) probe
  );
in
{
  "a plan without checks is as it was" = {
    found = planOfBar (_: { });
    wanted = {
      leaks = [ ];
      problems = [ ];
      preflights = "not there";
      probes = "not there";
    };
  };
  "a check sees the new configuration, and what is tried before the change the static one too" =
    let
      found = planOfBar (config: {
        preflight.syntax.script = "bar --check ${toString config.services.bar.threads}";
        preflight.off = {
          script = "exit 1";
          enable = false;
        };
        probe = {
          always = {
            script = "probe ${toString config.services.bar.threads}";
            graceSeconds = 2;
          };
          maybe = {
            script = "probe ${toString config.services.bar.threads}";
            required = false;
            timeoutSeconds = 1;
            intervalSeconds = 3;
            deadlineSeconds = 60;
          };
        };
      });
    in
    {
      found = found // {
        preflights = withScripts found.preflights;
        probes = withScripts found.probes;
      };
      wanted = {
        leaks = [ ];
        problems = [ ];
        preflights = [
          {
            name = "syntax";
            command = "bar --check 8";
            timeoutSeconds = 30;
          }
        ];
        probes = [
          {
            name = "always";
            command = "probe 8";
            timeoutSeconds = 5;
            graceSeconds = 2;
            intervalSeconds = 1;
            deadlineSeconds = 30;
          }
          {
            name = "maybe";
            command = "probe 8";
            before = "probe 4";
            timeoutSeconds = 1;
            graceSeconds = 0;
            intervalSeconds = 3;
            deadlineSeconds = 60;
          }
        ];
      };
    };
  "a check of a unit that the service has not" = {
    found = complaintsOf (_: {
      probe.http = {
        script = "";
        unit = "nginx.service";
      };
    });
    wanted = [
      "dynix: 'dynamicism.for.bar.checks.probe.http' is about 'nginx.service', which is no service among 'dynamicism.for.bar.units'. Set its `unit` to one of those."
    ];
  };
  "a service that is not dynamic may have checks without units" = {
    found =
      map (it: it.message)
        (builtins.filter (it: !it.assertion && builtins.match "dynix: .*" it.message != null)
          (systemOf {
            imports = [ ./leaks/bar.nix ];
            dynamicism.for.other.checks.probe.http.script = "exit 0";
          }).config.assertions
        );
    wanted = [ ];
  };
  "each service's own probes" = {
    found = map quoted [
      (scriptsOf "today" ./dynamic/harmonia-bind.nix)
      (scriptsOf "flat" ./dynamic/distccd.nix)
    ];
    wanted = map quoted [
      [
        distccd
        gotosocial
        (harmonia // { after = "host='127.0.0.1'\nport='5001'"; })
      ]
      [
        distccd
        gotosocial
        harmonia
      ]
    ];
  };
}
