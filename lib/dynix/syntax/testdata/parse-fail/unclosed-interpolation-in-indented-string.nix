{
  a = ''
    one ${two
  '';
}
