# Written by dynix. Later entries win over earlier ones and over the static configuration.
{ lib, ... }:
{
  config = lib.mkMerge [
    # 1 2026-11-23T01:31:00Z root
    { services.bar.json.a = lib.mkOverride (-1) "s3cr3t"; }
  ];
}
