# What Nix needs in a unit, where there is no session: the Nix of the shell that applies, git for a flake, where
# to look for files, and a home, where both keep what they have fetched.
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
  environment = {
    HOME = "/root";
    NIX_PATH = lib.concatStringsSep ":" config.nix.nixPath;
  };
}
