$ clambake --version
clambake 99.99.99
