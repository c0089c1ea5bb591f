{ lib, ... }:
{
  services.distccd.enable = true
  services.distccd.maxJobs = 4;
}
