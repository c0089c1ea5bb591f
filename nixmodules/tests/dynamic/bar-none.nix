{ lib, ... }: { config = lib.mkMerge [ ]; }
