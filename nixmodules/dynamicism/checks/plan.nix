# The health checks of a unit, as its record of the plan has them; nothing where there are none.
{
  lib,
  # The configurations without the dynamic file and with it.
  static,
  dynamic,
}:

service: unit:

let
  of =
    kind:
    lib.filterAttrs (_: check: check.enable && check.unit == unit)
      dynamic.dynamicism.for.${service}.checks.${kind};
  staticProbes = static.dynamicism.for.${service}.checks.probe;
  preflights = lib.mapAttrsToList (name: check: {
    inherit name;
    inherit (check) command timeoutSeconds;
  }) (of "preflight");
  probes = lib.mapAttrsToList (
    name: check:
    {
      inherit name;
      inherit (check)
        command
        timeoutSeconds
        graceSeconds
        intervalSeconds
        deadlineSeconds
        ;
    }
    // lib.optionalAttrs (!check.required) { before = (staticProbes.${name} or check).command; }
  ) (of "probe");
in
lib.optionalAttrs (preflights != [ ]) { inherit preflights; }
// lib.optionalAttrs (probes != [ ]) { inherit probes; }
