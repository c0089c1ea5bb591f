# The text of a unit in the system that runs; null where it has none of its own.
running: unit:
let
  file = "${running}/etc/systemd/system/${unit}";
  # Of a unit that a package ships, NixOS's own text is a drop-in (systemd.packages).
  besidePackage = "${file}.d/overrides.conf";
  own = if builtins.pathExists besidePackage then besidePackage else file;
in
if builtins.pathExists own then builtins.readFile own else null
