let: 1
