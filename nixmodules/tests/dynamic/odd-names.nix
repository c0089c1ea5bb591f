{ lib, ... }:
{
  config = lib.mkMerge [
    # 1 2026-11-26T01:33:00Z root
    { services.nginx.odd."*" = lib.mkOverride (-1) "any"; }
    # 2 2026-11-26T01:34:00Z root
    { services.nginx.odd."or" = lib.mkOverride (-2) "or"; }
    # 3 2026-11-28T01:35:00Z root
    { services.nginx.odd."" = lib.mkOverride (-3) "none"; }
  ];
}
