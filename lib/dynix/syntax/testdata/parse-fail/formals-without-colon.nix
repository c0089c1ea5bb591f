{ a, b }
{ c = a; }
