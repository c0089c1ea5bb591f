# GoToSocial finds its settings in a YAML file that is named by an argument of its unit's command.
#
# Covered: every one of the `settings`. Whether the unit waits for postgresql.service, as it did once, or for
# postgresql.target changes nothing: both stay as they are.
#
# Not covered: the command `gotosocial-admin`, which every change of the settings makes anew with the new
# file and which stays the static one until a switch (a full search for leaks names it); the firewall's
# port, which follows `port` where `openFirewall` is set; `setupPostgresqlDB` and the database itself;
# `environmentFile`, since what a file of secrets says cannot be proven. GoToSocial itself forbids another
# `host` once it has run.
{ config, lib, ... }:

let
  scripts = import ../checks/scripts.nix { inherit lib; };
  inherit (config.services.gotosocial) settings;
in
{
  dynamicism.for.gotosocial = {
    options = [ "services.gotosocial.settings" ];
    units = [ "gotosocial.service" ];
    # It opens its database and looks for migrations first, and only then fails on what it cannot use.
    settleSeconds = 3;
    checks.probe.http = {
      script = lib.mkDefault (
        scripts.answersHttp {
          address = settings.bind-address or "";
          port = settings.port or 8080;
        }
      );
      required = lib.mkDefault false;
      deadlineSeconds = lib.mkDefault 60;
    };
  };
}
