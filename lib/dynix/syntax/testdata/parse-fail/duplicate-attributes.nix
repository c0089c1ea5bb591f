{
  a.b = 1;
  a.b = 2;
  c = let d = 1; d = 2; in d;
}
