{ lib, ... }:
{
  config = lib.mkMerge [
  ];
}
