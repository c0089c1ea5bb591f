# The modules that other configurations import.
rec {
  dynix = ./.;
  default = dynix;
  runtimeModules = ./runtime-modules;
  verifyModuleList = ./minimal/pre-switch-check.nix;
}
