let
  a = 1
in
{
  b = 2
}
