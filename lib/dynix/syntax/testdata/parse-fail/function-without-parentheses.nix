{
  a = x: x y: y;
}
