# Written by dynix. Later entries win over earlier ones and over the static configuration.
{ lib, ... }:
{
  config = lib.mkMerge [
    # 1 2026-11-23T01:33:00Z root
    { services.harmonia.cache.settings.workers = lib.mkOverride (-1) 20; }
    # 2 2026-11-23T01:34:10Z root
    { services.harmonia.cache.settings.max_connection_rate = lib.mkOverride (-2) 100; }
  ];
}
