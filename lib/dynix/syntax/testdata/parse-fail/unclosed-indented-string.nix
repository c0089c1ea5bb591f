{
  a = ''
    one
  ;
}
