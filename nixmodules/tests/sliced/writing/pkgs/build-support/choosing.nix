# It asks more than whether the text is one.
{ writeTextFile }:
{
  writeText =
    name: text:
    assert builtins.isString text;
    writeTextFile {
      inherit name;
      text = if text == "" then "none" else text;
    };
}
