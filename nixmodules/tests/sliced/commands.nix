# Commands of which a value varies that is in their environment, and not their script.
{
  alike,
  built,
  case,
  ends,
  has,
  isAlike,
  kept,
  lib,
  nixpkgs,
  # A nixpkgs whose functions do more.
  other,
  others,
  pkgs,
  restored,
  texts,
  writers,
}:
let
  # As `pkgs.formats` call it: what varies is in the environment.
  formatted = isStructured: {
    name = "run";
    environment = {
      nativeBuildInputs = [ pkgs.jq ];
      preferLocalBuild = true;
    }
    // (if isStructured then { __structuredAttrs = true; } else { passAsFile = [ "value" ]; });
    command = "jq . $valuePath > $out\n";
  };
  format =
    args: run: value:
    run args.name (args.environment // { inherit value; }) args.command;
  values = [
    null
    true
    7
    { }
    {
      a.b = [
        1
        { c = null; }
      ];
      package = pkgs.hello;
      text = "${built}";
      path = ./far.nix;
    }
  ];
  everyValue = isStructured: values: (
    case (has true) (
      let
        args = formatted isStructured;
        short = format args (restored "runCommand" [ args ]);
        is = format args pkgs.runCommand;
      in
      lib.all (value: alike (short value) (is value) == isAlike.has) values
    )
  );
  keptValue = function: writers.keep (toString other) others function {
    name = "run";
    environment.__structuredAttrs = true;
    command = "true";
  };
in
{
  "a value of a command, of every text" = everyValue false (texts ++ [ 7 ]);
  "a structured value of a command" = everyValue true (texts ++ values);
  "a value of another command" = case (ends "the function itself") (
    (format (formatted true // { command = "true"; }) (restored "runCommand" [ (formatted true) ]) { }).outPath
  );
  "a value beside another environment" = case (ends "the function itself") (
    (format (formatted true) (restored "runCommand" [ (formatted false) ]) "text").outPath
  );
  "a command that has no value" = case (ends "the function itself") (
    (restored "runCommand" [ (formatted true) ] "run" (formatted true).environment (formatted true).command).outPath
  );
  "a value of a command, as it is" = case (has true) (
    lib.all (isStructured: writers.holds nixpkgs pkgs "runCommand" (kept "runCommand" (formatted isStructured))) [
      true
      false
    ]
  );
  "a value of a command, with another script" = case (has false) (
    writers.holds nixpkgs pkgs "runCommand" (
      lib.recursiveUpdate (kept "runCommand" (formatted true)) { attrs.buildCommand.v = "true"; }
    )
  );
  "a value that a command writes into its script" = case (has null) (keptValue "runCommandLocal");
  "a value that something else depends on" = case (has null) (keptValue "runCommandNoCC");
  "a value that is written out as a text" = case (ends "what is in a value is looked at") (
    writers.holds (toString other) others "runCommandNoCCLocal" (keptValue "runCommandNoCCLocal")
  );
}
