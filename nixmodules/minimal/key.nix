# What a module list was worked out for: the files of a configuration and its nixpkgs, as one text. Null where the
# nixpkgs is no path of the store, and so may change under its name.
{
  nixpkgs,
  # The folder of the configuration; all of it counts, but for the lists in it (*.module-list.nix), the links that
  # nix-build leaves and what git keeps.
  configuration,
}:
let
  inStore = path: builtins.substring 0 (builtins.stringLength builtins.storeDir + 1) (toString path) == builtins.storeDir + "/";
  files = builtins.path {
    name = "configuration";
    path = configuration;
    filter =
      path: type:
      let
        name = baseNameOf path;
      in
      name != ".git"
      && builtins.match ".*\\.module-list\\.nix" name == null
      && !(type == "symlink" && builtins.match "result.*" name != null);
  };
in
if inStore nixpkgs then
  builtins.hashString "sha256" "${builtins.unsafeDiscardStringContext "${files} ${toString nixpkgs}"}"
else
  null
