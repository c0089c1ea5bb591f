# Says more where it is given what a newer module system gives to every module, and where it is not given what only a newer
# one gives.
arguments@{ lib, ... }:
{
  config = lib.mkMerge (
    [ { services.bar.threads = lib.mkOverride (-1) 8; } ]
    ++ lib.optional (arguments ? _class || !arguments ? specialArgs) {
      services.bar.limit = lib.mkOverride (-2) 8;
    }
  );
}
