# What is asked of that machine: `toplevel`, a question of ../../certificate, `plan`, or the `plans` of several files.
{
  about,
  options ? "[]",
  dynamicFile ? "/nowhere/dynamic.nix",
  # As a list.
  dynamicFiles ? "[]",
  verify ? "quick",
  running ? "",
  certificate ? "",
  # For slices: a file with the question.
  sliceFile ? "",
  areDerivationsKept ? "yes",
  # The services that are dynamic, as a list; empty for all.
  only ? "[]",
}:

let
  system = import ../../../vmtests/nixpkgs {
    isOfDebian = false;
    configuration = {
      imports = [ ./. ];
      dynamicism.for = lib.mapAttrs (name: _: {
        enable = lib.mkIf (only != "[]" && !lib.elem name (builtins.fromJSON only)) (lib.mkForce false);
      }) (import ./values.nix);
    };
  };
  # The plan as text, and what that refers to.
  exactly = script: {
    plan = builtins.unsafeDiscardStringContext script.plan;
    context = builtins.getContext script.plan;
  };
  planOf =
    file:
    exactly (
      config.dynamicism.applyDynamicConfiguration {
        configuration = file;
        hideValues = false;
        inherit certificate running verify;
      }
    );
  inherit (system) config lib;
  question.options = builtins.fromJSON options;
  inherit (config.dynamicism.certificate) slices;
in
if about == "toplevel" then
  builtins.unsafeDiscardStringContext config.system.build.toplevel.outPath
else if about == "plan" then
  planOf dynamicFile
else if about == "plans" then
  map planOf (builtins.fromJSON dynamicFiles)
else if about == "screen" then
  config.dynamicism.certificate.screen
else if about == "sliced" then
  exactly (
    import ../../slices/plan.nix {
      inherit (system) lib type;
      inherit dynamicFile running;
      knownBystanders = "";
      hideValues = false;
      areDerivationsKept = areDerivationsKept == "yes";
      slices = builtins.fromJSON (builtins.readFile sliceFile);
    }
  )
else if sliceFile != "" then
  # A certificate has questions of the same names.
  slices.${about} {
    inherit (system) type;
    question = builtins.fromJSON (builtins.readFile sliceFile);
  }
else
  config.dynamicism.certificate.${about} question
