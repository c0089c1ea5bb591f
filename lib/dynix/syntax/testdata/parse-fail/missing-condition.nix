if then a else b
