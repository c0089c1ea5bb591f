# What `dynamicism.for.<service>` may say: what dynix could not make use of is refused when the system is
# evaluated, with what to do.
let
  inherit (import ./plans.nix) wholeSystemOf;

  complaintsOf =
    configuration:
    map (it: it.message) (
      builtins.filter (it: !it.assertion && builtins.match "dynix: .*" it.message != null)
        (wholeSystemOf {
          imports = [
            ./leaks/bar.nix
            configuration
          ];
        }).config.assertions
    );
  # Whether the one complaint has these words, and names these things in quotes.
  complains = configuration: words: {
    found =
      let
        messages = complaintsOf configuration;
      in
      map (message: builtins.match ".*${words}.*" message != null) messages;
    wanted = [ true ];
  };
  options = names: { dynamicism.for.bar.options = names; };
  units = names: { dynamicism.for.bar.units = names; };
in
{
  "nothing to complain about" = {
    found = complaintsOf (
      options [
        "services.bar.pool.size"
        "services.nginx.virtualHosts.\"a.b\".root"
        "services.nginx.virtualHosts.localhost.locations"
        # As the first of the redis servers is called.
        "services.nginx.virtualHosts.\"\".root"
        "environment.variables.EDITOR"
        "services.bar"
      ]
    );
    wanted = [ ];
  };
  "a unit named twice by one service" = {
    found = complaintsOf (units [ "bar.service" ]);
    wanted = [ ];
  };
  "a dynamic file by a path that says nothing to others, or of a folder" = {
    found =
      map
        (
          file:
          map (builtins.match ".*`dynamicism.dynamicFile` is '([^']*)'.*") (complaintsOf {
            dynamicism.dynamicFile = file;
          })
        )
        [
          "dynamic.nix"
          "~/dynamic.nix"
          "/etc/nixos/"
          "/"
          ""
          "/srv/d/dynamic.nix"
        ];
    wanted = [
      [ [ "dynamic.nix" ] ]
      [ [ "~/dynamic.nix" ] ]
      [ [ "/etc/nixos/" ] ]
      [ [ "/" ] ]
      [ [ "" ] ]
      [ ]
    ];
  };
  "a placeholder" =
    complains (options [ "services.nginx.virtualHosts.<name>.root" ])
      "no path of an option: 'services.nginx.virtualHosts.<name>.root'. .*Placeholders";
  "a star" = complains (options [ "services.nginx.virtualHosts.*.root" ]) "no path of an option: .*";
  "half a quote" =
    complains (options [ ''services.nginx.virtualHosts."a.root'' ]) "no path of an option: .*";
  "no name at all" = complains (options [ "" ]) "no path of an option: ''";
  "no such option" = complains (options [ "services.bar.thread" ]) "no option: 'services.bar.thread'";
  # Nobody knows what is below it.
  "below an option whose type does not evaluate" = {
    found = complaintsOf (
      { lib, ... }:
      {
        options.services.bar.odd = lib.mkOption {
          type = lib.types.enum (throw "no value is known");
          default = null;
        };
        config = options [ "services.bar.odd.part" ];
      }
    );
    wanted = [ ];
  };
  "below an option that has nothing below it" =
    complains (options [ "services.bar.threads.x" ]) "no option: 'services.bar.threads.x'";
  "below a list" =
    complains (options [ "environment.systemPackages.x" ]) "no option: 'environment.systemPackages.x'";
  "no such option in a submodule" =
    complains (options [ "services.nginx.virtualHosts.localhost.rot" ])
      "no option: 'services.nginx.virtualHosts.localhost.rot'";
  "a group without an option" =
    complains {
      imports = [ { options.services.nothing = { }; } ];
      dynamicism.for.bar.options = [ "services.nothing" ];
    } "no option: 'services.nothing'";
  "an option that is computed" = complains (
    { lib, ... }:
    {
      options.services.bar.version = lib.mkOption {
        type = lib.types.str;
        default = "1";
        readOnly = true;
        description = "What runs.";
      };
      config.dynamicism.for.bar.options = [ "services.bar.version" ];
    }
  ) "read-only or internal.*'services.bar.version'";
  "a template" =
    complains {
      systemd.services."bar@" = { };
      dynamicism.for.bar.units = [ "bar@.service" ];
    } "templates.*'bar@.service'.*instances";
  "a unit that no plan takes" =
    complains {
      systemd.targets.bar = { };
      dynamicism.for.bar.units = [ "bar.target" ];
    } "no service, socket, timer or path: 'bar.target'";
  "a unit of two services" = {
    found = map (message: builtins.match ".*'bar.service' of bar other[.] Let one.*" message != null) (complaintsOf {
      dynamicism.for.other = {
        enable = true;
        options = [ "services.bar.threads" ];
        units = [ "bar.service" ];
      };
    });
    # One of each.
    wanted = [
      true
      true
    ];
  };
  "a unit of two services, one of them not enabled" = {
    found = complaintsOf {
      dynamicism.for.other.units = [ "bar.service" ];
    };
    wanted = [ ];
  };
  "a unit that is given as a package" =
    complains {
      systemd.units."given.service".unit = derivation {
        name = "given";
        builder = "/bin/sh";
        system = builtins.currentSystem;
      };
      dynamicism.for.bar.units = [ "given.service" ];
    } "given as a package.*'given.service'";
  "seconds that are no whole number" = {
    found =
      (builtins.tryEval
        (wholeSystemOf {
          imports = [ ./leaks/bar.nix ];
          dynamicism.for.bar.settleSeconds = 0.5;
        }).config.dynamicism.for.bar.settleSeconds
      ).success;
    wanted = false;
  };
}
