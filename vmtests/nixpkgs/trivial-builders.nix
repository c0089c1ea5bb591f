# What ./debian.nix takes from nixpkgs, for one that lacks it.
{ stdenvNoCC, runtimeShell }:

let
  write =
    name: text: buildCommand:
    stdenvNoCC.mkDerivation {
      inherit buildCommand name text;
      passAsFile = [ "text" ];
      preferLocalBuild = true;
      allowSubstitutes = false;
    };
in
rec {
  runCommand =
    name: environment: buildCommand:
    stdenvNoCC.mkDerivation ({ inherit buildCommand name; } // environment);
  runCommandLocal = runCommand;
  writeText = name: text: write name text "cp $textPath $out";
  writeScript =
    name: text:
    write name text ''
      cp $textPath $out
      chmod 0555 $out
    '';
  writeShellScript = name: text: writeScript name "#!${runtimeShell}\n${text}";
  writeShellScriptBin =
    name: text:
    write name text ''
      mkdir -p $out/bin
      (echo '#!${runtimeShell}'; cat $textPath) > $out/bin/${name}
      chmod 0555 $out/bin/${name}
    '';
}
