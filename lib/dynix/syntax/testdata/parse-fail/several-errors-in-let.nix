let
  a = ;
  b = c d e = 1;
  f = 2;
in
{
  g = [ 1, 2 ];
}
