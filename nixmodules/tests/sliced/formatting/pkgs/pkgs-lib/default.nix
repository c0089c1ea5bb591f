{ lib, pkgs }:
{
  formats = import ./formats { inherit lib pkgs; };
}
