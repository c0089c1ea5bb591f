# Modules that `runtime-module` turns on and off while the system runs.
{
  imports = [
    # How the system is evaluated is recorded once, for `dynix` and for `runtime-module`.
    ../dynamicism
    ./options.nix
    ./record.nix
    ./extension.nix
  ];
}
