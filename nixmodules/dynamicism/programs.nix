# What builds an activation script.
{
  config,
  pkgs,
  # Where this is known, a stdenv need not be evaluated for it.
  platform ? pkgs.stdenv.hostPlatform.system,
}:
{
  shell = pkgs.runtimeShell;
  coreutils = "${pkgs.coreutils}";
  inherit platform;
  dynix = "${config.dynamicism.package}";
}
