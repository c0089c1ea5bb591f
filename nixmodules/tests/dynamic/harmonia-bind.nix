# Written by dynix. Later entries win over earlier ones and over the static configuration.
{ lib, ... }:
{
  config = lib.mkMerge [
    # 1 2026-11-23T01:33:00Z root
    { services.harmonia.cache.settings.bind = lib.mkOverride (-1) "127.0.0.1:5001"; }
  ];
}
