# Written by dynix. Later entries win over earlier ones and over the static configuration.
{ lib, ... }:
{
  config = lib.mkMerge [
    # 1 2026-11-26T01:33:00Z root
    { services.pond.fish = lib.mkOverride (-1) 5; }
    # 2 2026-11-26T01:34:00Z root
    { services.pond.depth = lib.mkOverride (-2) 6; }
  ];
}
