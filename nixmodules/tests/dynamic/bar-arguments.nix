# Says more, and what that is, where it is given the configuration, which it does not name.
arguments@{ lib, ... }:
{
  config = lib.mkMerge (
    [ { services.bar.threads = lib.mkOverride (-1) 8; } ]
    ++ lib.optional (arguments ? config) {
      services.bar.limit = lib.mkOverride (-2) arguments.config.services.bar.threads;
    }
  );
}
