{ lib, ... }: { config.services.bar = lib.mkIf true { threads = 5; }; }
