{ pkgs, ... }:
{
  services.a = {
    enable = true
  };
  services.b.list = [ 1, 2 ];
  services.c.d = if x then y;
  services.e = f (x: x + ) 2;
  services.g = 1;
}
