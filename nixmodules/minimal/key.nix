# What a module list was worked out for: the files of a configuration and its nixpkgs, as one text, `key`. It is null
# where they may change and the text stay the same; `because` says why, as the end of a sentence.
{
  nixpkgs,
  # The folder of the configuration; all of it counts, but for the lists in it (*.module-list.nix), the links that
  # nix-build leaves and what git keeps. Of a flake its inputs count too: one may be another than its lock says.
  configuration,
  # What the system is called with from outside, by name: values that JSON has.
  arguments ? { },
  # The names of those that it can be called with, where the files alone do not decide: ./arguments.nix.
  others ? [ ],
}:
let
  inStore = path: builtins.substring 0 (builtins.stringLength builtins.storeDir + 1) (toString path) == builtins.storeDir + "/";
  counts =
    name: type:
    name != ".git"
    && builtins.match ".*\\.module-list\\.nix" name == null
    && !(type == "symlink" && builtins.match "result.*" name != null);

  # Hashes, and no copy of the folder in the store, where everybody could read what is secret in it.
  files =
    folder:
    let
      entries = builtins.readDir folder;
      entry =
        name:
        let
          path = folder + "/${name}";
          type = entries.${name};
        in
        if !counts name type then
          [ ]
        else if type == "directory" then
          # Also when nothing is in it: it can be asked for.
          [
            {
              inherit type;
              path = toString path;
              hash = "";
            }
          ]
          ++ files path
        else
          [
            {
              inherit type;
              path = toString path;
              hash = if type == "regular" then builtins.hashFile "sha256" path else "";
            }
          ];
    in
    builtins.concatMap entry (builtins.attrNames entries);
  # Of a flake in a folder of a repository all of that counts: its files can be read, and since Nix 2.14 the flake's
  # own path is its folder's.
  folder = toString (configuration.sourceInfo.outPath or configuration);
  # By a path, so that a folder that is a link is read and not the link.
  found = files (/. + builtins.unsafeDiscardStringContext folder);
  # What a link leads to is not seen.
  odd = builtins.filter (it: it.type != "regular" && it.type != "directory") found;
  inputs = builtins.genericClosure {
    startSet = inputsOf configuration;
    operator = it: inputsOf it.flake;
  };
  inputsOf =
    flake:
    let
      given = flake.inputs or { };
    in
    map (name: rec {
      flake = given.${name};
      key = "${name} ${builtins.unsafeDiscardStringContext (toString flake)}";
    }) (builtins.attrNames given);
  missing = builtins.filter (name: !arguments ? ${name}) others;
  within = path: builtins.substring (builtins.stringLength folder) (-1) path;
in
if !(inStore nixpkgs) then
  {
    key = null;
    because = "nixpkgs is not in the store and may change";
  }
else if odd != [ ] then
  {
    key = null;
    because = "'${(builtins.head odd).path}' is no file, and what it leads to may change";
  }
else if missing != [ ] then
  {
    key = null;
    because = "the system can be called with another `${builtins.head missing}', which is not among the `arguments' of the list";
  }
else if builtins.getEnv "NIXOS_EXTRA_MODULE_PATH" != "" then
  {
    key = null;
    because = "NIXOS_EXTRA_MODULE_PATH in the environment adds a module";
  }
else
  {
    key = builtins.hashString "sha256" (
      builtins.unsafeDiscardStringContext (
        builtins.toJSON {
          inherit arguments;
          nixpkgs = toString nixpkgs;
          inputs = map (it: it.key) inputs;
          files = map (it: [
            (within it.path)
            it.hash
          ]) found;
        }
      )
    );
    because = "";
  }
