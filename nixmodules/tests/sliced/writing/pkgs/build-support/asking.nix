# Of newer nixpkgs: it asks whether the text is one.
{ writeTextFile }:
{
  writeText =
    name: text:
    assert builtins.isString text;
    writeTextFile { inherit name text; };
}
