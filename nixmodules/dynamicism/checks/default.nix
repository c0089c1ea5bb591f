# What dynamicism.for.<name>.checks may say.
{ config, lib, ... }:

let
  cfg = config.dynamicism;
  enabled = lib.filterAttrs (_: service: service.enable) cfg.for;
in
{
  config.assertions = lib.optionals cfg.enable (
    lib.concatLists (
      lib.mapAttrsToList (
        name: service:
        lib.concatMap (
          kind:
          lib.mapAttrsToList (check: it: {
            assertion = !it.enable || (lib.elem it.unit service.units && lib.hasSuffix ".service" it.unit);
            message = "dynix: 'dynamicism.for.${name}.checks.${kind}.${check}' is about '${it.unit}', which is no service among 'dynamicism.for.${name}.units'. Set its `unit` to one of those.";
          }) service.checks.${kind}
        ) [ "preflight" "probe" ]
      ) enabled
    )
  );
}
