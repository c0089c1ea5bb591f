# Declares which options of which services may change at run time, and builds what changes them.
{
  imports = [
    ./options.nix
    ./checks
    ./source.nix
    ./apply.nix
    ./at-boot.nix
    ./system.nix
    ./schema
    ../certificate
    ./services/distccd.nix
    ./services/gotosocial.nix
    ./services/harmonia.nix
    ./services/nginx.nix
    ./services/nginx-reload.nix
  ];
}
