# The options of dynamicism that a user sets.
{
  config,
  lib,
  options,
  pkgs,
  ...
}:

let
  cfg = config.dynamicism;
  pathOf = import ./schema/path.nix { inherit lib; };
  inherit (import ./schema/below.nix { inherit lib; }) canBeBelow optionOnTheWay;

  # Names with dots between, those with other characters in quotes.
  isPath =
    let
      name = ''([a-zA-Z0-9_'-]+|"[^"]*")'';
    in
    text: builtins.match "${name}([.]${name})*" text != null;
  # A group without an option is none.
  hasOption =
    node:
    builtins.isAttrs node
    && (lib.isOption node || lib.any hasOption (lib.attrValues (removeAttrs node [ "_module" ])));
  isDeclared =
    path:
    let
      found = optionOnTheWay options path;
    in
    if found != null then
      canBeBelow (found.option.type or { name = "unspecified"; }) found.rest
    else
      hasOption (lib.attrByPath path null options);
  isComputed =
    path:
    let
      found = optionOnTheWay options path;
    in
    found != null && (found.option.readOnly or false || found.option.internal or false);

  # What lib/dynix/activation takes as a unit's name (systemd.unit(5)).
  isUnitName =
    name:
    lib.stringLength name <= 255
    && builtins.match "[a-zA-Z0-9:_\\-][a-zA-Z0-9:_.@\\-]*[.](service|socket|timer|path)" name != null;
  # Whether it is made of systemd.services and the like, and so has a text, at which nobody need look then: an
  # assertion that does makes every certificate one of options that are checked (../certificate).
  isDeclaredUnit =
    name:
    let
      parts = builtins.match "(.*)[.](service|socket|timer|path)" name;
    in
    parts != null && (config.systemd."${lib.last parts}s" or { }) ? ${lib.head parts};
  isTemplate = name: builtins.match ".*@[.][a-z]+" name != null;
  ownersOf =
    unit: lib.attrNames (lib.filterAttrs (_: service: lib.elem unit service.units) enabled);

  enabled = lib.filterAttrs (_: service: service.enable) cfg.for;
in
{
  options.dynamicism = {
    enable = lib.mkEnableOption "changing settings of running services with {command}`dynix`";

    # What carries out activations. Without the overlay there is no pkgs.dynix.
    package = lib.mkPackageOption {
      dynix = pkgs.dynix or (pkgs.callPackage ../package.nix { });
    } "dynix" { };

    dynamicFile = lib.mkOption {
      type = lib.types.str;
      default = "/etc/nixos/dynamic.nix";
      example = "/var/lib/dynix/dynamic.nix";
      description = ''
        The file that {command}`dynix append` writes. It must not be imported by the configuration: it is
        what runs on top of it, until the next switch or reboot.
      '';
    };

    for = lib.mkOption {
      default = { };
      example = lib.literalExpression ''
        {
          nginx = {
            enable = true;
            options = [ "services.nginx.clientMaxBodySize" ];
            units = [ "nginx.service" ];
          };
        }
      '';
      description = "The services whose settings may change at run time.";
      type = lib.types.attrsOf (
        lib.types.submodule (
          { name, ... }:
          {
            imports = [ (import ./checks/options.nix { inherit lib pkgs; }) ];
            options = {
              enable = lib.mkEnableOption "changing settings of ${name} at run time";

              options = lib.mkOption {
                type = lib.types.listOf lib.types.str;
                default = [ ];
                example = [ "services.nginx.clientMaxBodySize" ];
                description = ''
                  The paths of the options that may change, each with everything below it. Every effect of
                  these options must be in the {option}`units`.
                '';
              };

              units = lib.mkOption {
                type = lib.types.listOf lib.types.str;
                default = [ ];
                # Several modules may name the same.
                apply = lib.unique;
                example = [ "nginx.service" ];
                description = "The units that are restarted when their text changes, with their suffix.";
              };

              etc = lib.mkOption {
                type = lib.types.listOf lib.types.str;
                default = [ ];
                # Several modules may name the same.
                apply = lib.unique;
                example = [ "nginx/nginx.conf" ];
                description = ''
                  The entries of {option}`environment.etc` by which the first of the {option}`units` finds its
                  configuration, at a path that stays the same. An apply points their links at the files that the
                  options make; {command}`dynix reset`, a switch and a reboot point them back. The unit is
                  restarted, or reloaded where {option}`reload` says that this is enough.
                '';
              };

              # Their presence is asked for where a whole plan is made, and not here: whoever looks at this option, as a
              # slice does, would need every module that has a file below /etc.
              etcIfAny = lib.mkOption {
                type = lib.types.listOf lib.types.str;
                default = [ ];
                internal = true;
                description = "As {option}`etc`, of those that not every NixOS has: where there is none, nothing is amiss.";
              };

              reload = lib.mkOption {
                type = lib.types.either lib.types.bool (lib.types.listOf lib.types.str);
                default = false;
                example = [ "services.nginx.clientMaxBodySize" ];
                description = ''
                  Whether a change of the options, or of these options, needs only a reload (`ExecReload=`, or
                  `Type=notify-reload`) of the first of the {option}`units` as long as nothing but the files in
                  {option}`etc` changes. When it cannot be shown that its process has read them, it is
                  restarted.
                '';
              };

              reloadStartsWorkers = lib.mkOption {
                type = lib.types.bool;
                default = false;
                description = ''
                  Whether the service starts new processes when it has taken a new configuration, and none when it
                  goes on with the old one, as nginx does. Then a reload counts only when there are such
                  processes.
                '';
              };

              settleSeconds = lib.mkOption {
                type = lib.types.ints.between 0 600;
                default = 1;
                example = 5;
                description = ''
                  How long the units must have been running without a stop or a restart before an activation
                  counts as done.
                '';
              };
            };
          }
        )
      );
    };
  };

  config.assertions = lib.optionals cfg.enable (
    [
      {
        assertion = builtins.match "/.*[^/]" cfg.dynamicFile != null;
        message = "dynix: `dynamicism.dynamicFile` is '${cfg.dynamicFile}', which is not the absolute path of a file. Set it to one, as \"/etc/nixos/dynamic.nix\".";
      }
    ]
    ++ lib.concatLists (
      lib.mapAttrsToList (
        name: service:
        let
          place = "dynamicism.for.${name}";
          check = assertion: member: text: {
            inherit assertion;
            message = "dynix: '${place}${lib.optionalString (member != "") ".${member}"}' ${text}";
          };
          # Nothing is `wrong` of what the member names.
          none =
            wrong: member: what: advice:
            check (wrong == [ ]) member "names ${what}: ${lib.concatStringsSep ", " wrong}. ${advice}";
          wrongly = is: names: map quoted (lib.filter is names);
          quoted = name: "'${name}'";
          paths = map pathOf (lib.filter isPath service.options);
          isBelowOne = path: lib.any (it: lib.take (lib.length it) path == it) paths;
        in
        [
          (check (service.options != [ ] && service.units != [ ]) ""
            "is enabled, but names no options or no units. Set `${place}.options` and `.units`."
          )
          (none (wrongly (option: !isPath option) service.options) "options" "what is no path of an option"
            "Names have dots between them, and one with other characters than letters, digits, '_' and '-' stands in quotes. Placeholders such as '<name>' or '*' name nothing: name the option before them, and all below it is dynamic."
          )
          (none (wrongly (
            option: isPath option && !isDeclared (pathOf option)
          ) service.options) "options" "what is no option" "Correct the names.")
          (none (wrongly (option: isPath option && isComputed (pathOf option)) service.options) "options"
            "options that are read-only or internal, which cannot be overridden"
            "Name the options that they are made of."
          )
          (none
            (wrongly (option: !isPath option || !isBelowOne (pathOf option)) (
              if builtins.isBool service.reload then [ ] else service.reload
            ))
            "reload"
            "what is none of its options"
            "Name options of `${place}.options`, or set it to true for all of them."
          )
          (check (service.etc == [ ] || !(config.system.etc.overlay.enable or false)) "etc"
            "needs an /etc of links, and `system.etc.overlay.enable` makes it a mount whose changes outlive a reboot. Leave `${place}.etc` empty."
          )
          (none (wrongly (unit: !isUnitName unit) service.units) "units"
            "what is no service, socket, timer or path"
            "Name units with their suffix, such as '${name}.service'."
          )
          (none (wrongly isTemplate service.units) "units" "templates, which never run themselves"
            "Name their instances, such as 'name@instance.service', and give those a text in 'systemd.units'."
          )
          (none
            (map (unit: "${quoted unit} of ${toString (ownersOf unit)}") (
              lib.filter (unit: lib.length (ownersOf unit) > 1) service.units
            ))
            "units"
            "units that other services name too"
            "Let one of them alone name a unit, with the options of both."
          )
          (check (lib.all (unit: !isUnitName unit || config.systemd.units ? ${unit}) service.units) "units"
            "names a unit that this configuration does not have. Enable the service, or correct the unit's name (with its suffix)."
          )
          (none
            (wrongly (
              unit:
              config.systemd.units ? ${unit} && !isDeclaredUnit unit && config.systemd.units.${unit}.text == null
            ) service.units)
            "units"
            "units that are given as a package, without a text to compare"
            "Declare them in 'systemd.services', or leave them out."
          )
        ]
      ) enabled
    )
  );
}
