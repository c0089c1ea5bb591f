# What builds an activation script.
{ config, pkgs }:
{
  shell = pkgs.runtimeShell;
  coreutils = "${pkgs.coreutils}";
  platform = pkgs.stdenv.hostPlatform.system;
  dynix = "${config.dynamicism.package}";
}
