# A module that gives other toplevels, by their names, to the systems below `specialisation` that inherit: such a system
# is made of the same options, and its toplevel is a part of the complete system.
#
# Where NixOS evaluates it elsewhere (20.09 does, of the modules that it was given), there is nothing to change.
{ lib, options }:
toplevelOf: {
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
            if it.inheritParentConfig or true && configuration ? system.build.toplevel then
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
}
