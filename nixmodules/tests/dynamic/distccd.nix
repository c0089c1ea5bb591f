# Written by dynix. Later entries win over earlier ones and over the static configuration.
{ lib, ... }:
{
  config = lib.mkMerge [
    # 1 2026-11-23T01:33:00Z root
    { services.distccd.maxJobs = lib.mkOverride (-1) 4; }
    # 2 2026-11-23T01:34:10Z root: fewer log lines
    { services.distccd.logLevel = lib.mkOverride (-2) "error"; }
  ];
}
