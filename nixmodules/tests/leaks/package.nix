# Programs in the system's path that are made of a setting: one tells it by its name, one by its store path only.
{ config, ... }:

let
  threads = toString config.services.bar.threads;
  package =
    name:
    derivation {
      inherit name threads;
      builder = "/bin/sh";
      system = builtins.currentSystem;
    };
in
{
  environment.systemPackages = [
    (package "bar-admin")
  ]
  ++ (if config.services.bar.threads > 6 then [ (package "bar-for-${threads}") ] else [ ]);
}
