# Written by dynix. Later entries win over earlier ones and over the static configuration.
{ lib, ... }:
{
  config = lib.mkMerge [
    # 1 2026-11-23T01:31:00Z root
    { services.bar.converted = lib.mkOverride 1500 { a = lib.mkOverride (-1) 9; }; }
  ];
}
