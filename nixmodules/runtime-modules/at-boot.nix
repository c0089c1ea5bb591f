# What of a system takes effect when it boots and not before, as text by name.
lib: system:

let
  inherit (system.system) build;
in
lib.mapAttrs (_: toString) (
  {
    kernel-params = system.boot.kernelParams;
  }
  # A container has neither of them.
  // lib.optionalAttrs (build ? kernel) {
    inherit (build) kernel;
    kernel-modules = system.system.modulesTree;
  }
  // lib.optionalAttrs (build ? initialRamdisk) { initrd = build.initialRamdisk; }
)
