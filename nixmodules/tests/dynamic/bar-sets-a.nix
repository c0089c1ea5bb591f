# Written by dynix. Later entries win over earlier ones and over the static configuration.
{ lib, ... }:
{
  config = lib.mkMerge [
    # 1 2026-11-23T01:31:00Z root
    { services.bar.anything.a = lib.mkOverride (-1) 9; }
    # 2 2026-11-23T01:32:00Z root
    { services.bar.json.a = lib.mkOverride (-2) 9; }
    # 3 2026-11-23T01:33:00Z root
    { services.bar.nested.a = lib.mkOverride (-3) 9; }
  ];
}
