# The systems below `specialisation` that inherit: such a system is made of the same options, and its toplevel is a part
# of the complete system.
#
# Where NixOS evaluates it elsewhere (20.09 does, of the modules that it was given), there are none of these.
{ lib, options }:
let
  inherits = it: it.inheritParentConfig or true && it.configuration ? system.build.toplevel;
  # By what NixOS builds the complete system, as far as it names these toplevels.
  commands = lib.filter (path: lib.hasAttrByPath path options) [
    [
      "boot"
      "bootspec"
      "writer"
    ]
    [
      "system"
      "systemBuilderCommands"
    ]
  ];
in
{
  # A module with the commands of another configuration.
  insteadOfCommands = config: {
    options = builtins.foldl' lib.recursiveUpdate { } (
      map (
        path: lib.setAttrByPath path (lib.mkOption { apply = _: lib.getAttrFromPath path config; })
      ) commands
    );
  };

  # Those of a configuration.
  of = config: lib.filterAttrs (_: inherits) (config.specialisation or { });

  # A module that gives them other toplevels, by their names.
  instead = toplevelOf: {
    options = lib.optionalAttrs (options ? specialisation) {
      specialisation = lib.mkOption {
        apply = lib.mapAttrs (
          name:
          { configuration, ... }@it:
          let
            inherit (configuration) system;
          in
          it
          // {
            # All else is what it is: this looks at the system no further than for where its toplevel stands.
            configuration =
              if inherits it then
                configuration
                // {
                  system = system // {
                    build = system.build // {
                      toplevel = toplevelOf name;
                    };
                  };
                }
              else
                configuration;
          }
        );
      };
    };
  };
}
