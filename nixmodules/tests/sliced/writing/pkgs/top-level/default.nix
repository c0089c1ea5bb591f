# Packages with functions that do more with a text than to write it.
{
  stdenv = import ../stdenv/generic;
  stdenvNoCC = import ../stdenv/generic;
  config = { };
  runtimeShell = "/bin/sh";
}
// import ../build-support
