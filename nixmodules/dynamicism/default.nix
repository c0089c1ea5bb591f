# Declares which options of which services may change at run time, and builds what changes them.
let
  # Every service that dynix knows: whoever adds one adds a file.
  services = map (name: ./services + "/${name}") (builtins.attrNames (builtins.readDir ./services));
in
{
  imports = [
    ./options.nix
    ./checks
    ./source.nix
    ./apply.nix
    ./arguments.nix
    ./at-boot.nix
    ./system.nix
    ./schema
    ../certificate
  ]
  ++ services;
}
