# What is asked of that machine: `toplevel`, a question of ../../certificate, or `plan`.
{
  about,
  options ? "[]",
  dynamicFile ? "/nowhere/dynamic.nix",
  verify ? "quick",
  running ? "",
  certificate ? "",
  # For slices: a file with the question.
  sliceFile ? "",
}:

let
  system = import ../../../vmtests/nixpkgs { configuration.imports = [ ./. ]; };
  inherit (system) config lib;
  question.options = builtins.fromJSON options;
  inherit (config.dynamicism.certificate) slices;
in
if about == "toplevel" then
  builtins.unsafeDiscardStringContext config.system.build.toplevel.outPath
else if about == "plan" then
  builtins.unsafeDiscardStringContext
    (config.dynamicism.applyDynamicConfiguration {
      configuration = dynamicFile;
      hideValues = false;
      inherit certificate running verify;
    }).plan
else if about == "targets" then
  config.dynamicism.certificate.targets
else if about == "sliced" then
  builtins.unsafeDiscardStringContext
    (import ../../slices/plan.nix {
      inherit (system) lib type;
      inherit dynamicFile running;
      knownBystanders = "";
      hideValues = false;
      slices = builtins.fromJSON (builtins.readFile sliceFile);
    }).plan
else if sliceFile != "" then
  # A certificate has questions of the same names.
  slices.${about} {
    inherit (system) type;
    question = builtins.fromJSON (builtins.readFile sliceFile);
  }
else
  config.dynamicism.certificate.${about} question
