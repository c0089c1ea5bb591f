# The packages of a slice. What is not kept of them is evaluated: nothing of it is another one, and nothing is missing.
{
  lib,
  # The folder of nixpkgs.
  root,
  # The names of all packages, as a set.
  names,
}:
let
  values = import ./values.nix { inherit lib; };
  writers = import ./writers.nix { inherit lib; };
  formats = import ./formats.nix { inherit lib; };
in
# What is kept, and the packages that there were.
data: were:
let
  all =
    lib.mapAttrs (name: _: values.restore were.${name} (data.packages.${name} or null)) names
    // writers.restoreAll were (data.calls or { })
    // lib.optionalAttrs (data.formats or null != null) {
      formats = formats.restore root were all data.formats;
    };
in
all
