[
  ./etc.nix
  ./nginx.nix
  ./packages.nix
  ./proxy.nix
  ./systemd.nix
  ./system.nix
]
