# Says more where it is given what a newer module system gives to every module.
arguments@{ lib, ... }:
{
  config = lib.mkMerge (
    [ { target = lib.mkOverride (-1) true; } ]
    ++ lib.optional (arguments ? _class) { far = lib.mkOverride (-1) 3; }
  );
}
