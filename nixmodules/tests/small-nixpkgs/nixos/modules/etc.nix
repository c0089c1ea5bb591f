# Files below /etc, users and groups.
{ config, lib, pkgs, ... }:

let
  inherit (lib) mkOption types;
  option = type: default: description: mkOption { inherit type default description; };
  profileOf = user: pkgs.writeText "user-environment" (lib.concatStringsSep "\n" (map toString user.packages));
  accounts = options: types.attrsOf (types.submodule ({ name, ... }: {
    options = {
      name = option types.str name "How it is called.";
    } // options;
  }));
in
{
  options = {
    environment.variables = option (types.attrsOf types.str) { } "The environment of every session.";
    environment.systemPackages = option (types.listOf types.package) [ ] "The packages that everybody has.";
    environment.etc = option (types.attrsOf (types.submodule (
      { config, name, ... }:
      {
        options = {
          enable = option types.bool true "Whether it is there.";
          target = option types.str name "Where it is, below /etc.";
          text = option (types.nullOr types.lines) null "What it says.";
          source = mkOption {
            type = types.path;
            description = "The file that it is.";
          };
          mode = option types.str "symlink" "Its mode, or that it is a link.";
          user = option types.str "+0" "Whose it is.";
          group = option types.str "+0" "Whose group's it is.";
        };
        config.source = lib.mkIf (config.text != null) (
          lib.mkDefault (pkgs.writeText "etc-${baseNameOf name}" config.text)
        );
      }
    ))) { } "Files below /etc.";
    users.users = option (accounts {
      group = option types.str "" "Its group.";
      extraGroups = option (types.listOf types.str) [ ] "Its other groups.";
      description = option types.str "" "Who it is.";
      packages = option (types.listOf types.package) [ ] "The packages that it alone has.";
      isSystemUser = option types.bool false "Whether it is no person.";
      hashedPassword = option (types.nullOr types.str) null "The hash of its password.";
    }) { } "The users.";
    users.groups = option (accounts {
      members = option (types.listOf types.str) [ ] "Who belongs to it.";
    }) { } "The groups.";
  };

  config.environment.etc =
    lib.genAttrs (map (user: "profiles/per-user/${user.name}") (
      lib.filter (user: user.packages != [ ]) (lib.attrValues config.users.users)
    )) (path: { source = profileOf config.users.users.${baseNameOf path}; })
    // {
      "set-environment".text = lib.concatStrings (
        lib.mapAttrsToList (name: value: "export ${name}=${value}\n") config.environment.variables
      );
    };
}
