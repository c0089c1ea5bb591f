# What is asked of that machine: `toplevel`, a question of ../../certificate, or `plan`.
{
  about,
  options ? "[]",
  dynamicFile ? "/nowhere/dynamic.nix",
  verify ? "quick",
  running ? "",
  certificate ? "",
}:

let
  system = import ../../../vmtests/nixpkgs { configuration.imports = [ ./. ]; };
  inherit (system) config;
  question.options = builtins.fromJSON options;
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
else
  config.dynamicism.certificate.${about} question
