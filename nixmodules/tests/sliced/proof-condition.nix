# A module that is a condition, as mkIf makes it.
{
  _type = "if";
  condition = true;
  content.near = [ "on" ];
}
