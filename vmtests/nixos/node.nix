# What the machine of every test in a virtual machine has, besides its scenario's configuration.
{ lib, pkgs, ... }:
{
  imports = [
    ../../nixmodules
    ../../nixmodules/runtime-modules
  ];

  environment.systemPackages = [
    pkgs.curl
    pkgs.jq
  ];
  documentation.enable = false;
  # Tests leave it out where nothing in them switches.
  system.switch.enable = true;

  # Nothing comes from the network, and nothing waits for it.
  nix.settings = {
    substituters = lib.mkForce [ ];
    hashed-mirrors = null;
    connect-timeout = 1;
  };
}
