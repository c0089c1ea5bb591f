# What Nix needs in a unit, where there is no session: the Nix of the shell that applies, git for a flake, and
# where to look for files.
{
  config,
  lib,
  pkgs,
}:
{
  path = [
    config.nix.package
  ]
  ++ lib.optional (config.dynamicism.source.kind == "flake") pkgs.gitMinimal;
  environment.NIX_PATH = lib.concatStringsSep ":" config.nix.nixPath;
}
