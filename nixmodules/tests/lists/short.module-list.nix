{
  version = 1;
  key = "";
  result = "";
  modules = [
    "etc.nix"
    "nginx.nix"
    "packages.nix"
    "systemd.nix"
    "system.nix"
  ];
}
