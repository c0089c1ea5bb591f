# A package that a user alone has, made of a setting; its name is always the same.
{ config, ... }:

{
  users.users.foo = {
    isSystemUser = true;
    packages = [
      (derivation {
        name = "bar-client";
        threads = toString config.services.bar.threads;
        builder = "/bin/sh";
        system = builtins.currentSystem;
      })
    ];
  };
}
