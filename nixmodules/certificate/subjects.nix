# The parts of a system by kind and name, as texts: what ../dynamicism/compared.nix compares, and what only the
# complete system shows.
{ lib, compared }:

let
  # Options that the toplevel is made of besides; no NixOS has all of them.
  behindTheSystem = map (lib.splitString ".") [
    "boot.initrd.availableKernelModules"
    "boot.initrd.kernelModules"
    "boot.initrd.postMountCommands"
    "boot.initrd.preLVMCommands"
    "boot.kernelModules"
    "boot.kernelParams"
    "boot.loader.grub.extraConfig"
    "boot.postBootCommands"
    "system.activationScripts"
    "system.checks"
    "system.extraDependencies"
    "system.extraSystemBuilderCmds"
    "system.systemBuilderCommands"
    "system.userActivationScripts"
  ];

  # Without what is made of /etc as a whole, with all system units in it.
  madeOfEtc = [
    "etc"
    "script"
  ];

  deepest = 16;
  text =
    depth: value:
    if depth > deepest || builtins.isFunction value then
      ""
    else if lib.isDerivation value then
      toString value
    else if builtins.isAttrs value then
      if value ? outPath || value ? __toString then
        toString value
      else
        builtins.toJSON (lib.mapAttrs (_: text (depth + 1)) value)
    else if builtins.isList value then
      builtins.toJSON (map (text (depth + 1)) value)
    else
      builtins.toJSON value;

  system =
    { config, ... }:
    lib.listToAttrs (
      lib.concatMap (
        path:
        let
          value = lib.attrByPath path null config;
          scripts = lib.last path == "activationScripts";
          # What the static system does not evaluate either says nothing.
          tried = builtins.tryEval (text 0 (if scripts then removeAttrs value madeOfEtc else value));
        in
        lib.optional (lib.hasAttrByPath path config) {
          name = lib.concatStringsSep "." path;
          value = if tried.success then tried.value else "";
        }
      ) behindTheSystem
    );
in
evaluation:
lib.mapAttrs (_: of: of evaluation) (
  compared.subjects
  // {
    inherit (compared) packages;
    inherit system;
  }
)
