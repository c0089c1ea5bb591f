{ lib, ... }: { config.services.bar = lib.mkOverride (-1) { threads = 5; }; }
