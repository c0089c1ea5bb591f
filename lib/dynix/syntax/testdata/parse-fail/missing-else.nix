{
  a = if b then c;
}
